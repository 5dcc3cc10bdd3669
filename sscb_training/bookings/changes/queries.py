"""Who could take somebody's place, and to which other dates a place could move."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import rows
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
    course_id = booking.training_session.course_version.course_id
    own_agency_id = booking.membership.agency_id if booking.membership else None
    return rows(
        select(TrainingSession)
        .where(
            TrainingSession.course_version.has(CourseVersion.course_id == course_id),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            TrainingSession.id != booking.training_session_id,
            TrainingSession.id.not_in(booked),
            or_(TrainingSession.only_agency_id.is_(None), TrainingSession.only_agency_id == own_agency_id),
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
