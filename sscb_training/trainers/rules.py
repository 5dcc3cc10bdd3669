"""How much a trainer gave, and what it earns: values in, values out."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

HALF_DAY = timedelta(hours=4)
MOST_A_DAY = 2


def half_days(so_far: int, length: timedelta) -> int:
    """What a day comes to with one more part that somebody trained: up to four hours are half a day, a day is the most."""
    return min(MOST_A_DAY, so_far + (1 if length <= HALF_DAY else 2))


def in_days(halves: int) -> float:
    """Half days as days: 1, 1.5."""
    return halves / 2


def in_words(halves: int) -> str:
    """1 day; 2.5 days; 0.5 days; -1 day"""
    shown = f"{in_days(halves):g}"
    return f"{shown} {'day' if shown.lstrip('-') == '1' else 'days'}"


class Lent(NamedTuple):
    """Half days on a day."""

    on: date
    half_days: int


def places_earned(lent: Iterable[Lent], per_day: Mapping[date, int]) -> int:
    """Whole free places for these days; `per_day` says how many a day earns from which day on. Never fewer than none."""
    halves = sum(one.half_days * _per_day_on(one.on, per_day) for one in lent)
    return max(0, halves // 2)


def _per_day_on(day: date, per_day: Mapping[date, int]) -> int:
    begun = [start for start in per_day if start <= day]
    return per_day[max(begun)] if begun else 0


class Period(NamedTuple):
    """From a day until a day, both included."""

    begin: date
    end: date


def account_year(day: date, *, first_month: int) -> Period:
    """The year of account that holds this day, when it begins with this month."""
    begin = date(day.year - (day.month < first_month), first_month, 1)
    return Period(begin, date(begin.year + 1, first_month, 1) - timedelta(days=1))
