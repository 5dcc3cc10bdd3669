"""Who could take somebody's place, to which other dates a place could move, and who is to be moved."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from sscb_training.bookings.models import LIVE, Booking, BookingStatus
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.courses.queries import shown_in_lists
from sscb_training.people.models import Membership, Person

SHORTEST_SEARCH = 2


def colleagues(booking: Booking, *, search: str, on: date, most: int = 20) -> Sequence[Membership]:
    """Current jobs, at the booking's agency, of people with this in their name who have no live booking here.

    By name alone: nobody can fish for addresses.
    """
    if booking.membership is None or len(search) < SHORTEST_SEARCH:
        return []
    booked = select(Booking.person_id).where(
        Booking.training_session_id == booking.training_session_id, Booking.status.in_(LIVE)
    )
    query = (
        select(Membership)
        .join(Membership.person)
        .where(
            Membership.agency_id == booking.membership.agency_id,
            Membership.is_current(on),
            Person.suspended_at.is_(None),
            Person.id.not_in(booked),
        )
        .options(contains_eager(Membership.person), joinedload(Membership.agency))
        .order_by(func.lower(Person.name), Membership.id)
        .limit(most)
    )
    for word in search.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    return rows(query)


def other_dates(booking: Booking, *, now: datetime) -> Sequence[TrainingSession]:
    """The course's other dates that can be booked and that the delegate is not on, the next first."""
    booked = select(Booking.training_session_id).where(
        Booking.person_id == booking.person_id, Booking.status.in_(LIVE)
    )
    own_agency_id = booking.membership.agency_id if booking.membership else None
    return rows(
        _dates_like(booking.training_session, now).where(
            TrainingSession.id.not_in(booked),
            or_(TrainingSession.only_agency_id.is_(None), TrainingSession.only_agency_id == own_agency_id),
        )
    )


def dates_instead(called_off: TrainingSession, *, now: datetime) -> Sequence[TrainingSession]:
    """The course's dates that can be offered in place of one that was called off, the next first."""
    return rows(_dates_like(called_off, now))


def _dates_like(training_session: TrainingSession, now: datetime) -> Select[TrainingSession]:
    """The other dates of the same course that can be booked as a whole."""
    course_id = training_session.course_version.course_id
    return (
        select(TrainingSession)
        .where(
            TrainingSession.course_version.has(CourseVersion.course_id == course_id),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            TrainingSession.id != training_session.id,
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


def to_move(called_off: TrainingSession, *, now: datetime) -> Sequence[Booking]:
    """Who had a place when a session was called off and has no other date of the course to come, who asked first first.

    Whoever has left that job since is not among them, nor a make-up, which its first booking asks for anew.
    """
    other, other_session = aliased(Booking), aliased(TrainingSession)
    has_another = (
        select(other.id)
        .join(other_session, other.training_session_id == other_session.id)
        .where(
            other.person_id == Booking.person_id,
            other.status.in_(LIVE),
            other.part_id.is_(None),
            other_session.ends_at > now,
            other_session.course_version.has(CourseVersion.course_id == called_off.course_version.course_id),
        )
    )
    found = rows(
        select(Booking)
        .join(Booking.membership)
        .where(
            Booking.training_session_id == called_off.id,
            Booking.status == BookingStatus.CANCELLED_BY_BOARD,
            Booking.ended_at == called_off.cancelled_at,
            Booking.part_id.is_(None),
            Membership.is_current(london_date(now)),
            ~has_another.exists(),
        )
        .options(
            joinedload(Booking.person),
            contains_eager(Booking.membership).joinedload(Membership.agency),
            joinedload(Booking.replaced_by),
        )
        .order_by(Booking.requested_at, Booking.id)
    )
    return [booking for booking in found if booking.ever_held_a_place]
