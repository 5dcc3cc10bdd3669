"""Pages of scheduled reports: add one, see how it stands, change it, pause it, take it up again, end it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.edits import Overtaken
from sscb_training.core.forms import also_offer
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.timeline import events_about
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.reports.board.routes import agencies_seen_by
from sscb_training.reports.routes import bp
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules import queries, rules, service
from sscb_training.reports.schedules.forms import (
    PUBLISHED,
    WHOLE,
    ChangeScheduleForm,
    ScheduleForm,
    schedule_as_it_is,
)
from sscb_training.reports.schedules.models import Every, ReportSchedule


@bp.get("/reports/schedules")
@allow(Role.AGENCY_LEAD, *STAFF)
def schedules() -> ResponseReturnValue:
    """The reports that make themselves, and how each stands; or those that were ended, and who ended each."""
    viewer = current_person()
    shows_ended = request.args.get("show") == "ended"
    ended = queries.ended_schedules_seen_by(viewer)
    return render_template(
        "reports/schedules.html",
        ended=page_of(ended, page=page_asked_for(), scalars=False) if shows_ended else None,
        schedules=() if shows_ended else queries.schedules_seen_by(viewer),
        in_words=rules.in_words,
        of_everybody=viewer.is_board_staff,
    )


@bp.route("/reports/schedules/new", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def add_schedule() -> ResponseReturnValue:
    """Schedule a report that the viewer may see."""
    viewer = current_person()
    agencies = _agencies(viewer)
    form = ScheduleForm.from_request(weekday=1, day_of_month=1)
    also_offer(form.of, _offered(viewer, agencies))
    if form.accepted():
        try:
            with transaction():
                made = service.schedule(**_meant(form, agencies), by=viewer, now=clock.now())
        except service.ScheduleRefused as refusal:
            form.refuse(refusal)
        else:
            flash(
                f"The report is scheduled. The first copy is made on {plain_date(made.next_on)}.", "success"
            )
            return redirect(url_for("reports.schedules"))
    else:
        _refuse_receivers(form, agencies)
    return render_template("reports/add_schedule.html", form=form)


@bp.route("/reports/schedules/<int:schedule_id>/change", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def change_schedule(schedule_id: int) -> ResponseReturnValue:
    """Change what it sends, when, and to whom."""
    viewer = current_person()
    found = queries.schedule_kept_by(viewer, schedule_id)
    agencies = _agencies(viewer, besides=found.agency)
    form = ChangeScheduleForm.from_request(**schedule_as_it_is(found))
    also_offer(form.of, _offered(viewer, agencies))
    if form.accepted():
        try:
            with transaction():
                form.settle(found, schedule_as_it_is)
                service.change(found, **_meant(form, agencies), by=viewer, now=clock.now())
        except (Overtaken, service.ScheduleRefused) as refusal:
            form.refuse(refusal)
        else:
            flash(f"The schedule is changed. {_next_in_words(found)}", "success")
            return redirect(url_for("reports.schedule", schedule_id=schedule_id))
    else:
        _refuse_receivers(form, agencies)
    return render_template(
        "reports/change_schedule.html", form=form, schedule=found, next_in_words=_next_in_words(found)
    )


def _agencies(viewer: Person, besides: Agency | None = None) -> dict[int, Agency]:
    """Those whose report the viewer may schedule: of today, and the one that it is of already."""
    today = clock.today()
    seen = agencies_seen_by(viewer)
    return {key: one for key, one in seen.items() if one.is_current(today) or one is besides}


def _meant(form: ScheduleForm, agencies: dict[int, Agency]) -> dict[str, Any]:
    """What the form asks of the verbs."""
    answers = form.answers
    return {
        "title": answers["title"],
        "agency": agencies.get(answers["of"]),
        "is_published": answers["of"] == PUBLISHED,
        "period": Preset(answers["period"]),
        "every": Every(answers["every"]),
        "on_day": form.on_day,
        "receivers": form.addresses,
    }


def _refuse_receivers(form: ScheduleForm, agencies: dict[int, Agency]) -> None:
    """Say who cannot be told together with what else is wrong with the form."""
    if form.is_submitted() and not form.receivers.errors and not form.of.errors:
        try:
            service.receivers_of(form.addresses, agencies.get(form.of.data))
        except service.ScheduleRefused as refusal:
            form.refuse(refusal)


def _next_in_words(schedule: ReportSchedule) -> str:
    """When the next copy is made, or what keeps it from being made."""
    next_on = queries.next_copy_on(schedule)
    if next_on is not None:
        return (
            f"The next copy is made {'today' if next_on <= clock.today() else f'on {plain_date(next_on)}'}."
        )
    return f"No copy is made. {queries.why_not_made(schedule) or 'It waits to be taken up again.'}"


def _offered(viewer: Person, agencies: dict[int, Agency]) -> dict[int | str, str]:
    offered: dict[int | str, str] = {}
    if viewer.is_board_staff:
        offered |= {WHOLE: "The board’s report", PUBLISHED: "The board’s report, published figures"}
    return offered | {agency.id: f"Report of {agency.name}" for agency in agencies.values()}


@bp.get("/reports/schedules/<int:schedule_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def schedule(schedule_id: int) -> ResponseReturnValue:
    """One schedule: whom it tells, when it is made next, and what went wrong."""
    viewer = current_person()
    found = queries.schedule_seen_by(viewer, schedule_id)
    is_the_viewers = queries.keeps(viewer, found)
    return render_template(
        "reports/schedule.html",
        schedule=found,
        standing=queries.standing(found),
        is_the_viewers=is_the_viewers,
        is_orphaned=not queries.may_see(found.owner, found.agency),
        taken_over=queries.taken_over(found) if is_the_viewers else None,
        last_copy=queries.last_copy_seen_by(viewer, found),
        ended_by=queries.who_ended(found),
        letters=queries.letters_of_the_last_copy(found) if is_the_viewers else (),
        events=events_about(found) if is_the_viewers else (),
        most_failures=rules.MOST_FAILURES,
    )


@bp.post("/reports/schedules/<int:schedule_id>/pause")
@allow(Role.AGENCY_LEAD, *STAFF)
def pause_schedule(schedule_id: int) -> ResponseReturnValue:
    """Make none until it is taken up again."""
    return _put_by(schedule_id, service.pause, "The report is paused.")


@bp.post("/reports/schedules/<int:schedule_id>/take-up")
@allow(Role.AGENCY_LEAD, *STAFF)
def take_up_schedule(schedule_id: int) -> ResponseReturnValue:
    """Go on after a pause, after it stopped, or with one's own right where its owner has lost theirs."""
    viewer = current_person()
    found = queries.schedule_kept_by(viewer, schedule_id)
    owner, told = found.owner, list(found.receivers)
    with transaction():
        service.take_up(found, by=viewer, now=clock.now())
    said = ["The schedule goes on."]
    if found.owner is not owner:
        said.append(f"You own it now, in place of {owner.name}.")
    if found.receivers != told:
        said.append("You are told of each copy, because nobody else who is told may see it.")
    flash(" ".join([*said, _next_in_words(found)]), "success")
    return redirect(url_for("reports.schedule", schedule_id=schedule_id))


@bp.route("/reports/schedules/<int:schedule_id>/end", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def end_schedule(schedule_id: int) -> ResponseReturnValue:
    """Make none any more, once that is confirmed."""
    if request.method != "POST":
        found = queries.schedule_kept_by(current_person(), schedule_id)
        return render_template("reports/end_schedule.html", schedule=found)
    return _put_by(schedule_id, service.end, "The schedule is ended. The copies that it made stay.")


def _put_by(schedule_id: int, change: Callable[..., None], done: str) -> ResponseReturnValue:
    viewer = current_person()
    found = queries.schedule_kept_by(viewer, schedule_id)
    with transaction():
        change(found, by=viewer, now=clock.now())
    flash(done, "success")
    if found.ended_at:
        return redirect(url_for("reports.schedules"))
    return redirect(url_for("reports.schedule", schedule_id=schedule_id))
