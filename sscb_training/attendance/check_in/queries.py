"""Which code is on which wall, and whose booking somebody checks in with."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from sscb_training.attendance.check_in import rules
from sscb_training.attendance.models import CheckIn, DoorRequest
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.core.signing import digest, signed, unsigned
from sscb_training.courses.models import CourseVersion, SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Person

PURPOSE = "check in"
_SESSION = joinedload(SessionPart.training_session).options(
    joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
)


def code_of(part: SessionPart, step: int) -> str:
    """The code of a part in this half minute."""
    return rules.code(digest(PURPOSE, f"{part.training_session_id}/{part.id}/{step}"))


def open_parts(now: datetime) -> Sequence[SessionPart]:
    """The parts to which one can check in at this moment."""
    near = rows(
        select(SessionPart)
        .join(SessionPart.training_session)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            SessionPart.cancelled_at.is_(None),
            SessionPart.starts_at <= now + rules.OPENS_BEFORE,
            SessionPart.starts_at > now - rules.CLOSES_AFTER,
        )
        .options(_SESSION)
        .order_by(SessionPart.starts_at, SessionPart.id)
    )
    return [part for part in near if rules.is_open(part.starts_at, part.ends_at, now=now)]


@dataclass(frozen=True)
class Read:
    """What a code turned out to be: of a part, or over (it was on a wall some minutes ago), or neither."""

    part: SessionPart | None = None
    is_over: bool = False


def read(code: str, *, now: datetime) -> Read:
    """Whose code this is. The one before counts too: nobody is refused because it changed while they typed."""
    typed, step = rules.as_typed(code).encode(), rules.step_of(now)
    over = False
    for part in open_parts(now):
        for back in range(rules.REMEMBERED):
            if hmac.compare_digest(code_of(part, step - back).encode(), typed):
                if back < 2:
                    return Read(part)
                over = True
    return Read(is_over=over)


def ticket(part: SessionPart, *, now: datetime) -> str:
    """For the form of whoever read the code of this part in time."""
    return signed(PURPOSE, [part.id, int(now.timestamp())])


def part_of(ticket: str, *, now: datetime) -> SessionPart | None:
    """The part that a ticket is for, while it is good and one can still check in."""
    value = unsigned(PURPOSE, ticket)
    if value is None or now.timestamp() - value[1] > rules.TO_FINISH.total_seconds():
        return None
    return next((part for part in open_parts(now) if part.id == value[0]), None)


def booking_of(part: SessionPart, person: Person) -> Booking | None:
    """The person's place in this part."""
    return _place_in(part, select(Booking).where(Booking.person_id == person.id))


def booking_by_reference(part: SessionPart, reference: str) -> Booking | None:
    """The place in this part that has this reference, however it was typed."""
    typed = rules.as_typed(reference)
    return _place_in(part, select(Booking).where(Booking.reference == f"{typed[:4]}-{typed[4:]}"))


def _place_in(part: SessionPart, query: Select[Booking]) -> Booking | None:
    booking = row_or_none(
        query.where(
            Booking.training_session_id == part.training_session_id,
            Booking.status == BookingStatus.CONFIRMED,
        ).options(joinedload(Booking.person))
    )
    return booking if booking is not None and part in booking.parts else None


def check_in_of(booking: Booking, part: SessionPart) -> CheckIn | None:
    """Their check-in to this part, once there is one."""
    return row_or_none(
        select(CheckIn).where(CheckIn.booking_id == booking.id, CheckIn.session_part_id == part.id)
    )


def request_of(person: Person, part: SessionPart) -> DoorRequest | None:
    """Their question to be let in, while nobody has answered it."""
    return row_or_none(
        select(DoorRequest).where(DoorRequest.person_id == person.id, DoorRequest.session_part_id == part.id)
    )


def request_in(training_session: TrainingSession, request_id: int) -> DoorRequest:
    """Somebody's question to be let into this session; otherwise 404."""
    return row_or_404(
        select(DoorRequest)
        .join(DoorRequest.session_part)
        .where(DoorRequest.id == request_id, SessionPart.training_session_id == training_session.id)
    )
