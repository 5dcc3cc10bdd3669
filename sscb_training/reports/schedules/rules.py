"""When a scheduled report is due, and how often it may fail."""

from datetime import date, timedelta

from sscb_training.reports.schedules.models import Every

MOST_FAILURES = 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TRY_AGAIN_AFTER = timedelta(days=1)


def next_day(every: Every, on_day: int, *, after: date) -> date:
    """The first day after this one on which it is due: a day of the week, of the month, or of a quarter's first month."""
    day = after + timedelta(days=1)
    if every is Every.WEEK:
        return day + timedelta(days=(on_day - day.isoweekday()) % 7)
    step = 1 if every is Every.MONTH else 3
    month = day.year * 12 + day.month - 1
    month -= month % step
    due = _day_of(month, on_day)
    return due if due >= day else _day_of(month + step, on_day)


def _day_of(month: int, day: int) -> date:
    return date(month // 12, month % 12 + 1, day)


def in_words(every: Every, on_day: int) -> str:
    """Every Monday; on day 3 of each month; on day 3 of January, April, July and October"""
    if every is Every.WEEK:
        return f"Every {WEEKDAYS[on_day - 1]}"
    return f"On day {on_day} of " + (
        "each month" if every is Every.MONTH else "January, April, July and October"
    )


def is_stopped(failures: int) -> bool:
    """Whether it has failed so often in a row that it is not tried again by itself."""
    return failures >= MOST_FAILURES
