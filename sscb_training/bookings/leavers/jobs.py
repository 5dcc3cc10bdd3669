"""What the worker does for leavers: tell the leads of the agencies that they leave."""

from datetime import datetime

from sscb_training.bookings.leavers import queries, service
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction


def tell_of_leavers(now: datetime) -> int:
    """Write about each booking that is left behind and of which no lead was told; how many. Each by itself."""
    found = queries.to_tell_of(now)
    for booking_id in found:
        with transaction():
            service.tell_leads(db.session.get_one(Booking, booking_id), now=now)
    return len(found)
