"""What must be known of a register to take single marks."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from sscb_training.accreditation import queries as accreditation
from sscb_training.attendance.models import SentMark
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db, rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import TrainingSession


def keys_taken(keys: Collection[str]) -> set[str]:
    """Which of these keys came before."""
    return set(rows(select(SentMark.key).where(SentMark.key.in_(keys))))


def parts_booked(
    training_session: TrainingSession, booking_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """Of those of the bookings that are on the register, the parts that take place and are booked."""
    every = frozenset(part.id for part in training_session.parts_on)
    found = db.session.execute(
        select(Booking.id, Booking.part_id).where(
            Booking.training_session_id == training_session.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.id.in_(booking_ids),
        )
    )
    return {booking_id: every if part_id is None else every & {part_id} for booking_id, part_id in found}


def with_a_score(training_session: TrainingSession, booking_ids: Collection[int]) -> set[int]:
    """Which of these bookings have a score, entered by hand, in an assessment that the course asks for."""
    last = london_date(training_session.ends_at)
    assessed = {
        way.scheme_id
        for way in accreditation.ways_of(training_session.course_version)
        if accreditation.terms_on(way.scheme, last).pass_mark is not None
    }
    if not assessed:
        return set()
    return {
        booking_id
        for (booking_id, scheme_id), score in accreditation.scores(booking_ids).items()
        if scheme_id in assessed and not score.latest.is_online
    }
