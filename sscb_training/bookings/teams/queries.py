"""Who is on a date that is to be closed to other agencies."""

from sqlalchemy import func, or_, select

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import number
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership


def number_from_elsewhere(training_session: TrainingSession, agency: Agency) -> int:
    """How many hold a place or wait for one who were not booked as staff of this agency."""
    return number(
        select(func.count(Booking.id))
        .outerjoin(Booking.membership)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status.in_(LIVE),
            or_(Membership.id.is_(None), Membership.agency_id != agency.id),
        )
    )
