"""Pages of scheduled reports: add one, see how it stands, pause it, take it up again, end it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.forms import also_offer
from sscb_training.core.roles import Role
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.reports.board.routes import agencies_seen_by
from sscb_training.reports.routes import bp
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules import queries, rules, service
from sscb_training.reports.schedules.forms import PUBLISHED, WHOLE, ScheduleForm
from sscb_training.reports.schedules.models import Every


@bp.get("/reports/schedules")
@allow(Role.AGENCY_LEAD, *STAFF)
def schedules() -> ResponseReturnValue:
    """The reports that make themselves, and how each stands."""
    viewer = current_person()
    return render_template(
        "reports/schedules.html",
        schedules=queries.schedules_seen_by(viewer),
        in_words=rules.in_words,
        of_everybody=viewer.is_board_staff,
    )


@bp.route("/reports/schedules/new", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def add_schedule() -> ResponseReturnValue:
    """Schedule a report that the viewer may see."""
    viewer = current_person()
    today = clock.today()
    agencies = {key: one for key, one in agencies_seen_by(viewer).items() if one.is_current(today)}
    form = ScheduleForm.from_request(weekday=1, day_of_month=1)
    also_offer(form.of, _offered(viewer, agencies))
    if form.accepted():
        answers = form.answers
        of = answers.pop("of")
        try:
            with transaction():
                made = service.schedule(
                    title=answers["title"],
                    agency=agencies.get(of),
                    is_published=of == PUBLISHED,
                    period=Preset(answers["period"]),
                    every=Every(answers["every"]),
                    on_day=form.on_day,
                    receivers=form.addresses,
                    by=viewer,
                    now=clock.now(),
                )
        except service.ScheduleRefused as refusal:
            form.refuse(refusal)
        else:
            flash(
                f"The report is scheduled. The first copy is made on {plain_date(made.next_on)}.", "success"
            )
            return redirect(url_for("reports.schedules"))
    elif form.is_submitted() and not form.receivers.errors and not form.of.errors:
        try:
            service.receivers_of(form.addresses, agencies.get(form.of.data))
        except service.ScheduleRefused as refusal:
            form.refuse(refusal)
    return render_template("reports/add_schedule.html", form=form)


def _offered(viewer: Person, agencies: dict[int, Agency]) -> dict[int | str, str]:
    offered: dict[int | str, str] = {}
    if viewer.is_board_staff:
        offered |= {WHOLE: "The board’s report", PUBLISHED: "The board’s report, published figures"}
    return offered | {agency.id: f"Report of {agency.name}" for agency in agencies.values()}


@bp.get("/reports/schedules/<int:schedule_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def schedule(schedule_id: int) -> ResponseReturnValue:
    """One schedule: whom it tells, when it is made next, and what went wrong."""
    found = queries.schedule_seen_by(current_person(), schedule_id)
    return render_template(
        "reports/schedule.html",
        schedule=found,
        in_words=rules.in_words,
        is_orphaned=not service.may_see(found.owner, found.agency),
        may_see={person.id for person in found.receivers if service.may_see(person, found.agency)},
        most_failures=rules.MOST_FAILURES,
    )


@bp.post("/reports/schedules/<int:schedule_id>/pause")
@allow(Role.AGENCY_LEAD, *STAFF)
def pause_schedule(schedule_id: int) -> ResponseReturnValue:
    """Make none until it is taken up again."""
    return _change(schedule_id, service.pause, "The report is paused.")


@bp.post("/reports/schedules/<int:schedule_id>/take-up")
@allow(Role.AGENCY_LEAD, *STAFF)
def take_up_schedule(schedule_id: int) -> ResponseReturnValue:
    """Go on after a pause, after it stopped, or with one's own right where its owner has lost theirs."""
    return _change(schedule_id, service.take_up, "The schedule goes on. The next copy is made on {next_on}.")


@bp.route("/reports/schedules/<int:schedule_id>/end", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def end_schedule(schedule_id: int) -> ResponseReturnValue:
    """Make none any more, once that is confirmed."""
    if request.method != "POST":
        found = queries.schedule_seen_by(current_person(), schedule_id)
        return render_template("reports/end_schedule.html", schedule=found)
    return _change(schedule_id, service.end, "The schedule is ended. The copies that it made stay.")


def _change(schedule_id: int, change: Callable[..., None], done: str) -> ResponseReturnValue:
    viewer = current_person()
    found = queries.schedule_seen_by(viewer, schedule_id)
    with transaction():
        change(found, by=viewer, now=clock.now())
    flash(done.format(next_on=plain_date(found.next_on)), "success")
    if found.ended_at:
        return redirect(url_for("reports.schedules"))
    return redirect(url_for("reports.schedule", schedule_id=schedule_id))
