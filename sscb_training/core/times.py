"""Moments are stored in UTC and shown as a clock on a wall in Shropshire shows them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local(moment: datetime) -> datetime:
    """The same moment with London's date and time."""
    return moment.astimezone(LONDON)


def london_date(moment: datetime) -> date:
    return local(moment).date()


def at_london(day: date, clock: time = time.min) -> datetime:
    """The moment at which London's clocks show this time on this day.

    A time that a spring clock change skips is the moment one hour on; one that autumn repeats is the first.
    """
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def _as_local(value: date) -> date:
    return local(value) if isinstance(value, datetime) else value


def long_date(value: date) -> str:
    """Tuesday 3 March 2026"""
    return f"{_as_local(value):%A %-d %B %Y}"


def plain_date(value: date) -> str:
    """3 March 2026"""
    return f"{_as_local(value):%-d %B %Y}"


def short_date(value: date) -> str:
    """3 Mar 2026"""
    return f"{_as_local(value):%-d %b %Y}"


def month(value: date) -> str:
    """March 2026"""
    return f"{_as_local(value):%B %Y}"


def clock_time(value: datetime) -> str:
    """9:30am, midday, midnight"""
    shown = local(value)
    if (shown.hour, shown.minute) == (12, 0):
        return "midday"
    if (shown.hour, shown.minute) == (0, 0):
        return "midnight"
    minutes = f":{shown.minute:02}" if shown.minute else ""
    return f"{shown.hour % 12 or 12}{minutes}{'am' if shown.hour < 12 else 'pm'}"


def time_range(start: datetime, end: datetime) -> str:
    """9:30am to 4pm"""
    return f"{clock_time(start)} to {clock_time(end)}"


FILTERS = {
    "long_date": long_date,
    "date": plain_date,
    "short_date": short_date,
    "month": month,
    "time": clock_time,
}
