"""When somebody is asked whether they use a tool, and when it is over."""

from datetime import date, datetime, timedelta

LATEST = timedelta(weeks=2)
"""So long after its day a question is still asked: a worker that stood still catches up, and old awards ask nobody."""
REMINDED_AFTER = timedelta(days=7)
OPEN_FOR = timedelta(days=60)
FEWEST = 5
"""So many answers are in any figure, or it is not shown."""


def awarded_between(weeks: int, *, on: date) -> tuple[date, date]:
    """The days of the awards whose holders are to be asked on this day, both included."""
    last = on - timedelta(weeks=weeks)
    return last - LATEST, last


def closes_at(asked_at: datetime) -> datetime:
    """Until when an answer is taken in."""
    return asked_at + OPEN_FOR
