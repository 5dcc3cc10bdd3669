"""What time it is. Only routes, commands and the worker ask; everything below is told."""

from datetime import UTC, date, datetime

from flask import current_app

from sscb_training.core.times import london_date


def now() -> datetime:
    """This moment, or the one that TEST_CLOCK holds still."""
    return current_app.extensions["settings"].test_clock or datetime.now(UTC)


def today() -> date:
    """The date on a calendar in Shropshire."""
    return london_date(now())
