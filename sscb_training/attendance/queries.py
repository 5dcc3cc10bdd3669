"""What is known of registers: which to take, what is marked, and what closing one would mean."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, null, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    standing,
)
from sscb_training.accreditation.rules import awarded_on
from sscb_training.attendance import rules
from sscb_training.attendance.models import (
    TAKES_MINUTES,
    AttendanceMark,
    CheckIn,
    DoorRequest,
    Mark,
    Register,
    Seen,
)
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.eligibility.queries import missing_first
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.timeline import Event
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import (
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
)
from sscb_training.courses.queries import sessions_trained_by
from sscb_training.people.models import Membership, Person
from sscb_training.people.rules import fold_email

FOUND_AT_MOST = 20
Cell = tuple[int, int]
"""A booking and a part, by their ids."""


def session_seen_by(viewer: Person, training_session_id: int) -> TrainingSession:
    """A session whose register the viewer may take: a trainer their own, board staff any; otherwise 404.

    What is not published, or was called off, has no register.
    """
    return row_or_404(_sessions_of(viewer).where(TrainingSession.id == training_session_id))


def part_seen_by(viewer: Person, training_session_id: int, part_id: int) -> SessionPart:
    """A part that takes place, of a session whose register the viewer may take; otherwise 404."""
    training_session = session_seen_by(viewer, training_session_id)
    return row_or_404(
        select(SessionPart).where(
            SessionPart.id == part_id,
            SessionPart.training_session_id == training_session.id,
            SessionPart.cancelled_at.is_(None),
        )
    )


def _sessions_of(viewer: Person) -> Select[TrainingSession]:
    query = (
        select(TrainingSession)
        .where(TrainingSession.status == SessionStatus.PUBLISHED)
        .options(
            joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
            selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
        )
    )
    if viewer.is_board_staff:
        return query
    return query.where(TrainingSession.id.in_(sessions_trained_by(viewer)))


class Turn(StrEnum):
    """When a register's turn is."""

    TODAY = "today"
    TO_CLOSE = "to_close"
    COMING = "coming"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return "Not closed yet" if self is Turn.TO_CLOSE else self.value.capitalize()


@dataclass(frozen=True)
class RegisterLine:
    """One register in a list. `part` is the next from today on, or the first of a session that is over."""

    training_session: TrainingSession
    turn: Turn
    closed_at: datetime | None
    delegates: int
    part: SessionPart


def registers_seen_by(viewer: Person, *, now: datetime) -> Select[Any]:
    """A trainer's own registers, or all for board staff: today's, those to close, those coming, those closed.

    Each row is the session, its turn, when it was closed and how many delegates it has.
    """
    turn = _turn(now)
    delegates = (
        select(func.count(Booking.id))
        .where(Booking.training_session_id == TrainingSession.id, Booking.status == BookingStatus.CONFIRMED)
        .scalar_subquery()
    )
    place = case({word: position for position, word in enumerate(Turn)}, value=turn)
    return (
        _sessions_of(viewer)
        .outerjoin(Register, Register.training_session_id == TrainingSession.id)
        .add_columns(turn, Register.closed_at, delegates)
        .order_by(
            place,
            case((Register.closed_at.is_(None), TrainingSession.starts_at), else_=null()),
            TrainingSession.starts_at.desc(),
            TrainingSession.id,
        )
    )


def _turn(now: datetime) -> Any:
    today = london_date(now)
    begins, ends = at_london(today), at_london(today + timedelta(days=1))
    is_today = TrainingSession.parts.any(
        (SessionPart.starts_at >= begins)
        & (SessionPart.starts_at < ends)
        & SessionPart.cancelled_at.is_(None)
    )
    return case(
        (Register.closed_at.is_not(None), Turn.CLOSED.value),
        (is_today, Turn.TODAY.value),
        (TrainingSession.ends_at <= now, Turn.TO_CLOSE.value),
        else_=Turn.COMING.value,
    )


def register_lines(found: Sequence[Any], *, today: date) -> Sequence[RegisterLine]:
    """The rows of `registers_seen_by` by name."""
    return [
        RegisterLine(
            training_session,
            Turn(turn),
            closed_at,
            delegates,
            next(
                (part for part in training_session.parts_on if london_date(part.starts_at) >= today),
                training_session.parts_on[0],
            ),
        )
        for training_session, turn, closed_at, delegates in found
    ]


def by_turn(lines: Sequence[RegisterLine]) -> Sequence[tuple[Turn, Sequence[RegisterLine]]]:
    """The lines under their turns, in the order of the turns; a turn without any is left out."""
    groups = [(turn, [line for line in lines if line.turn is turn]) for turn in Turn]
    return [(turn, group) for turn, group in groups if group]


def registers_to_take(trainer: Person, now: datetime) -> Sequence[RegisterLine]:
    """What waits for this trainer: today's registers, then those of the past that nobody closed."""
    own = registers_seen_by(trainer, now=now).where(
        TrainingSession.id.in_(sessions_trained_by(trainer)),
        _turn(now).in_([Turn.TODAY.value, Turn.TO_CLOSE.value]),
    )
    return register_lines(db.session.execute(own).all(), today=london_date(now))


def register_of(training_session: TrainingSession) -> Register | None:
    """The session's register as it is at this moment, once somebody has begun to take it."""
    return row_or_none(
        select(Register)
        .where(Register.training_session_id == training_session.id)
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True)
class Sheet:
    """A register as it lies on the table: who is on it and what was marked so far.

    `made_up` are, by booking, those by which its delegate attended a missed part on another date.
    """

    training_session: TrainingSession
    register: Register | None
    delegates: Sequence[Booking]
    seen: Mapping[Cell, Seen]
    schemes: Sequence[AccreditationScheme]
    made_up: Mapping[int, Sequence[Booking]]
    scores: Mapping[tuple[int, int], accreditation.Scores]

    @property
    def is_closed(self) -> bool:
        return self.register is not None and self.register.closed_at is not None

    @cached_property
    def marks(self) -> Mapping[Cell, Mark]:
        """What was marked, without the minutes."""
        return {cell: seen.mark for cell, seen in self.seen.items()}

    @property
    def may_miss(self) -> int | None:
        """How many minutes of a part may be missed where the course demands full attendance."""
        return self.training_session.course.may_miss_minutes

    @cached_property
    def checked_in(self) -> Mapping[Cell, datetime]:
        """When each delegate said that they are there, by booking and part."""
        return checked_in(self.training_session)

    @cached_property
    def door_requests(self) -> Sequence[DoorRequest]:
        """Who asks to be let in, in the order in which they asked."""
        return door_requests(self.training_session)

    @cached_property
    def missing_first(self) -> Mapping[int, Sequence[str]]:
        """What the course needs first and is not on record, of those who came without booking or ask to be let in.

        Whoever booked was asked for it then. By person.
        """
        came = {booking.person_id for booking in self.delegates if booking.unscheduled}
        return missing_first(
            self.training_session,
            came | {asked.person_id for asked in self.door_requests},
            on=london_date(self.training_session.starts_at),
        )

    def not_passed(self, booking: Booking) -> Sequence[AccreditationScheme]:
        """The schemes whose assessment somebody who attended has not passed, on this date or where they made up a part."""
        if booking.outcome is not Outcome.ATTENDED or booking.part_id is not None:
            return []
        together = [booking, *self.made_up.get(booking.id, ())]
        return [scheme for scheme in self.assessed if _first_pass(self, together, scheme) is None]

    def unconfirmed(self, part: SessionPart) -> int:
        """How many checked in to this part and are not marked yet."""
        return sum(
            (booking.id, part.id) in self.checked_in and (booking.id, part.id) not in self.marks
            for booking in self.delegates
        )

    @property
    def assessed(self) -> Sequence[AccreditationScheme]:
        """The schemes of the course with a pass mark."""
        return [scheme for scheme in self.schemes if scheme.pass_mark is not None]

    def percent(self, booking_id: int) -> int | None:
        """The delegate's latest score."""
        for scheme in self.assessed:
            if found := self.scores.get((booking_id, scheme.id)):
                return found.latest.percent
        return None


def sheet(training_session: TrainingSession) -> Sheet:
    """The register with everybody on it, in the same few queries however many they are."""
    delegates = bookings.delegates(training_session)
    made_up = bookings.made_up([booking.id for booking in delegates])
    scored = [booking.id for group in (delegates, *made_up.values()) for booking in group]
    return Sheet(
        training_session=training_session,
        register=register_of(training_session),
        delegates=delegates,
        seen=seen_in(training_session),
        schemes=accreditation.schemes_for(training_session.course),
        made_up=made_up,
        scores=accreditation.scores(scored),
    )


def seen_in(
    training_session: TrainingSession, booking_ids: Collection[int] | None = None
) -> dict[Cell, Seen]:
    """What is marked in a session, of these bookings or of all."""
    query = (
        select(
            AttendanceMark.booking_id,
            AttendanceMark.session_part_id,
            AttendanceMark.mark,
            AttendanceMark.minutes_missed,
        )
        .join(AttendanceMark.session_part)
        .where(SessionPart.training_session_id == training_session.id)
    )
    if booking_ids is not None:
        query = query.where(AttendanceMark.booking_id.in_(booking_ids))
    return {
        (booking_id, part_id): Seen(mark, minutes)
        for booking_id, part_id, mark, minutes in db.session.execute(query)
    }


@dataclass(frozen=True)
class Made:
    """Who made a mark, and when."""

    who: str
    at: datetime


def made(cells: Collection[Cell]) -> Mapping[Cell, Made]:
    """Who made the marks that stand in these cells."""
    found = db.session.execute(
        select(
            AttendanceMark.booking_id,
            AttendanceMark.session_part_id,
            Person.name,
            AttendanceMark.marked_at,
        )
        .outerjoin(Person, Person.id == AttendanceMark.marked_by_id)
        .where(AttendanceMark.booking_id.in_({booking_id for booking_id, _ in cells}))
    )
    return {
        (booking_id, part_id): Made(name or "Somebody", at)
        for booking_id, part_id, name, at in found
        if (booking_id, part_id) in cells
    }


def checked_in(training_session: TrainingSession) -> dict[Cell, datetime]:
    """When each delegate of a session said that they are there, by booking and part."""
    found = db.session.execute(
        select(CheckIn.booking_id, CheckIn.session_part_id, CheckIn.checked_in_at)
        .join(SessionPart, SessionPart.id == CheckIn.session_part_id)
        .where(SessionPart.training_session_id == training_session.id)
    )
    return {(booking_id, part_id): at for booking_id, part_id, at in found}


def door_requests(training_session: TrainingSession) -> Sequence[DoorRequest]:
    """Who asks to be let into a session and was not let in otherwise, in the order in which they asked."""
    has_a_place = exists().where(
        Booking.training_session_id == training_session.id,
        Booking.person_id == DoorRequest.person_id,
        Booking.status == BookingStatus.CONFIRMED,
    )
    return rows(
        select(DoorRequest)
        .join(DoorRequest.session_part)
        .where(SessionPart.training_session_id == training_session.id, ~has_a_place)
        .options(
            joinedload(DoorRequest.person), joinedload(DoorRequest.membership).joinedload(Membership.agency)
        )
        .order_by(DoorRequest.asked_at, DoorRequest.id)
    )


def reasons_to_stay_open(sheet: Sheet, *, now: datetime) -> list[str]:
    """Why this register cannot be closed yet; none when it can."""
    every = len(sheet.training_session.parts)
    return rules.reasons_to_stay_open(
        [
            rules.PartSoFar(
                name=rules.part_name(part.title, part.position, of=every),
                has_begun=part.starts_at <= now,
                unmarked=sum(
                    part in booking.parts and (booking.id, part.id) not in sheet.marks
                    for booking in sheet.delegates
                ),
                without_minutes=0
                if sheet.may_miss is None
                else sum(
                    seen.mark in TAKES_MINUTES and seen.minutes is None
                    for booking in sheet.delegates
                    if part in booking.parts and (seen := sheet.seen.get((booking.id, part.id)))
                ),
            )
            for part in sheet.training_session.parts_on
        ]
    )


@dataclass(frozen=True)
class Earned:
    """An accreditation that a delegate has earned."""

    scheme: AccreditationScheme
    awarded_on: date
    attempt: AssessmentAttempt | None


@dataclass(frozen=True)
class Verdict:
    """What closing means for one delegate: the outcome, its day, what was earned, and which scheme lacks a pass.

    `missed` are the parts that somebody who came to some did not complete. Somebody who came without booking earns
    nothing while something that the course needs first is not on record (`missing_first`).
    """

    booking: Booking
    outcome: Outcome
    on: date
    earned: Sequence[Earned]
    not_passed: Sequence[AccreditationScheme]
    missed: Sequence[SessionPart]
    missing_first: Sequence[str]


def verdicts(sheet: Sheet) -> Sequence[Verdict]:
    """What closing this register, with every part marked, means for each delegate."""
    return [verdict(sheet, booking) for booking in sheet.delegates]


def verdict(sheet: Sheet, booking: Booking) -> Verdict:
    """What the delegate's marks amount to, with the parts made up on other dates; a make-up by itself earns nothing."""
    parts, make_ups = booking.parts, sheet.made_up.get(booking.id, ())
    made_up = {one.makes_up_part_id: one for one in make_ups}
    here = {
        part: rules.as_it_counts(sheet.seen[booking.id, part.id], may_miss=sheet.may_miss) for part in parts
    }
    marks = here | {part: Mark.ATTENDED for part in booking.booked_parts if part.id in made_up}
    lacks_a_part = any(not part.is_on and part.id not in made_up for part in booking.booked_parts)
    outcome = rules.outcome(marks.values(), lacks_a_part=lacks_a_part)
    came = [
        london_date(part.starts_at)
        for part, mark in marks.items()
        if mark is not Mark.DID_NOT_ATTEND and part.id not in made_up
    ] + [one.outcome_on for one in make_ups if one.outcome_on]
    on = max(came or [london_date(part.starts_at) for part in parts])
    earned: list[Earned] = []
    not_passed: list[AccreditationScheme] = []
    lacks = sheet.missing_first.get(booking.person_id, ()) if booking.unscheduled else ()
    for scheme in sheet.schemes if outcome is Outcome.ATTENDED and booking.part_id is None else []:
        attempt = _first_pass(sheet, [booking, *make_ups], scheme)
        if scheme.pass_mark is not None and attempt is None:
            not_passed.append(scheme)
        else:
            passed_on = attempt.assessed_on if attempt else None
            earned += [] if lacks else [Earned(scheme, awarded_on(on, passed_on), attempt)]
    missed = [part for part, mark in here.items() if mark not in rules.COMPLETES]
    came_to_some = outcome is Outcome.PART_ATTENDED
    missed = [part for part in missed if part.id not in made_up]
    return Verdict(
        booking,
        outcome,
        on,
        earned,
        not_passed,
        missed if came_to_some else [],
        lacks if sheet.schemes else [],
    )


def _first_pass(
    sheet: Sheet, bookings: Sequence[Booking], scheme: AccreditationScheme
) -> AssessmentAttempt | None:
    """The first attempt that passed, on whichever of the dates on which the course was completed."""
    found = [sheet.scores.get((booking.id, scheme.id)) for booking in bookings]
    passes = [one.first_pass for one in found if one and one.first_pass]
    return min(passes, key=lambda attempt: (attempt.assessed_on, attempt.id), default=None)


@dataclass(frozen=True)
class Awards:
    """What closing changes in the accreditations that the session's bookings hold."""

    to_make: Sequence[tuple[Booking, Earned]]
    to_withdraw: Sequence[Accreditation]
    to_replace: Sequence[Accreditation]


def awards(
    training_session: TrainingSession, verdicts: Sequence[Verdict], *, others_stand: bool = False
) -> Awards:
    """What has to change for the bookings to hold what they earned; `others_stand`: for those of the verdicts alone.

    Who holds it rightly keeps the same one; one with another date is replaced; what was revoked stays so. What was
    given while the scheme asked for no assessment stands for whoever attended, whatever it asks for now.
    """
    earned = {
        (verdict.booking.id, one.scheme.id): (verdict.booking, one)
        for verdict in verdicts
        for one in verdict.earned
    }
    about = {verdict.booking.id for verdict in verdicts}
    held = {
        (one.booking_id or 0, one.scheme_id): one
        for one in earned_in(training_session)
        if not others_stand or one.booking_id in about
    }
    came = {verdict.booking.id for verdict in verdicts if verdict.outcome is Outcome.ATTENDED}
    stand = {
        key
        for key, one in held.items()
        if one.revoked_on is not None
        or (key in earned and earned[key][1].awarded_on == one.awarded_on)
        or (key not in earned and one.attempt_id is None and key[0] in came)
    }
    return Awards(
        to_make=[made for key, made in earned.items() if key not in stand],
        to_withdraw=[one for key, one in held.items() if key not in stand and key not in earned],
        to_replace=[one for key, one in held.items() if key not in stand and key in earned],
    )


def earned_in(training_session: TrainingSession) -> Sequence[Accreditation]:
    """What the bookings of this session have earned."""
    return rows(
        select(Accreditation)
        .join(Booking, Booking.id == Accreditation.booking_id)
        .where(Booking.training_session_id == training_session.id, standing)
        .options(joinedload(Accreditation.person), joinedload(Accreditation.scheme))
        .order_by(Accreditation.id)
    )


def held(sheet: Sheet) -> Mapping[int, Sequence[Accreditation]]:
    """What each booking on the register has earned."""
    found: dict[int, list[Accreditation]] = {booking.id: [] for booking in sheet.delegates}
    for one in earned_in(sheet.training_session):
        found.setdefault(one.booking_id or 0, []).append(one)
    return found


def events(sheet: Sheet, *, most: int = 50) -> Sequence[Event]:
    """What was done with the register, newest first, with the old value beside the new."""
    if sheet.register is None:
        return []
    found = db.session.execute(
        select(HistoryEntry, Person.name)
        .outerjoin(Person, Person.id == HistoryEntry.actor_id)
        .where(
            HistoryEntry.subject_type == Register.__tablename__, HistoryEntry.subject_id == sheet.register.id
        )
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(most)
    )
    return [
        Event(entry.verb.capitalize(), entry.at, name or "", _lines(sheet, entry.detail))
        for entry, name in found
    ]


def _lines(sheet: Sheet, detail: Mapping[str, Any]) -> list[str]:
    names = {str(booking.id): booking.person.name for booking in sheet.delegates}
    every = sheet.training_session.parts
    parts = {str(part.id): rules.part_name(part.title, part.position, of=len(every)) for part in every}
    lines = [f"Reason: {detail['reason']}"] if "reason" in detail else []
    for cell, (before, after) in detail.get("marks", {}).items():
        booking_id, _, part_id = cell.partition("/")
        was = f", was {Seen.read(before).label}" if before else ""
        who = names.get(booking_id, "Somebody who is not on the register any more")
        of_part = ", ".join(filter(None, [who, parts.get(part_id, "a part")]))
        lines.append(f"{of_part}: {Seen.read(after).label if after else 'mark taken back'}{was}")
    for booking_id, (before, after) in detail.get("scores", {}).items():
        was = "" if before is None else f", was {before}%"
        who = names.get(booking_id, "Somebody who is not on the register any more")
        lines.append(f"{who}, assessment score: {'taken back' if after is None else f'{after}%'}{was}")
    return lines


@dataclass(frozen=True)
class Found:
    """Somebody who may be standing at the door, in one of their jobs; without one when they have none now."""

    person: Person
    membership: Membership | None

    @property
    def key(self) -> str:
        """The person and the job, for a form to name."""
        return f"{self.person.id}-{self.membership.id if self.membership else 0}"


def people_at_the_door(search: str, *, on: date) -> Sequence[Found]:
    """Who has this in their name, or exactly this email address, with each of their current jobs.

    An address must be whole, so that nobody can fish for addresses; it is never shown.
    """
    search = search.strip()
    if len(search) < 2:
        return []
    by_email = Person.email_key == fold_email(search)
    by_name = [Person.name.icontains(word, autoescape=True) for word in search.split()]
    people = rows(
        select(Person)
        .where(by_email if "@" in search else and_(*by_name))
        .options(selectinload(Person.memberships).joinedload(Membership.agency))
        .order_by(func.lower(Person.name), Person.id)
        .limit(FOUND_AT_MOST)
    )
    found: list[Found] = []
    for person in people:
        current = [membership for membership in person.memberships if membership.is_current(on)]
        found += [Found(person, membership) for membership in current] or [Found(person, None)]
    return found
