"""Which twelve months a year is, and how many people of a need nothing is planned for: values in, values out."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

APRIL = 4


class Year(NamedTuple):
    """Twelve months from the first day of one: of the calendar, or April to March as councils count."""

    first: date

    @property
    def key(self) -> str:
        """2027, or 2026-27 from April on: its word in addresses."""
        year = self.first.year
        return str(year) if self.first.month == 1 else f"{year}-{(year + 1) % 100:02}"

    @property
    def name(self) -> str:
        year = self.first.year
        return f"January to December {year}" if self.first.month == 1 else f"April {year} to March {year + 1}"

    @property
    def months(self) -> Sequence[date]:
        """The first day of each month, in order."""
        numbers = range(self.first.month - 1, self.first.month + 11)
        return [date(self.first.year + number // 12, number % 12 + 1, 1) for number in numbers]

    @property
    def end(self) -> date:
        """The first day that is not of it."""
        return date(self.first.year + 1, self.first.month, 1)


def financial_year_of(day: date) -> Year:
    """The year from April to March that has this day."""
    return Year(date(day.year - (day.month < APRIL), APRIL, 1))


def year_of(key: str) -> Year | None:
    """The year that an address names; None when it names none."""
    if found := re.fullmatch(r"(20\d\d)(?:-(\d\d))?", key, re.ASCII):
        year = int(found[1])
        if found[2] is None:
            return Year(date(year, 1, 1))
        if int(found[2]) == (year + 1) % 100:
            return Year(date(year, APRIL, 1))
    return None


def years_around(day: date) -> Sequence[Year]:
    """The years to choose from: those with this day, one before and two after, of both kinds."""
    middle = financial_year_of(day).first.year
    return [
        *(Year(date(year, APRIL, 1)) for year in range(middle - 1, middle + 3)),
        *(Year(date(year, 1, 1)) for year in range(day.year - 1, day.year + 3)),
    ]


def unplanned(*, gap: int, booked: int, places: int) -> int:
    """For how many people of a need there is neither a booking nor a place that they could still book."""
    return max(0, gap - booked - places)
