"""The bookings that staff chose on a session's page."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.bookings.models import LIVE, Approval, Booking, BookingStatus
from sscb_training.bookings.queries import FIRST_COME
from sscb_training.core.db import rows
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership


def live_bookings(training_session: TrainingSession, booking_ids: Collection[int]) -> Sequence[Booking]:
    """Those of these bookings that are live and of this session: who waits first, and in the order of waiting."""
    return rows(
        select(Booking)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.id.in_(booking_ids),
            Booking.status.in_(LIVE),
        )
        .options(
            joinedload(Booking.person),
            joinedload(Booking.membership).joinedload(Membership.agency),
            joinedload(Booking.approval).options(
                selectinload(Approval.bookings).joinedload(Booking.person),
            ),
        )
        .order_by(Booking.status != BookingStatus.WAITLISTED, *FIRST_COME)
    )
