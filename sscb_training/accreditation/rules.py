"""When an accreditation begins and ends, and what passes."""

from calendar import monthrange
from datetime import date


def awarded_on(attended_on: date, passed_on: date | None) -> date:
    """The later of the last part attended and the assessment passed; the former where nothing is assessed."""
    return attended_on if passed_on is None else max(attended_on, passed_on)


def expires_on(awarded_on: date, *, valid_months: int | None) -> date | None:
    """The last day that counts; none when the scheme's accreditations do not expire.

    The same day of the month it was earned, or that month's last day when there is none: 31 August plus six
    months is 28 February, or 29 in a leap year.
    """
    if valid_months is None:
        return None
    years, month = divmod(awarded_on.month - 1 + valid_months, 12)
    year, month = awarded_on.year + years, month + 1
    return date(year, month, min(awarded_on.day, monthrange(year, month)[1]))


def passed(percent: int, pass_mark: int) -> bool:
    """Whether a score passes: the pass mark itself does."""
    return percent >= pass_mark
