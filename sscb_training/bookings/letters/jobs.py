"""What the worker does for letters about bookings."""

from datetime import datetime

from sscb_training.bookings.letters import queries, service
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction


def send_joining_instructions(now: datetime) -> int:
    """Write the joining instructions that are due, each by itself; for how many bookings.

    Who is confirmed late gets them at the next run. What changes until a letter goes is asked when it goes.
    """
    due = queries.joining_due(now)
    for booking_id, which in due:
        with transaction():
            service.send_joining_instructions(db.session.get_one(Booking, booking_id), which=which, now=now)
    return len(due)
