"""When a session to come is thin enough for somebody to do something about it."""

from datetime import datetime, timedelta

from sscb_training.bookings.rules import NEARLY_EMPTY

SOON = timedelta(days=14)


def is_nearly_empty(starts_at: datetime, *, capacity: int, taken: int, now: datetime) -> bool:
    """Whether a published session starts soon and hardly anybody has booked it; `needs_attention` asks the same in SQL."""
    return now < starts_at <= now + SOON and taken * NEARLY_EMPTY < capacity
