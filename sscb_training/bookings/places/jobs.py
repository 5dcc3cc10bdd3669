"""What the worker does for places: end offers on time, and offer what limits no longer keep back."""

from datetime import datetime

from sscb_training.bookings.models import Booking
from sscb_training.bookings.places import queries, service
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession


def lapse_offers(now: datetime) -> int:
    """End every offer that is over, each by itself, so that one that fails keeps no other waiting."""
    lapsed = 0
    for booking_id in queries.offers_over(now):
        with transaction():
            lapsed += service.lapse_offer(db.session.get_one(Booking, booking_id), now=now)
    return lapsed


def offer_released_places(now: datetime) -> int:
    """Offer places that were kept back until today; how many."""
    offered = 0
    for session_id in queries.sessions_with_places_for_waiting(now):
        with transaction():
            training_session = db.session.get_one(TrainingSession, session_id)
            offered += len(service.offer_free_places(training_session, now=now))
    return offered
