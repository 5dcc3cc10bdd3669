"""Whose feed an address is, and what stands in it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings.models import Booking, BookingStatus, CalendarFeed
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.courses.models import CourseVersion, SessionPart, TrainingSession
from sscb_training.people.models import Person
from sscb_training.people.service import hashed


def feed_of(person: Person) -> CalendarFeed | None:
    """The person's feed, if they have one."""
    return row_or_none(select(CalendarFeed).where(CalendarFeed.person_id == person.id))


def reader_of(token: str) -> Person:
    """Whose feed this secret opens; 404 for any other, and for somebody who is suspended."""
    return row_or_404(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(CalendarFeed.token_hash == hashed(token), Person.suspended_at.is_(None))
    )


def confirmed_bookings(person: Person) -> Sequence[Booking]:
    """All of somebody's confirmed bookings, past ones too, in the order of their sessions."""
    course = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
    parts = selectinload(TrainingSession.parts).joinedload(SessionPart.venue)
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .where(Booking.person_id == person.id, Booking.status == BookingStatus.CONFIRMED)
        .options(contains_eager(Booking.training_session).options(course, parts))
        .order_by(TrainingSession.starts_at, Booking.id)
    )
