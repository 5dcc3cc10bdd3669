"""When a scheduled report is due, and how often it may fail."""

from calendar import monthrange
from datetime import date, timedelta

from sscb_training.reports.schedules.models import Every

MOST_FAILURES = 5
IN_EACH_MONTH, LAST_DAY = 28, 31
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TRY_AGAIN_AFTER = timedelta(days=1)


def next_day(every: Every, on_day: int, *, after: date) -> date:
    """The first day after this one on which it is due: a day of the week, of the month, or of a quarter's first month.

    A month that has no such day has it on its last.
    """
    day = after + timedelta(days=1)
    if every is Every.WEEK:
        return day + timedelta(days=(on_day - day.isoweekday()) % 7)
    step = 1 if every is Every.MONTH else 3
    month = day.year * 12 + day.month - 1
    month -= month % step
    due = _day_of(month, on_day)
    return due if due >= day else _day_of(month + step, on_day)


def _day_of(months: int, day: int) -> date:
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def in_words(every: Every, on_day: int) -> str:
    """Every Monday; on day 3 of each month; on the last day of January, April, July and October"""
    if every is Every.WEEK:
        return f"Every {WEEKDAYS[on_day - 1]}"
    day = "the last day" if on_day == LAST_DAY else f"day {on_day}"
    if every is Every.QUARTER:
        return f"On {day} of January, April, July and October"
    return f"On {day} of each month" + (", or its last" if IN_EACH_MONTH < on_day < LAST_DAY else "")


def is_stopped(failures: int) -> bool:
    """Whether it has failed so often in a row that it is not tried again by itself."""
    return failures >= MOST_FAILURES
