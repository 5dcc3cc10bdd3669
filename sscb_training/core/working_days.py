"""Working days in England: Monday to Friday without the bank holidays, as a list in the package knows them.

Nothing is looked up at run time. Past the end of that list only weekends are known not to be worked on.
"""

from datetime import date, datetime, time, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from sscb_training.core.times import at_london, london_date

CLOSES = time(17)
"""When a working day ends for an answer that is due on it."""


@cache
def _bank_holidays() -> frozenset[date]:
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in listed)


def is_working_day(day: date) -> bool:
    """Whether an office in England is open."""
    return day.weekday() < 5 and day not in _bank_holidays()


def working_days_after(day: date, number: int) -> date:
    """The working day so many after this one: 1 after a Friday is the Monday, unless that is a holiday."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def working_days_before(day: date, number: int) -> date:
    """The working day so many before this one."""
    while number > 0:
        day -= timedelta(days=1)
        number -= is_working_day(day)
    return day


def working_days_until(day: date, until: date) -> int:
    """How many working days lie after the first day, up to and with the second; 0 when it is not later."""
    return sum(is_working_day(day + timedelta(days=n)) for n in range(1, (until - day).days + 1))


def close_of_business(now: datetime, working_days: int) -> datetime:
    """The end of the working day so many after now's, London time: when an answer is due."""
    return at_london(working_days_after(london_date(now), working_days), CLOSES)
