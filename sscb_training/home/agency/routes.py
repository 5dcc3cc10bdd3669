"""A lead's own agency. What belongs to another is not there (promise P8)."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.agencies import queries as agencies
from sscb_training.agencies import rules as ages
from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import GroupHeadcount
from sscb_training.agencies.service import AgencyRefused, Line, record_return
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import rows
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.home.agency import queries
from sscb_training.home.agency.forms import filters_from
from sscb_training.home.routes import bp
from sscb_training.home.rules import Standing
from sscb_training.needs.headcounts import files
from sscb_training.needs.headcounts import queries as returns
from sscb_training.needs.headcounts.forms import CheckedForm, ReturnForm, UploadForm, surprises
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/my-agency")
@allow(Role.AGENCY_LEAD)
def agency() -> ResponseReturnValue:
    today = clock.today()
    chosen, led = _agencies(current_person())
    schemes = accreditation.schemes()
    filters = filters_from(request.args, scheme_id=schemes[0].id if schemes else None)
    jobs = queries.jobs_at(chosen, filters, on=today)
    if answer := FILES.get(request.args.get("format", "")):
        everybody = queries.workers(rows(jobs), now=clock.now(), on=today)
        return answer("my-agency", queries.headings(schemes), queries.exported(everybody, schemes, on=today))
    page = page_of(jobs, page=page_asked_for())
    return render_template(
        "home/agency.html",
        agency=chosen,
        led=led,
        today=today,
        filters=filters,
        schemes=schemes,
        choices={
            "groups": {group.id: group.name for group in agencies.staff_groups()},
            "schemes": {scheme.id: scheme.name for scheme in schemes},
            "standings": {standing.value: standing.label for standing in Standing},
        },
        page=page,
        workers=queries.workers(page.items, now=clock.now(), on=today),
        asked=agencies.open_request(chosen),
    )


@bp.route("/headcounts/<int:agency_id>", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def headcounts(agency_id: int) -> ResponseReturnValue:
    """What the board asks an agency for, on one page: its lead sends the numbers in, or board staff for it."""
    chosen, today = agencies.agency_seen_by(current_person(), agency_id), clock.today()
    asking = agencies.open_request(chosen)
    form = ReturnForm.of(returns.asked_of(chosen, asking, on=today), today=today)
    if form.accepted():
        try:
            with transaction():
                record_return(chosen, form.lines, by=current_person(), now=clock.now())
        except AgencyRefused as refusal:
            form.refuse(refusal, refusal.about or "as_at")
        else:
            return _thanks(chosen, form.lines, form.asked.all)
    return render_template(
        "home/headcounts.html",
        agency=chosen,
        asking=asking,
        form=form,
        not_told=[one.staff_group.id for one in agencies.not_told([chosen.id]).get(chosen.id, ())],
        today=today,
        age=ages.age,
    )


@bp.get("/headcounts/<int:agency_id>/template")
@allow(Role.AGENCY_LEAD, *STAFF)
def headcount_template(agency_id: int) -> ResponseReturnValue:
    """The spreadsheet to fill in."""
    chosen = agencies.agency_seen_by(current_person(), agency_id)
    asked = returns.asked_of(chosen, agencies.open_request(chosen), on=clock.today())
    answer = csv_answer if request.args.get("format") == "csv" else excel_answer
    return answer("headcounts", files.COLUMNS, files.template(asked.all))


@bp.route("/headcounts/<int:agency_id>/upload", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def upload_headcounts(agency_id: int) -> ResponseReturnValue:
    """A spreadsheet with the numbers: what it says is shown, and nothing is recorded yet."""
    chosen, today = agencies.agency_seen_by(current_person(), agency_id), clock.today()
    asked = returns.asked_of(chosen, agencies.open_request(chosen), on=today).all
    form = UploadForm.from_request()
    if form.accepted() and (lines := form.lines([one.staff_group for one in asked], today=today)):
        return _to_check(chosen, CheckedForm(data={"listed": files.as_text(lines)}), lines, asked)
    return render_template("home/upload_headcounts.html", agency=chosen, form=form)


@bp.post("/headcounts/<int:agency_id>/record")
@allow(Role.AGENCY_LEAD, *STAFF)
def record_headcounts(agency_id: int) -> ResponseReturnValue:
    """Record the numbers of a spreadsheet that was looked at: all of them or none."""
    chosen, today = agencies.agency_seen_by(current_person(), agency_id), clock.today()
    asked = returns.asked_of(chosen, agencies.open_request(chosen), on=today).all
    form = CheckedForm.from_request()
    lines = form.lines([one.staff_group for one in asked], today=today) if form.accepted() else []
    if not lines:
        abort(400)
    if surprises(lines, asked) and not form.sure.data:
        form.sure.errors = ["Say that the numbers marked “much changed” are right, or upload others"]
        return _to_check(chosen, form, lines, asked)
    try:
        with transaction():
            record_return(chosen, lines, by=current_person(), now=clock.now())
    except AgencyRefused as refusal:
        form.refuse(refusal)
        return _to_check(chosen, form, lines, asked)
    return _thanks(chosen, lines, asked)


def _to_check(
    agency: Agency, form: CheckedForm, lines: Sequence[Line], asked: Sequence[GroupHeadcount]
) -> ResponseReturnValue:
    return render_template(
        "home/check_headcounts.html",
        agency=agency,
        form=form,
        lines=lines,
        asked={one.staff_group.id: one for one in asked},
        changed={one.staff_group.id for one in surprises(lines, asked)},
    )


def _thanks(agency: Agency, lines: Sequence[Line], asked: Sequence[GroupHeadcount]) -> ResponseReturnValue:
    left = agencies.open_request(agency)
    waiting = [asked.staff_group.name for asked in left.groups if not asked.is_answered] if left else []
    words = ["The headcounts are recorded" if waiting else "The headcounts are sent in"]
    if waiting:
        words.append(f"Still to come: {', '.join(waiting)}")
    latest = {one.staff_group.id: one for one in asked}
    for line in lines:
        if line.number is not None and (older := latest[line.staff_group.id].newer_than(line.as_at)):
            words.append(f"{line.staff_group.name}: {older}")
    untold = {line.staff_group.id for line in lines if line.number is None}
    for one in asked:
        if one.staff_group.id in untold and (last := one.headcount):
            number = f"{last.number:,} as at {plain_date(last.as_at)}"
            words.append(f"{one.staff_group.name}: the last number, {number}, stays until you send another")
    unknown = [one.staff_group.name for one in asked if one.staff_group.id in untold and not one.headcount]
    if unknown:
        words.append(f"Unknown until you send a number: {', '.join(unknown)}")
    flash(words[0] if len(words) == 1 else ". ".join(words) + ".", "success")
    return redirect(url_for("agencies.show", agency_id=agency.id))


def _agencies(lead: Person) -> tuple[Agency, list[Agency]]:
    """The agency of the address, or the first that the viewer leads; 404 for any other."""
    led = queries.agencies_led_by(lead)
    asked = request.args.get("agency")
    chosen = next((agency for agency in led if asked is None or str(agency.id) == asked), None)
    if chosen is None:
        abort(404)
    return chosen, list(led)
