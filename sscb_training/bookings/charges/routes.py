"""Pages of charges for the board's staff: the rules, the list for finance, and the report for agencies with own rules."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from sscb_training.agencies.queries import every_agency
from sscb_training.bookings.charges import queries, rules, service
from sscb_training.bookings.charges.forms import (
    ExcuseForm,
    PolicyForm,
    WaiveForm,
    answers_of,
    filters_from,
)
from sscb_training.bookings.charges.models import Charge, ChargePolicy, ChargeState
from sscb_training.bookings.models import Booking
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404, rows
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import (
    month_asked_for,
    months_from,
    page_asked_for,
    page_of,
    row_asked_for,
)
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.timeline import events_about
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}
YEARS = 2
CHARGE_COLUMNS = (
    "Raised", "Agency", "Delegate", "Course", "Session", "Kind", "Amount in pounds", "State", "Decided", "Decided by",
    "Why", "Booking",
)  # fmt: skip
ATTENDANCE_COLUMNS = (
    "Agency", "Delegate", "Job title", "Course", "Session", "What became of it", "Cancelled", "Walk-in", "Booking",
)  # fmt: skip


@bp.get("/reports/charges")
@allow(*STAFF)
def charges() -> ResponseReturnValue:
    """What was raised, by month, agency and state; and the same as a file for finance."""
    filters = filters_from(request.args, month=month_asked_for())
    if answer := FILES.get(request.args.get("format", "")):
        name = f"charges-{filters.month:%Y-%m}" if filters.month else "charges"
        return answer(name, CHARGE_COLUMNS, map(_charge_line, rows(queries.charges_found(filters))))
    today = clock.today()
    return render_template(
        "bookings/charges.html",
        filters=filters,
        page=page_of(queries.charges_found(filters), page=page_asked_for()),
        totals=queries.totals(filters),
        months=months_from(date(today.year - YEARS, today.month, 1), 12 * YEARS + 1)[::-1],
        agencies=[(agency.id, agency.name) for agency in every_agency()],
        states=[(state.value, state.label) for state in ChargeState],
    )


@bp.get("/charges/<int:charge_id>")
@allow(*STAFF)
def charge(charge_id: int) -> ResponseReturnValue:
    found = queries.charge_for_staff(charge_id)
    return render_template("bookings/charge.html", charge=found, events=events_about(found))


@bp.route("/charges/<int:charge_id>/waive", methods=["GET", "POST"])
@allow(*STAFF)
def waive_charge(charge_id: int) -> ResponseReturnValue:
    found, form = queries.charge_for_staff(charge_id), WaiveForm.from_request()
    if form.accepted():
        with transaction():
            service.waive(found, by=current_person(), now=clock.now(), **form.answers)
        flash("The charge is waived.", "success")
        return redirect(url_for("bookings.charge", charge_id=charge_id))
    return render_template("bookings/waive_charge.html", charge=found, form=form)


@bp.route("/charges/<int:charge_id>/excuse", methods=["GET", "POST"])
@allow(*STAFF)
def excuse_charge(charge_id: int) -> ResponseReturnValue:
    found, form = queries.charge_for_staff(charge_id), ExcuseForm.from_request()
    if form.accepted():
        with transaction():
            service.excuse(found, by=current_person(), now=clock.now(), **form.answers)
        flash("The charge is excused.", "success")
        return redirect(url_for("bookings.charge", charge_id=charge_id))
    return render_template("bookings/excuse_charge.html", charge=found, form=form)


@bp.post("/charges/<int:charge_id>/take-back")
@allow(*STAFF)
def charge_after_all(charge_id: int) -> ResponseReturnValue:
    """Take back that it was waived or excused."""
    with transaction():
        service.take_back(queries.charge_for_staff(charge_id), by=current_person(), now=clock.now())
    flash("The charge is to be charged again.", "success")
    return redirect(url_for("bookings.charge", charge_id=charge_id))


@bp.get("/charges/policies")
@allow(*STAFF)
def charge_policies() -> ResponseReturnValue:
    return render_template("bookings/charge_policies.html", policies=queries.policies(), today=clock.today())


@bp.route("/charges/policies/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_charge_policy() -> ResponseReturnValue:
    form = PolicyForm.from_request(valid_from=clock.today(), counted="calendar")
    if form.accepted():
        try:
            with transaction():
                service.add_policy(by=current_person(), now=clock.now(), **form.policy())
        except service.SecondRule as refusal:
            form.refuse(refusal, "valid_from")
        except service.ChargeRefused as refusal:
            form.refuse(refusal, "valid_to")
        else:
            flash("The rule is added.", "success")
            return redirect(url_for("bookings.charge_policies"))
    return render_template("bookings/add_charge_policy.html", form=form)


@bp.route("/charges/policies/<int:policy_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_charge_policy(policy_id: int) -> ResponseReturnValue:
    """Change a rule, or end it by giving it a last day."""
    policy = get_or_404(ChargePolicy, policy_id)
    form = PolicyForm.from_request(**answers_of(policy))
    if form.accepted():
        try:
            with transaction():
                form.settle(policy, answers_of)
                service.change_policy(policy, by=current_person(), now=clock.now(), **form.policy())
        except Overtaken as refusal:
            form.refuse(refusal)
        except service.SecondRule as refusal:
            form.refuse(refusal, "valid_from")
        except service.ChargeRefused as refusal:
            form.refuse(refusal, "valid_to")
        else:
            flash("The rule is changed.", "success")
            return redirect(url_for("bookings.charge_policies"))
    return render_template(
        "bookings/change_charge_policy.html", form=form, policy=policy, events=events_about(policy)
    )


@bp.get("/reports/own-rules")
@allow(*STAFF)
def own_rules() -> ResponseReturnValue:
    """The attendance of agencies that follow their own rules, by quarter."""
    usual = rules.quarter_of(clock.today())
    quarter = rules.quarter_of(month_asked_for("quarter") or usual)
    agencies = queries.agencies_with_own_rules(rules.quarter_after(quarter) - timedelta(days=1))
    chosen = row_asked_for("agency")
    agency_ids = [agency.id for agency in agencies if chosen in (None, agency.id)]
    found = queries.attendance_of(agency_ids, quarter=quarter)
    if answer := FILES.get(request.args.get("format", "")):
        return answer(f"attendance-{quarter:%Y-%m}", ATTENDANCE_COLUMNS, _attendance_lines(found))
    return render_template(
        "bookings/own_rules.html",
        quarter=quarter,
        name=rules.quarter_name(quarter),
        quarters=_quarters(usual),
        agencies=[(agency.id, agency.name) for agency in agencies],
        chosen=chosen,
        by_agency=queries.attendance_by_agency(agency_ids, quarter=quarter),
        page=page_of(found, page=page_asked_for()),
    )


def _quarters(latest: date) -> list[tuple[str, str]]:
    """This quarter and those of the years before, the latest first, to choose from."""
    quarters = [latest]
    for _ in range(4 * YEARS):
        quarters.append(rules.quarter_of(quarters[-1] - timedelta(days=1)))
    return [(f"{first:%Y-%m}", rules.quarter_name(first)) for first in quarters]


def _charge_line(charge: Charge) -> list[Cell]:
    """What finance needs; why a charge was waived is nobody's business there."""
    booking = charge.booking
    return [
        london_date(charge.raised_at),
        charge.agency.name,
        booking.person.name,
        booking.training_session.course.title,
        london_date(booking.training_session.starts_at),
        charge.kind.label,
        charge.amount / 100,
        charge.state.label,
        london_date(charge.decided_at) if charge.decided_at else None,
        charge.decided_by.name if charge.decided_by else "",
        charge.why,
        booking.reference,
    ]


def _attendance_lines(found: Select[Booking]) -> Iterator[list[Cell]]:
    for booking in rows(found):
        role = booking.membership
        yield [
            role.agency.name if role else "",
            booking.person.name,
            role.job_title if role else "",
            booking.training_session.course.title,
            london_date(booking.training_session.starts_at),
            booking.outcome.label if booking.outcome else booking.status.label,
            london_date(booking.ended_at) if booking.ended_at else None,
            booking.unscheduled,
            booking.reference,
        ]
