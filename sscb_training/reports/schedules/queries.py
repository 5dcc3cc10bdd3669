"""Which reports make themselves, for whom, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.agencies.models import Agency
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.mail import Letter
from sscb_training.people.models import Person
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.schedules.models import ReportSchedule
from sscb_training.reports.schedules.rules import in_words

_IN_FULL = (
    joinedload(ReportSchedule.owner).selectinload(Person.role_grants),
    joinedload(ReportSchedule.agency),
    selectinload(ReportSchedule.receivers).selectinload(Person.role_grants),
)


def may_see(person: Person, agency: Agency | None) -> bool:
    """Whether somebody may open this report now: staff any, a lead that of their agency; nobody without an account."""
    if not (person.is_active and person.has_account):
        return False
    return person.is_board_staff or (agency is not None and agency.id in person.leads_agency_ids)


def who_may_still_see(schedule: ReportSchedule) -> list[Person]:
    """Who receives it and may open it."""
    return [person for person in schedule.receivers if may_see(person, schedule.agency)]


def why_not_made(schedule: ReportSchedule) -> str:
    """What keeps its copies from being made, whatever its days say; empty where nothing does."""
    if not may_see(schedule.owner, schedule.agency):
        return "Its owner may not see this report any more."
    if not who_may_still_see(schedule):
        return "Nobody who receives it may see it any more."
    return ""


def next_copy_on(schedule: ReportSchedule) -> date | None:
    """The day of its next copy; none while it is paused or stopped, once it was ended, or where nobody may make it or
    receive it."""
    if schedule.paused_at or schedule.stopped_at or schedule.ended_at or why_not_made(schedule):
        return None
    return schedule.next_on


@dataclass(frozen=True)
class Standing:
    """How a schedule stands: when it goes, the day of its next copy, what keeps that from being made, who is told, and how
    many of them the letter about the last copy did not reach.
    """

    schedule: ReportSchedule
    when: str
    next_on: date | None
    why_not: str
    told: Sequence[Person]
    not_reached: int


def standing(schedule: ReportSchedule, *, not_reached: int = 0) -> Standing:
    """How it stands by what holds now, whether or not a copy was tried since."""
    return Standing(
        schedule,
        in_words(schedule.every, schedule.on_day),
        next_copy_on(schedule),
        why_not_made(schedule),
        who_may_still_see(schedule),
        not_reached,
    )


def schedules_seen_by(viewer: Person) -> Sequence[Standing]:
    """Those that were not ended, by title: staff see all, others those of agencies that they lead, whoever owns them.

    Whom the letters did not reach is told to whoever can do something about it.
    """
    found = rows(
        select(ReportSchedule)
        .where(_seen_by(viewer), ReportSchedule.ended_at.is_(None))
        .options(*_IN_FULL)
        .order_by(ReportSchedule.title, ReportSchedule.id)
    )
    not_reached = _not_reached([schedule for schedule in found if keeps(viewer, schedule)])
    return [standing(schedule, not_reached=not_reached.get(schedule.id, 0)) for schedule in found]


_WHO_ENDED = (
    select(Person.name)
    .join(HistoryEntry, HistoryEntry.actor_id == Person.id)
    .where(
        HistoryEntry.subject_type == ReportSchedule.__tablename__,
        HistoryEntry.subject_id == ReportSchedule.id,
        HistoryEntry.verb == "ended",
    )
    .order_by(HistoryEntry.id.desc())
    .limit(1)
    .correlate(ReportSchedule)
    .scalar_subquery()
)


def ended_schedules_seen_by(viewer: Person) -> Select[tuple[ReportSchedule, str | None]]:
    """Those that were ended, the last one first, each with the name of who ended it."""
    return (
        select(ReportSchedule, _WHO_ENDED)
        .where(_seen_by(viewer), ReportSchedule.ended_at.is_not(None))
        .options(joinedload(ReportSchedule.owner), joinedload(ReportSchedule.agency))
        .order_by(ReportSchedule.ended_at.desc(), ReportSchedule.id.desc())
    )


def who_ended(schedule: ReportSchedule) -> str:
    """The name of who ended it; empty while it goes on."""
    return row_or_none(select(_WHO_ENDED).where(ReportSchedule.id == schedule.id)) or ""


def schedule_seen_by(viewer: Person, schedule_id: int) -> ReportSchedule:
    """A schedule, going on or ended, if the viewer may know of it; otherwise 404."""
    return row_or_404(
        select(ReportSchedule).where(ReportSchedule.id == schedule_id, _seen_by(viewer)).options(*_IN_FULL)
    )


def schedule_kept_by(viewer: Person, schedule_id: int) -> ReportSchedule:
    """A schedule that was not ended, if the viewer may change it, pause it and end it; otherwise 404."""
    return row_or_404(
        select(ReportSchedule)
        .where(ReportSchedule.id == schedule_id, _kept_by(viewer), ReportSchedule.ended_at.is_(None))
        .options(*_IN_FULL)
    )


def keeps(viewer: Person, schedule: ReportSchedule) -> bool:
    """Whether it is for the viewer to see to: staff to any, a lead to their own."""
    return viewer.is_board_staff or schedule.owner_id == viewer.id


def _seen_by(viewer: Person) -> ColumnElement[bool]:
    return true() if viewer.is_board_staff else ReportSchedule.agency_id.in_(viewer.leads_agency_ids)


def _kept_by(viewer: Person) -> ColumnElement[bool]:
    """The same as `keeps`, of those that the viewer may see."""
    return _seen_by(viewer) & (true() if viewer.is_board_staff else ReportSchedule.owner_id == viewer.id)


def taken_over(schedule: ReportSchedule) -> HistoryEntry | None:
    """How its owner came by it; nothing where it is still its maker's."""
    return row_or_none(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_type == ReportSchedule.__tablename__,
            HistoryEntry.subject_id == schedule.id,
            HistoryEntry.verb == "took over",
        )
        .order_by(HistoryEntry.id.desc())
    )


def schedule_titled(title: str, *, agency: Agency | None) -> ReportSchedule | None:
    """The one of this agency, or of the board, that goes by this title, whatever its case, and was not ended."""
    of = ReportSchedule.agency_id == agency.id if agency else ReportSchedule.agency_id.is_(None)
    return row_or_none(
        select(ReportSchedule).where(
            of, ReportSchedule.folded_title == title.casefold(), ReportSchedule.ended_at.is_(None)
        )
    )


def number_stopped(viewer: Person) -> int:
    """How many reports that the viewer sees to have stopped after failures, and wait to be taken up again."""
    stopped = ReportSchedule.stopped_at.is_not(None) & ReportSchedule.ended_at.is_(None)
    return number(select(func.count(ReportSchedule.id)).where(stopped, _kept_by(viewer)))


def last_copy_seen_by(viewer: Person, schedule: ReportSchedule) -> FrozenReport | None:
    """Its last copy, if the viewer may open it: it may be of another agency, from before the schedule was moved."""
    copy = row_or_none(select(FrozenReport).where(FrozenReport.id == schedule.last_copy_id))
    return copy if copy is not None and may_see(viewer, copy.agency) else None


def letters_of_the_last_copy(schedule: ReportSchedule) -> Sequence[Letter]:
    """What became of the letters about its last copy, by address; of one that was sent again, of the newer."""
    letters = rows(
        select(Letter)
        .where(Letter.about_type == FrozenReport.__tablename__, Letter.about_id == schedule.last_copy_id)
        .order_by(Letter.to_address, Letter.id)
    )
    return list({letter.to_address: letter for letter in letters}.values())


def _not_reached(schedules: Sequence[ReportSchedule]) -> dict[int, int]:
    """By schedule, how many the letter about its last copy did not reach: the newer one, where it was sent again."""
    newest = (
        select(func.max(Letter.id))
        .where(
            Letter.about_type == FrozenReport.__tablename__,
            Letter.about_id.in_([schedule.last_copy_id for schedule in schedules]),
        )
        .group_by(Letter.about_id, Letter.to_address)
    )
    query = (
        select(ReportSchedule.id, func.count(Letter.id))
        .join(Letter, Letter.about_id == ReportSchedule.last_copy_id)
        .where(
            Letter.id.in_(newest),
            Letter.gave_up_at.is_not(None),
            Letter.sent_at.is_(None),
            Letter.dropped_at.is_(None),
        )
        .group_by(ReportSchedule.id)
    )
    return dict(db.session.execute(query).all())


def due(on: date) -> Sequence[int]:
    """The schedules whose day has come, that are neither paused, stopped nor ended."""
    return rows(
        select(ReportSchedule.id)
        .where(
            ReportSchedule.next_on <= on,
            ReportSchedule.paused_at.is_(None),
            ReportSchedule.stopped_at.is_(None),
            ReportSchedule.ended_at.is_(None),
        )
        .order_by(ReportSchedule.next_on, ReportSchedule.id)
    )


def why_not_stopped(schedule_id: int, _now: datetime) -> str:
    """A letter that a schedule stopped is not wanted any more once it goes on or was ended."""
    found = rows(select(ReportSchedule).where(ReportSchedule.id == schedule_id))
    if not found or found[0].ended_at is not None:
        return "The schedule was ended."
    return "" if found[0].stopped_at is not None else "The schedule goes on again."
