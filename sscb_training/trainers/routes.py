"""Pages of the ledger: trainer days by agency, what they earned, and what was used."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.pages import day_asked_for, days_out_of_order, unread_days
from sscb_training.core.roles import Role
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person
from sscb_training.trainers import queries, rules, service
from sscb_training.trainers.forms import CorrectionForm, EarningForm
from sscb_training.trainers.rules import Period

bp = Blueprint("trainers", __name__)

FILES = {"csv": csv_answer, "xlsx": excel_answer}
DAYS = {"from": "From", "to": "To"}
LEDGER_COLUMNS = (
    "Agency", "Trainers", "Days delivered", "Days corrected", "Days", "Free places earned", "Used", "Left", "From", "To",
    "Year of account from", "Year of account to",
)  # fmt: skip
AGENCY_COLUMNS = ("Day", "Trainer", "Course", "Days", "Kind", "Reason", "Recorded by")


@bp.get("/trainer-days")
@allow(Role.AGENCY_LEAD, *STAFF)
def ledger() -> ResponseReturnValue:
    """Trainer days by agency; a lead sees those that they lead."""
    viewer = current_person()
    period, year = _periods()
    accounts = [
        account
        for account in queries.accounts(period, year=year, now=clock.now())
        if viewer.is_board_staff or account.agency_id in viewer.leads_agency_ids
    ]
    unread = unread_days(DAYS) or days_out_of_order(DAYS, *period)
    answer = FILES.get(request.args.get("format", ""))
    if answer and not unread:
        name = f"trainer-days-{period.begin}-to-{period.end}"
        return answer(name, LEDGER_COLUMNS, _ledger_lines(accounts, period, year))
    return render_template(
        "trainers/ledger.html",
        accounts=accounts,
        period=period,
        year=year,
        unread=unread,
        in_words=rules.in_words,
        total=sum(account.half_days for account in accounts),
    )


@bp.get("/trainer-days/<int:agency_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def agency_ledger(agency_id: int) -> ResponseReturnValue:
    """What one agency lent, day by day, what it earned and used."""
    agency = queries.ledger_agency_seen_by(current_person(), agency_id)
    period, year = _periods()
    now = clock.now()
    entries = queries.entries(agency, period, now=now)
    unread = unread_days(DAYS) or days_out_of_order(DAYS, *period)
    answer = FILES.get(request.args.get("format", ""))
    if answer and not unread:
        name = f"trainer-days-{agency.short_name or agency.id}-{period.begin}-to-{period.end}"
        return answer(name, AGENCY_COLUMNS, _agency_lines(entries))
    return render_template(
        "trainers/agency_ledger.html",
        agency=agency,
        entries=entries,
        period=period,
        year=year,
        unread=unread,
        in_words=rules.in_words,
        total=sum(entry.half_days for entry in entries),
        places=queries.free_places(year, now=now).get(agency.id, queries.Places()),
        used=queries.places_used(agency, year),
        charges=queries.charges_to_pay_for(agency),
    )


@bp.route("/trainer-days/<int:agency_id>/correct", methods=["GET", "POST"])
@allow(*STAFF)
def correct_ledger(agency_id: int) -> ResponseReturnValue:
    """Count an agency more or less, for a reason."""
    agency = queries.ledger_agency_seen_by(current_person(), agency_id)
    form = CorrectionForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.correct_ledger(agency, **form.answers, by=current_person(), now=clock.now())
        except service.TooMuchTaken as refusal:
            form.refuse(refusal, "half_days")
        except service.LedgerRefused as refusal:
            form.refuse(refusal, "on")
        else:
            flash("The ledger is corrected.", "success")
            return redirect(url_for("trainers.agency_ledger", agency_id=agency_id))
    return render_template("trainers/correct_ledger.html", form=form, agency=agency)


@bp.post("/trainer-days/<int:agency_id>/charges/<int:charge_id>/use-place")
@allow(*STAFF)
def use_place(agency_id: int, charge_id: int) -> ResponseReturnValue:
    """Let a charge go for a place that the agency earned."""
    agency = queries.ledger_agency_seen_by(current_person(), agency_id)
    with transaction():
        service.use_place(queries.charge_of(agency, charge_id), by=current_person(), now=clock.now())
    flash("The charge is waived for a free place that the agency earned.", "success")
    return redirect(url_for("trainers.agency_ledger", agency_id=agency_id))


@bp.route("/trainer-days/earning", methods=["GET", "POST"])
@allow(*STAFF)
def earning() -> ResponseReturnValue:
    """How many free places a trainer day earns, and from when on."""
    form = EarningForm.from_request(valid_from=_this_year().begin)
    if form.accepted():
        with transaction():
            rule = service.set_earning_rule(**form.answers, by=current_person(), now=clock.now())
        flash(f"The rule for days from {plain_date(rule.valid_from)} is saved.", "success")
        return redirect(url_for("trainers.ledger"))
    return render_template("trainers/earning.html", form=form, earning_rules=queries.earning_rules())


def _this_year() -> Period:
    return rules.account_year(clock.today(), first_month=board_numbers().account_year_month)


def _periods() -> tuple[Period, Period]:
    """The period asked for, usually the year of account until today, and the year of account in which it ends."""
    today = clock.today()
    period = Period(day_asked_for("from", _this_year().begin), day_asked_for("to", today))
    return period, rules.account_year(period.end, first_month=board_numbers().account_year_month)


def _ledger_lines(accounts: list[queries.Account], period: Period, year: Period) -> Iterator[list[Cell]]:
    for account in accounts:
        days = map(rules.in_days, (account.delivered, account.corrected, account.half_days))
        places = account.places
        yield [
            account.agency, account.trainers, *days, places.earned, places.used, places.left, *period, *year,
        ]  # fmt: skip


def _agency_lines(entries: Sequence[queries.Entry]) -> Iterator[list[Cell]]:
    for one in entries:
        kind = "Corrected by hand" if one.is_correction else "Delivered"
        yield [
            one.on,
            one.trainer,
            one.course,
            rules.in_days(one.half_days),
            kind,
            one.reason,
            one.corrected_by,
        ]
