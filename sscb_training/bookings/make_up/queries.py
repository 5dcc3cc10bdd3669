"""On which dates a part can be made up, and who has to make it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings.make_up import rules
from sscb_training.bookings.models import LIVE, Booking, BookingStatus, Outcome
from sscb_training.bookings.queries import places_left_in
from sscb_training.core.db import row_or_404, rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Membership

_COURSE = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)


def part_or_404(training_session_id: int, part_id: int) -> SessionPart:
    """A part of this session and of no other; for staff."""
    return row_or_404(
        select(SessionPart)
        .where(SessionPart.id == part_id, SessionPart.training_session_id == training_session_id)
        .options(joinedload(SessionPart.training_session).options(_COURSE))
    )


def parts_like(missed: SessionPart, *, now: datetime) -> Sequence[SessionPart]:
    """The parts to come, on other dates of the course, that teach what this one did, the next first."""
    training_session = missed.training_session
    position = training_session.repeats_part or missed.position
    return rows(
        select(SessionPart)
        .join(SessionPart.training_session)
        .where(
            TrainingSession.course_version.has(
                CourseVersion.course_id == training_session.course_version.course_id
            ),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.id != training_session.id,
            SessionPart.cancelled_at.is_(None),
            SessionPart.starts_at > now,
            func.coalesce(TrainingSession.repeats_part, SessionPart.position) == position,
        )
        .options(
            contains_eager(SessionPart.training_session).options(
                _COURSE, selectinload(TrainingSession.parts)
            ),
            joinedload(SessionPart.venue),
        )
        .order_by(SessionPart.starts_at, SessionPart.id)
    )


def exceptions(missed: SessionPart, part: SessionPart) -> Sequence[str]:
    """What is unusual about making up the one by the other."""
    before, after = missed.training_session, part.training_session
    return rules.exceptions(
        same_version=before.course_version_id == after.course_version_id,
        missed_on=london_date(missed.starts_at),
        on=london_date(part.starts_at),
        months=before.course.make_up_months,
    )


@dataclass(frozen=True)
class Choice:
    """A part by which another can be made up."""

    part: SessionPart
    free: int
    exceptions: Sequence[str]


def choices(missed: SessionPart, *, now: datetime, most: int = 20) -> Sequence[Choice]:
    """The next dates on which this part can be made up, with the places that are free."""
    parts = parts_like(missed, now=now)[:most]
    left = places_left_in(parts)
    return [Choice(part, left[part.id], exceptions(missed, part)) for part in parts]


def own_choices(booking: Booking, missed: SessionPart, *, now: datetime) -> Sequence[Choice]:
    """The dates on which the delegate can make this part up without asking anybody.

    Of the same version, in time, with a place left, open to their agency, and none on which they are already.
    """
    role = booking.membership
    there = frozenset(
        rows(
            select(Booking.training_session_id).where(
                Booking.person_id == booking.person_id, Booking.status.in_(LIVE)
            )
        )
    )
    return [
        choice
        for choice in choices(missed, now=now)
        if choice.free > 0
        and not choice.exceptions
        and choice.part.training_session_id not in there
        and choice.part.training_session.only_agency_id in (None, role.agency_id if role else None)
    ]


def to_make_up(missed: SessionPart) -> Sequence[Booking]:
    """Who has to make up a part that was cancelled and is not booked for it yet, in the order in which they booked."""
    every = rows(
        select(Booking)
        .where(
            Booking.training_session_id == missed.training_session_id,
            Booking.status == BookingStatus.CONFIRMED,
            or_(Booking.outcome.is_(None), Booking.outcome == Outcome.PART_ATTENDED),
        )
        .options(
            joinedload(Booking.person),
            joinedload(Booking.membership).joinedload(Membership.agency),
            selectinload(Booking.make_ups),
            selectinload(Booking.missed_parts),
        )
        .order_by(Booking.requested_at, Booking.id)
    )
    return [booking for booking in every if missed in booking.parts_to_make_up]


def booked_on(training_session: TrainingSession) -> frozenset[int]:
    """The people who have a live booking on this session."""
    return frozenset(
        rows(
            select(Booking.person_id).where(
                Booking.training_session_id == training_session.id, Booking.status.in_(LIVE)
            )
        )
    )
