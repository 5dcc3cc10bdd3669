"""Pages of needs and coverage, and the pages of audits, findings and accreditations that show needs."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.accreditation import queries as accreditations
from sscb_training.accreditation.external.queries import behind as external_behind
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.rules import period_on, unbroken_since
from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.case_audits import queries as audit_queries
from sscb_training.case_audits import rules as audit_rules
from sscb_training.case_audits.models import Finding
from sscb_training.core import clock, sheets
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import day_asked_for, page_asked_for, page_of, unread_days
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.described.queries import is_used
from sscb_training.courses.described.rules import items
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries, rules, service
from sscb_training.needs.forms import AddNeedForm, ChangeNeedForm, LinkFindingForm, NotTrainingForm
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.signed_in import current_person

bp = Blueprint("needs", __name__)

DAYS = {"as_at": "As at", "known_on": "As known on"}
COLUMNS = (
    "Agency", "In force", "Headcount", "Headcount dated", "Coverage %", "Gap", "Booked", "As at", "As known on",
)  # fmt: skip


@bp.get("/needs")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every need with the county's figure as at today."""
    today = clock.today()
    figures = queries.coverage_of_every_need(as_at=today, known_on=today)
    return render_template("needs/index.html", needs=queries.needs_in_order(), figures=figures, today=today)


@bp.get("/needs/<int:need_id>")
@allow(*STAFF)
def show(need_id: int) -> ResponseReturnValue:
    """A need: the findings behind it, whom it is for, what meets it, how far the county has come."""
    need, today = queries.need_in_full(need_id), clock.today()
    return render_template(
        "needs/show.html",
        need=need,
        figure=queries.county_coverage(need, as_at=today, known_on=today),
        dates=queries.upcoming_dates(need, now=clock.now()),
        events=events_about(need),
    )


@bp.route("/needs/new", methods=["GET", "POST"])
@allow(*STAFF)
def add() -> ResponseReturnValue:
    """Record a need."""
    form = AddNeedForm.from_request()
    if form.accepted():
        try:
            with transaction():
                need = service.add_need(**_meant(form.answers), by=current_person(), now=clock.now())
        except service.NeedRefused as refusal:
            form.refuse(refusal, "code")
        else:
            flash("The need is recorded. Now link the findings that lead to it.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template("needs/add.html", form=form)


@bp.route("/needs/<int:need_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change(need_id: int) -> ResponseReturnValue:
    """Describe a need anew."""
    need = queries.need_in_full(need_id)
    form = ChangeNeedForm.from_request(**_usual(need))
    if form.accepted():
        try:
            with transaction():
                form.settle(need, _usual)
                service.change_need(need, **_meant(form.answers), by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The need is changed.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template("needs/change.html", form=form, need=need)


@bp.get("/needs/<int:need_id>/coverage")
@allow(*STAFF)
def coverage(need_id: int) -> ResponseReturnValue:
    """How far each agency and the county have come, as at a day and as known on a day."""
    need, days, unread = get_or_404(TrainingNeed, need_id), _days(), unread_days(DAYS)
    lines, county = queries.coverage_on(need, **days)
    if request.args.get("format") in {"csv", "xlsx"} and not unread:
        return _sheet(need, lines, county, **days)
    trained_counts = board_numbers().trained_counts
    return render_template(
        "needs/coverage.html",
        need=need,
        lines=lines,
        county=county,
        missing=queries.missing_returns(need, **days),
        trained_counts=trained_counts,
        trained_only=queries.trained_only(need, **days) if trained_counts else 0,
        trend=[*queries.coverage_trend(need, **days), county],
        is_old=rules.is_old,
        today=clock.today(),
        unread=unread,
        **days,
    )


@bp.get("/needs/<int:need_id>/coverage/<int:agency_id>")
@allow(*STAFF)
def people(need_id: int, agency_id: int) -> ResponseReturnValue:
    """The people behind an agency's number; a day that cannot be read goes back to the page that asks for it."""
    need, agency, days = get_or_404(TrainingNeed, need_id), get_or_404(Agency, agency_id), _days()
    if unread_days(DAYS):
        asked: dict[str, Any] = {name: request.args[name] for name in DAYS if name in request.args}
        return redirect(url_for("needs.coverage", need_id=need.id, **asked))
    booked = request.args.get("show") == "booked"
    behind = page_of(
        queries.people_behind(need, agency, booked=booked, **days), page=page_asked_for(), scalars=False
    )
    return render_template(
        "needs/people.html",
        need=need,
        agency=agency,
        page=behind,
        people=[queries.Behind(*row) for row in behind.items],
        booked=booked,
        missing=queries.missing_returns(need, **days).get(agency.id, []),
        today=clock.today(),
        **days,
    )


@bp.get("/manage/versions/<int:version_id>")
@allow(*STAFF)
def version(version_id: int) -> ResponseReturnValue:
    """A version of a course: what it says, what it is taught with, and what of audits and needs it answers."""
    found = get_or_404(CourseVersion, version_id)
    return render_template(
        "needs/version.html",
        version=found,
        used=is_used(found),
        items=items,
        actions=audit_queries.actions_answered_by(found),
        needs=queries.needs_answered_by_version(found),
    )


@bp.get("/audits/<int:case_audit_id>")
@allow(*STAFF)
def audit(case_audit_id: int) -> ResponseReturnValue:
    """An audit: what it found, where each finding leads, and what was decided."""
    case_audit = audit_queries.audit_in_full(case_audit_id)
    return render_template(
        "needs/audit.html",
        case_audit=case_audit,
        needs=queries.needs_by_finding(case_audit.findings),
        not_training=queries.not_training_by_finding(case_audit.findings),
        beside=_beside(case_audit.findings),
        events=sorted(
            [*events_about(case_audit), *events_about(*case_audit.actions)],
            key=lambda event: event.at,
            reverse=True,
        ),
    )


@bp.get("/findings/<int:finding_id>")
@allow(*STAFF)
def finding(finding_id: int) -> ResponseReturnValue:
    """A finding and where it leads."""
    found = audit_queries.finding_in_full(finding_id)
    return render_template(
        "needs/finding.html",
        finding=found,
        needs=queries.needs_of(found),
        not_training=queries.not_training(found),
        beside=_beside([found]),
        events=events_about(found),
    )


@bp.route("/findings/<int:finding_id>/link", methods=["GET", "POST"])
@allow(*STAFF)
def link_finding(finding_id: int) -> ResponseReturnValue:
    """Link a finding to a need."""
    found = audit_queries.finding_in_full(finding_id)
    form = LinkFindingForm.from_request()
    linked = {need.id for need in queries.needs_of(found)}
    open_needs = [need for need in queries.needs_in_order() if need.id not in linked]
    form.need.choices += [SelectChoice(need.id, f"{need.code}: {need.title}") for need in open_needs]
    if form.accepted():
        need = get_or_404(TrainingNeed, form.need.data)
        try:
            with transaction():
                service.link_finding(need, found, by=current_person(), now=clock.now())
        except service.NeedRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The finding is linked to {need.code}.", "success")
            return redirect(url_for("needs.finding", finding_id=found.id))
    return render_template("needs/link_finding.html", form=form, finding=found, any_need=bool(open_needs))


@bp.post("/findings/<int:finding_id>/unlink/<int:need_id>")
@allow(*STAFF)
def unlink_finding(finding_id: int, need_id: int) -> ResponseReturnValue:
    """Take a finding away from a need."""
    found, need = get_or_404(Finding, finding_id), get_or_404(TrainingNeed, need_id)
    with transaction():
        service.unlink_finding(need, found, by=current_person(), now=clock.now())
    flash(f"The finding is no longer linked to {need.code}.", "success")
    return redirect(url_for("needs.finding", finding_id=found.id))


@bp.route("/findings/<int:finding_id>/not-training", methods=["GET", "POST"])
@allow(*STAFF)
def not_training(finding_id: int) -> ResponseReturnValue:
    """Decide that training cannot mend a finding."""
    found = audit_queries.finding_in_full(finding_id)
    decision = queries.not_training(found)
    usual = {"reason": decision.reason, "went_to": decision.went_to} if decision else {}
    form = NotTrainingForm.from_request(**usual)
    if form.accepted():
        try:
            with transaction():
                service.mark_not_training(found, **form.answers, by=current_person(), now=clock.now())
        except service.NeedRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The finding is marked as not a training matter.", "success")
            return redirect(url_for("needs.finding", finding_id=found.id))
    return render_template("needs/not_training.html", form=form, finding=found)


@bp.post("/findings/<int:finding_id>/not-training/take-back")
@allow(*STAFF)
def take_back_not_training(finding_id: int) -> ResponseReturnValue:
    """Open the question again whether a finding leads to a need."""
    found = get_or_404(Finding, finding_id)
    with transaction():
        service.take_back_not_training(found, by=current_person(), now=clock.now())
    flash("Nothing is decided about this finding now.", "success")
    return redirect(url_for("needs.finding", finding_id=found.id))


@bp.get("/accreditations/<int:accreditation_id>")
@allow(SIGNED_IN)
def accreditation(accreditation_id: int) -> ResponseReturnValue:
    """An accreditation: whose, since when, what it rests on, its history, and the needs and findings that it answers.

    It says first whether its holder is accredited at all, for another award in the scheme may count on the day.
    Board staff ask how it stood on any day, as far as was known on any other.
    """
    today, viewer = clock.today(), current_person()
    held = queries.accreditation_seen_by(viewer, accreditation_id, on=today)
    is_staff = viewer.is_board_staff
    days = _days() if is_staff else {"as_at": today, "known_on": today}
    recorded = {one.id: one for one in accreditations.recorded_of(held.person, held.scheme)}
    periods = accreditations.periods(recorded.values(), known_on=days["known_on"])
    period = period_on(periods, days["as_at"])
    latest = recorded[period.award] if period else None
    return render_template(
        "needs/accreditation.html",
        accreditation=held,
        attended=queries.training_behind(held),
        state=held.state(days["as_at"], known_on=days["known_on"]),
        periods=[(period, recorded[period.award]) for period in periods],
        counting=held if held.in_force(days["as_at"], known_on=days["known_on"]) else latest,
        unbroken_since=unbroken_since(periods, on=days["as_at"]),
        external=external_behind(held) if is_staff or held.person_id == viewer.id else None,
        reinstates=recorded.get(held.reinstates_id or 0),
        reinstated_by=next(
            (
                one
                for one in recorded.values()
                if one.reinstates_id == held.id and one.is_known(days["known_on"])
            ),
            None,
        ),
        revoked_on=held.known_revoked_on(days["known_on"]),
        events=events_about(*recorded.values()) if is_staff else [],
        unread=unread_days(DAYS) if is_staff else {},
        today=today,
        **days,
        needs=queries.needs_answered_by_accreditation(held),
        is_own=held.person_id == viewer.id,
    )


def _days() -> dict[str, date]:
    """The *As at* and *As known on* of the address; today unless told."""
    today = clock.today()
    return {"as_at": day_asked_for("as_at", today), "known_on": day_asked_for("known_on", today)}


def _beside(findings: Any) -> list[tuple[Finding, list[Finding]]]:
    """Each finding whose note names others, with those others."""
    named = audit_queries.findings_that_notes_name(findings)
    pairs = [
        (
            found,
            [
                named[code]
                for code in audit_rules.codes_in(found.note)
                if code in named and code != found.code
            ],
        )
        for found in findings
    ]
    return [(found, others) for found, others in pairs if others]


def _meant(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of a form, with the rows and sectors that its keys stand for."""

    def picked(model: Any, row_id: int | None) -> Any:
        return get_or_404(model, row_id) if row_id else None

    return answers | {
        "staff_groups": [get_or_404(StaffGroup, row_id) for row_id in answers["staff_groups"]],
        "excluded_sectors": [Sector(sector) for sector in answers["excluded_sectors"] or ()],
        "scheme": picked(AccreditationScheme, answers["scheme"]),
        "from_version": picked(CourseVersion, answers["from_version"]),
    }


def _usual(need: TrainingNeed) -> dict[str, Any]:
    """What a need's form shows when it is opened."""
    counting = [i for i in need.interventions if i.counts]
    return {
        "title": need.title,
        "description": need.description,
        "measure": need.measure,
        "basis": need.basis,
        "target_percent": need.target_percent,
        "target_date": need.target_date,
        "staff_groups": [group.id for group in need.staff_groups],
        "excluded_sectors": [excluded.sector.value for excluded in need.excluded_sectors],
        "scheme": next((i.scheme_id for i in counting if i.scheme_id), None),
        "from_version": next((i.from_version_id for i in counting if i.from_version_id), None),
    }


def _sheet(
    need: TrainingNeed, lines: Any, county: queries.CountyCoverage, *, as_at: date, known_on: date
) -> ResponseReturnValue:
    answer = sheets.csv_answer if request.args["format"] == "csv" else sheets.excel_answer
    return answer(
        f"coverage-{need.code}-{as_at.isoformat()}", COLUMNS, _sheet_rows(lines, county, as_at, known_on)
    )


def _sheet_rows(
    lines: Any, county: queries.CountyCoverage, as_at: date, known_on: date
) -> Iterator[list[sheets.Cell]]:
    for name, dated, figure in [
        *((line.name, line.returned_on, line) for line in lines),
        (f"County, each person once, agencies left out: {county.left_out}", None, county),
    ]:
        headcount = "Headcount not supplied" if figure.headcount is None else figure.headcount
        yield [
            name,
            figure.in_force,
            headcount,
            dated,
            figure.percent,
            figure.gap,
            figure.booked,
            as_at,
            known_on,
        ]
