"""What the worker does for bookings."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete

from sscb_training.bookings.models import AccessNeeds
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction


def forget_access_needs(now: datetime) -> int:
    """Delete access needs whose time is over (health data is kept no longer than it serves)."""
    with transaction():
        forgotten = db.session.execute(delete(AccessNeeds).where(AccessNeeds.delete_after < london_date(now)))
        return cast("CursorResult[None]", forgotten).rowcount
