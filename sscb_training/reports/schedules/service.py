"""Scheduling a report, and what the worker does on its day: the report by its owner's right, a letter to who may see it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sscb_training.agencies.models import Agency
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.errors import Refused
from sscb_training.core.identifying import refuse_a_childs
from sscb_training.core.times import london_date
from sscb_training.people.models import Person
from sscb_training.people.queries import board_staff, person_by_email
from sscb_training.reports.board import queries as board
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.frozen import service as frozen
from sscb_training.reports.rules import Preset, days_of
from sscb_training.reports.schedules import queries, rules
from sscb_training.reports.schedules.models import Every, ReportSchedule


class ScheduleRefused(Refused):
    """A schedule that cannot be."""


def schedule(
    *,
    title: str,
    agency: Agency | None,
    is_published: bool,
    period: Preset,
    every: Every,
    on_day: int,
    receivers: Sequence[str],
    by: Person,
    now: datetime,
) -> ReportSchedule:
    """Make this report from now on, for people with these addresses: each has an account, and the right to see it."""
    if not queries.may_see(by, agency):
        raise ScheduleRefused("You cannot open this report yourself.")
    _refuse_a_childs(title)
    people = receivers_of(receivers, agency)
    with only_if_free(partial(_refuse_taken_title, title, agency, by=by)):
        made = ReportSchedule(
            title=title,
            owner=by,
            agency=agency,
            is_published=is_published,
            period=period,
            every=every,
            on_day=on_day,
            next_on=rules.next_day(every, on_day, after=london_date(now)),
            created_at=now,
            receivers=people,
        )
        db.session.add(made)
    told = ", ".join(person.name for person in people)
    history.record("scheduled", made, by=by, at=now, title=title, told=told)
    return made


def change(
    schedule: ReportSchedule,
    *,
    title: str,
    agency: Agency | None,
    is_published: bool,
    period: Preset,
    every: Every,
    on_day: int,
    receivers: Sequence[str],
    by: Person,
    now: datetime,
) -> None:
    """Change what it sends, when and to whom, with the checks of a new one. Whose it is stays, and how it stands.

    A copy that is owed, because its day has come or the last try failed, is made first, and only then by the new days.
    """
    _hold(schedule)
    if not queries.may_see(by, agency):
        raise ScheduleRefused("You cannot open this report yourself.", about="of")
    if agency is not schedule.agency and not queries.may_see(schedule.owner, agency):
        raise ScheduleRefused(
            f"It is made with the access of its owner, and {schedule.owner.name} cannot open this report.",
            about="of",
        )
    _refuse_a_childs(title)
    people = receivers_of(receivers, agency)
    before, today = _as_told(schedule), london_date(now)
    with only_if_free(partial(_refuse_taken_title, title, agency, by=by, but=schedule)):
        schedule.title, schedule.agency, schedule.is_published = title, agency, is_published
        schedule.period, schedule.every, schedule.on_day = period, every, on_day
        schedule.receivers = people
        if schedule.next_on > today and not schedule.failures:
            schedule.next_on = rules.next_day(every, on_day, after=today)
    told = _as_told(schedule)
    if changes := {name: [was, told[name]] for name, was in before.items() if was != told[name]}:
        history.record("changed", schedule, by=by, at=now, **changes)


def _hold(schedule: ReportSchedule) -> None:
    lock(schedule)
    if schedule.ended_at:
        raise ScheduleRefused("Somebody ended this schedule meanwhile.")


def _as_told(schedule: ReportSchedule) -> dict[str, Any]:
    """What the history tells of it, in words."""
    return {
        "title": schedule.title,
        "report": schedule.report,
        "period": schedule.period,
        "when": rules.in_words(schedule.every, schedule.on_day),
        "next_copy": queries.next_copy_on(schedule),
        "told": sorted(person.name for person in schedule.receivers),
    }


def _refuse_a_childs(title: str) -> None:
    """The title goes out as the subject of letters."""
    refuse_a_childs(title, refused=ScheduleRefused, about="title")


def _refuse_taken_title(
    title: str, agency: Agency | None, *, by: Person, but: ReportSchedule | None = None
) -> None:
    found = queries.schedule_titled(title, agency=agency)
    if found is not None and found is not but:
        who = "You have" if found.owner is by else f"{found.owner.name} has"
        raise ScheduleRefused(
            f"{who} scheduled a report with this title already. Give this one another.", about="title"
        )


def receivers_of(addresses: Sequence[str], agency: Agency | None) -> list[Person]:
    """Who has these addresses; refused where there is none, or somebody cannot open the report."""
    if not addresses:
        raise ScheduleRefused("Enter at least one email address.", about="receivers")
    found: dict[int, Person] = {}
    unknown = []
    for address in addresses:
        person = person_by_email(address)
        if person is None or not queries.may_see(person, agency):
            unknown.append(address)
        else:
            found[person.id] = person
    if unknown:
        raise ScheduleRefused(
            f"{', '.join(unknown)} cannot open this report. Whoever receives it needs an account and the right to see it.",
            about="receivers",
        )
    return list(found.values())


def pause(schedule: ReportSchedule, *, by: Person, now: datetime) -> None:
    """Make none until it is taken up again."""
    _hold(schedule)
    if schedule.paused_at is None:
        schedule.paused_at = now
        history.record("paused", schedule, by=by, at=now)


def take_up(schedule: ReportSchedule, *, by: Person, now: datetime) -> None:
    """Go on after a pause or after it stopped: the next one is made on the next of its days, and none for days gone by.

    Where its owner may not see it any more, who takes it up is its owner from now on, and is told if nobody else can be.
    """
    _hold(schedule)
    verb, changes = "took up", {}
    if not queries.may_see(schedule.owner, schedule.agency):
        verb, changes = "took over", {"owner": [schedule.owner.name, by.name]}
        schedule.owner = by
        if not queries.who_may_still_see(schedule):
            schedule.receivers.append(by)
            changes["also_told"] = [by.name]
    schedule.paused_at = schedule.stopped_at = None
    schedule.failures, schedule.failure = 0, ""
    schedule.next_on = rules.next_day(schedule.every, schedule.on_day, after=london_date(now))
    history.record(verb, schedule, by=by, at=now, **changes)


def end(schedule: ReportSchedule, *, by: Person, now: datetime) -> None:
    """Make none any more. What it made stays."""
    _hold(schedule)
    schedule.ended_at = now
    history.record("ended", schedule, by=by, at=now)


def gather(schedule: ReportSchedule, *, now: datetime) -> frozen.Figures | None:
    """The figures of a report that is due, before anything is locked; nothing where nobody may see them."""
    return None if queries.why_not_made(schedule) else frozen.gather(_asked(schedule, now), now=now)


def _asked(schedule: ReportSchedule, now: datetime) -> Asked:
    today = london_date(now)
    begin, end = days_of(schedule.period, today=today)
    return board.asked(
        begin,
        end,
        agency=schedule.agency,
        is_published=schedule.is_published,
        known_on=today,
        since=None,
        today=today,
    )


def make(schedule: ReportSchedule, figures: frozen.Figures | None, *, now: datetime) -> bool:
    """Freeze the report and tell whoever may still see it; whether it was still to do. What it lacks is a failure.

    Whether it is due, what it sends, and who may see it, is asked again under the lock: the figures were gathered before.
    """
    lock(schedule)
    today = london_date(now)
    if schedule.next_on > today or schedule.paused_at or schedule.stopped_at or schedule.ended_at:
        return False
    if why := queries.why_not_made(schedule):
        fail(schedule, why, now=now)
        return True
    if figures is None or figures.asked != _asked(schedule, now):
        return False  # somebody changed that a moment ago: the next run makes it
    copy = frozen.freeze(figures, title=schedule.title, by=schedule.owner)
    schedule.last_made_at = now
    schedule.failures, schedule.failure = 0, ""
    schedule.next_on = rules.next_day(schedule.every, schedule.on_day, after=today)
    db.session.flush()
    schedule.last_copy_id = copy.id
    for person in queries.who_may_still_see(schedule):
        mail.queue("reports/made", to=person.email, at=now, frozen_report=copy)
    return True


def fail(schedule: ReportSchedule, why: str, *, now: datetime) -> None:
    """Note that it could not be made, and try again tomorrow; after five in a row stop, and tell the owner.

    An owner who may not see the report any more could not take it up: then the board's staff are told.
    """
    schedule.failures += 1
    schedule.failure = why
    schedule.next_on = london_date(now) + rules.TRY_AGAIN_AFTER
    if not rules.is_stopped(schedule.failures):
        return
    schedule.stopped_at = now
    history.record("stopped", schedule, by=None, at=now, because=why)
    for person in [schedule.owner] if queries.may_see(schedule.owner, schedule.agency) else board_staff():
        mail.queue("reports/stopped", to=person.email, at=now, report_schedule=schedule)
