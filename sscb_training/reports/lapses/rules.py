"""Lapses by month and the places that they need: values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from sscb_training.reports.rules import Rate

MONTHS = 24


@dataclass(frozen=True)
class Lapses:
    """How many accreditations run out, and of how many of them the holder has booked a course that renews it."""

    lapse: int = 0
    booked: int = 0

    @property
    def to_book(self) -> int:
        return self.lapse - self.booked

    def __add__(self, other: Self) -> "Lapses":
        return Lapses(self.lapse + other.lapse, self.booked + other.booked)


def months(on: date) -> list[date]:
    """The first days of this month and the 23 after it."""
    return [date(on.year + (on.month - 1 + n) // 12, (on.month - 1 + n) % 12 + 1, 1) for n in range(MONTHS)]


def by_month(lapses: Iterable[tuple[date, Lapses]], *, on: date) -> list[tuple[date, Lapses]]:
    """The lapses of each of the months; what runs out later is in none."""
    found = {first: Lapses() for first in months(on)}
    for day, some in lapses:
        first = day.replace(day=1)
        if first in found:
            found[first] += some
    return list(found.items())


def places_needed(to_book: int, no_show: Rate) -> int:
    """The places that so many people need if as many stay away as usual, rounded up; one each where that is not known."""
    if not no_show.is_known or no_show.part >= no_show.whole:
        return to_book
    return -(-to_book * no_show.whole // (no_show.whole - no_show.part))


def total(lapses: Sequence[Lapses]) -> Lapses:
    return sum(lapses, Lapses())
