"""Moments are stored in UTC and shown as a clock on a wall in Shropshire shows them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
TYPED = re.compile(r"(\d{1,2})(?:[:.]?([0-5]\d))? ?(am|pm)?", re.ASCII)


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


def is_skipped(day: date, clock: time) -> bool:
    """Whether London's clocks, going forward in spring, never show this time on this day."""
    return local(at_london(day, clock)).time() != clock


def time_of_day(typed: str) -> time | None:
    """The time that somebody typed: 9:30am, 9.30 am, 9am, 14:00, 0930, midday; None when it is none.

    An hour alone ("9") could be morning or evening, so it is none.
    """
    words = " ".join(typed.casefold().split())
    if words == "midnight":
        return time(0)
    if words in {"midday", "noon", "12 noon", "12 midday"}:
        return time(12)
    found = TYPED.fullmatch(words)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 else None


def _as_local(value: date) -> date:
    return local(value) if isinstance(value, datetime) else value


def long_date(value: date) -> str:
    """Tuesday 3 March 2026"""
    return f"{_as_local(value):%A %-d %B %Y}"


def plain_date(value: date) -> str:
    """3 March 2026"""
    return f"{_as_local(value):%-d %B %Y}"


def short_date(value: date) -> str:
    """3 Mar 2026, which no line breaks."""
    return f"{_as_local(value):%-d %b %Y}".replace(" ", "\N{NO-BREAK SPACE}")


def month(value: date) -> str:
    """March 2026"""
    return f"{_as_local(value):%B %Y}"


def clock_words(shown: time) -> str:
    """9:30am, midday, midnight"""
    if (shown.hour, shown.minute) == (12, 0):
        return "midday"
    if (shown.hour, shown.minute) == (0, 0):
        return "midnight"
    minutes = f":{shown.minute:02}" if shown.minute else ""
    return f"{shown.hour % 12 or 12}{minutes}{'am' if shown.hour < 12 else 'pm'}"


def month_after(first: date) -> date:
    """The first day of the month that follows the one that this day begins."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_before(first: date) -> date:
    """The first day of the month before the one that this day begins."""
    return (first - timedelta(days=1)).replace(day=1)


def clock_time(value: datetime) -> str:
    """9:30am, midday, midnight"""
    return clock_words(local(value).time())


def time_range(start: datetime, end: datetime) -> str:
    """9:30am to 4pm"""
    return f"{clock_time(start)} to {clock_time(end)}"


def duration(minutes: int) -> str:
    """3 hours, 6 hours 30 minutes"""
    hours, rest = divmod(minutes, 60)
    words = [
        f"{number} {unit if number == 1 else unit + 's'}"
        for number, unit in ((hours, "hour"), (rest, "minute"))
        if number
    ]
    return " ".join(words)


FILTERS = {
    "london_date": london_date,
    "long_date": long_date,
    "date": plain_date,
    "short_date": short_date,
    "month": month,
    "time": clock_time,
    "duration": duration,
}
