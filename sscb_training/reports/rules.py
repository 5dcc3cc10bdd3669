"""Shares that name what they are a share of, and the periods that boards report on."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FINANCIAL_YEAR_BEGINS = (4, 1)


@dataclass(frozen=True)
class Rate:
    """A share, with both figures that it is made of."""

    part: int
    whole: int
    of: str

    @property
    def is_known(self) -> bool:
        """Whether there is anything to be a share of."""
        return self.whole > 0

    @property
    def percent(self) -> str:
        """To one decimal place, half up: "93.1%"; "Not known" when there is nothing to be a share of."""
        if not self.is_known:
            return "Not known"
        return f"{self._tenths // 10}.{self._tenths % 10}%"

    @property
    def share(self) -> float | None:
        """The same as a part of one, 0.931; None when there is nothing to be a share of."""
        return self._tenths / 1000 if self.is_known else None

    @property
    def _tenths(self) -> int:
        return (2000 * self.part + self.whole) // (2 * self.whole)

    @property
    def counted(self) -> str:
        """269 of 289"""
        return f"{self.part:,} of {self.whole:,}"

    @property
    def words(self) -> str:
        return f"{self.counted} {self.of}"


class Preset(StrEnum):
    """A period that a board asks for by name."""

    LAST_12_MONTHS = "last-12-months"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    THIS_FINANCIAL_YEAR = "this-financial-year"
    LAST_FINANCIAL_YEAR = "last-financial-year"
    THIS_CALENDAR_YEAR = "this-calendar-year"
    LAST_CALENDAR_YEAR = "last-calendar-year"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()


def days_of(preset: Preset, *, today: date) -> tuple[date, date]:
    """The first and the last day of a period; one that goes on ends today. Quarters begin in January, April,
    July and October, and a financial year on 1 April.
    """
    this_year = date(today.year, 1, 1)
    financial = date(today.year, *FINANCIAL_YEAR_BEGINS)
    if financial > today:
        financial = financial.replace(year=today.year - 1)
    before = timedelta(days=1)
    quarter = _first_of_quarter(today)
    return {
        Preset.LAST_12_MONTHS: (today - timedelta(days=364), today),
        Preset.THIS_QUARTER: (quarter, today),
        Preset.LAST_QUARTER: (_first_of_quarter(quarter - before), quarter - before),
        Preset.THIS_FINANCIAL_YEAR: (financial, today),
        Preset.LAST_FINANCIAL_YEAR: (financial.replace(year=financial.year - 1), financial - before),
        Preset.THIS_CALENDAR_YEAR: (this_year, today),
        Preset.LAST_CALENDAR_YEAR: (this_year.replace(year=today.year - 1), this_year - before),
    }[preset]


def preset_of(begin: date, end: date, *, today: date) -> Preset | None:
    """The period by name that these days are."""
    return next((one for one in Preset if days_of(one, today=today) == (begin, end)), None)


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarter_end_by(day: date) -> date:
    """The last day of a calendar quarter that had come by a day."""
    next_day = day + timedelta(days=1)
    return _first_of_quarter(next_day) - timedelta(days=1)


def is_whole_quarters(begin: date, end: date) -> bool:
    """Whether a period is of whole calendar quarters: two that differ then differ by a quarter at least."""
    return begin == _first_of_quarter(begin) and end == quarter_end_by(end)
