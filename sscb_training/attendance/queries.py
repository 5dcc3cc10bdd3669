"""What is known of registers: which to take, what is marked, and what closing one would mean."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    SchemeCourse,
    SchemeTerms,
)
from sscb_training.accreditation.terms.queries import held_in
from sscb_training.attendance import rules
from sscb_training.attendance.models import (
    TAKES_MINUTES,
    AttendanceMark,
    CheckIn,
    Confirmation,
    DoorRequest,
    Mark,
    Register,
    Seen,
)
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.eligibility.queries import missing_first
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.timeline import Event
from sscb_training.core.times import london_date
from sscb_training.courses.models import (
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
)
from sscb_training.courses.queries import sessions_trained_by
from sscb_training.people.models import Membership, Person

Cell = tuple[int, int]
"""A booking and a part, by their ids."""


def session_seen_by(viewer: Person, training_session_id: int) -> TrainingSession:
    """A session whose register the viewer may take: a trainer their own, board staff any; otherwise 404.

    What is not published, or was called off, has no register.
    """
    return row_or_404(sessions_of(viewer).where(TrainingSession.id == training_session_id))


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


def sessions_of(viewer: Person) -> Select[TrainingSession]:
    """The sessions whose registers the viewer may take."""
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

    `terms` are, by scheme, those of the last day. `made_up` are, by booking, those by which its delegate attended a
    missed part on another date.
    """

    training_session: TrainingSession
    register: Register | None
    delegates: Sequence[Booking]
    seen: Mapping[Cell, Seen]
    ways: Sequence[SchemeCourse]
    terms: Mapping[int, SchemeTerms]
    made_up: Mapping[int, Sequence[Booking]]
    scores: Mapping[tuple[int, int], accreditation.Scores]

    @property
    def schemes(self) -> Sequence[AccreditationScheme]:
        """The schemes to which this version of the course leads, as the whole course or as a refresher."""
        return [way.scheme for way in self.ways]

    @cached_property
    def held(self) -> Mapping[tuple[int, int], Sequence[Accreditation]]:
        """What the delegates were ever accredited in, of the schemes of which this is a refresher; by person and scheme."""
        refreshed = [way.scheme_id for way in self.ways if way.is_refresher]
        return held_in(refreshed, [booking.person_id for booking in self.delegates])

    @cached_property
    def confirmations(self) -> Mapping[tuple[int, int], Confirmation]:
        """The managers' words, asked for and given, by booking and scheme."""
        if not any(terms.supervisor_confirms for terms in self.terms.values()):
            return {}
        of_these = Booking.training_session_id == self.training_session.id
        found = rows(select(Confirmation).join(Confirmation.booking).where(of_these))
        return {(one.booking_id, one.scheme_id): one for one in found}

    def together(self, booking: Booking) -> Sequence[int]:
        """The bookings, on other dates, which with this one are one attendance."""
        made_up = {original: [one.id for one in found] for original, found in self.made_up.items()}
        others = made_up.get(booking.id, [])
        return [booking.makes_up_id, *others] if booking.makes_up_id else others

    def was_assessed(self, booking: Booking, scheme: AccreditationScheme) -> bool:
        """Whether there is a score, on whichever of the dates on which the course was completed."""
        return any((one, scheme.id) in self.scores for one in [booking.id, *self.together(booking)])

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

    def unconfirmed(self, part: SessionPart) -> int:
        """How many checked in to this part and are not marked yet."""
        return sum(
            (booking.id, part.id) in self.checked_in and (booking.id, part.id) not in self.marks
            for booking in self.delegates
        )

    @property
    def assessed(self) -> Sequence[AccreditationScheme]:
        """The schemes of the course with a pass mark."""
        return [scheme for scheme in self.schemes if self.terms[scheme.id].pass_mark is not None]

    def percent(self, booking_id: int) -> int | None:
        """The delegate's latest score."""
        latest = self._latest(booking_id)
        return latest.percent if latest else None

    def is_online(self, booking_id: int) -> bool:
        """Whether a quiz gave the delegate's latest score, so that nobody changes it here."""
        latest = self._latest(booking_id)
        return latest is not None and latest.is_online

    def _latest(self, booking_id: int) -> AssessmentAttempt | None:
        for scheme in self.assessed:
            if found := self.scores.get((booking_id, scheme.id)):
                return found.latest
        return None


def sheet(training_session: TrainingSession) -> Sheet:
    """The register with everybody on it, in the same few queries however many they are."""
    delegates = bookings.delegates(training_session)
    made_up = bookings.made_up([booking.id for booking in delegates])
    ways = accreditation.ways_of(training_session.course_version)
    last = london_date(training_session.ends_at)
    scored = [booking.id for group in (delegates, *made_up.values()) for booking in group]
    return Sheet(
        training_session=training_session,
        register=register_of(training_session),
        delegates=delegates,
        seen=seen_in(training_session),
        ways=ways,
        terms={way.scheme_id: accreditation.terms_on(way.scheme, last) for way in ways},
        made_up=made_up,
        scores=accreditation.scores(scored),
    )


def seen_in(
    training_session: TrainingSession, booking_ids: Collection[int] | None = None
) -> dict[Cell, Seen]:
    """What is marked in a session, of these bookings or of all."""
    of_these = SessionPart.training_session_id == training_session.id
    return _seen(of_these if booking_ids is None else of_these & AttendanceMark.booking_id.in_(booking_ids))


def seen_of(booking_ids: Collection[int]) -> dict[Cell, Seen]:
    """What is marked of these bookings, whatever their sessions."""
    return _seen(AttendanceMark.booking_id.in_(booking_ids))


def _seen(which: ColumnElement[bool]) -> dict[Cell, Seen]:
    query = (
        select(
            AttendanceMark.booking_id,
            AttendanceMark.session_part_id,
            AttendanceMark.mark,
            AttendanceMark.minutes_missed,
        )
        .join(AttendanceMark.session_part)
        .where(which)
    )
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


def standing_room(sheet: Sheet) -> str:
    """What to say when one more would be more than the places, or than the room holds; nothing otherwise."""
    return rules.standing_room(
        delegates=max(
            (
                sum(part in booking.parts for booking in sheet.delegates)
                for part in sheet.training_session.parts_on
            ),
            default=0,
        ),
        capacity=sheet.training_session.capacity,
        room=bookings.room_for(sheet.training_session),
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


def first_pass(
    sheet: Sheet, bookings: Sequence[Booking], scheme: AccreditationScheme
) -> AssessmentAttempt | None:
    """The first attempt that passed, on whichever of the dates on which the course was completed."""
    found = [sheet.scores.get((booking.id, scheme.id)) for booking in bookings]
    passes = [one.first_pass for one in found if one and one.first_pass]
    return min(passes, key=lambda attempt: (attempt.assessed_on, attempt.id), default=None)


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
