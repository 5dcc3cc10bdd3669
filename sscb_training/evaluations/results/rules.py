"""What a change in confidence amounts to, and how many people a figure needs to be shown (docs/decisions/0025)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist
from typing import Self, TypeVar

FEWEST = 5
"""So many people are in any figure, or it is not shown."""


# A change in confidence


@dataclass(frozen=True)
class Sums:
    """Pairs added up: before, after, and the differences with their squares, so that figures can be added."""

    pairs: int = 0
    before: float = 0
    after: float = 0
    change: float = 0
    squares: float = 0

    def __add__(self, other: Self) -> "Sums":
        return Sums(
            self.pairs + other.pairs,
            self.before + other.before,
            self.after + other.after,
            self.change + other.change,
            self.squares + other.squares,
        )


@dataclass(frozen=True)
class Change:
    """The mean change of so many pairs, with a 95% interval; `before` and `after` are the means that it lies between."""

    pairs: int
    before: float
    after: float
    difference: float
    low: float
    high: float


def change(sums: Sums) -> Change | None:
    """What pairs amount to: the mean difference and its 95% t interval. None for too few.

    The interval is that of the paired t test: mean ± t(n - 1) · s / √n, with s of the differences.
    """
    n = sums.pairs
    if n < FEWEST:
        return None
    mean = sums.change / n
    variance = max(0.0, (sums.squares - n * mean * mean) / (n - 1))
    margin = t_95(n - 1) * sqrt(variance / n)
    return Change(n, sums.before / n, sums.after / n, mean, mean - margin, mean + margin)


@cache
def t_95(freedom: int) -> float:
    """The t that 95 in 100 stay within, for so many degrees of freedom; beyond 1,000 the normal one."""
    if freedom > 1000:
        return NormalDist().inv_cdf(0.975)
    low, high = 1.9, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """The probability of a t between -t and t, exactly (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    if freedom % 2 == 0:
        term = total = sin(angle)
        for k in range(2, freedom, 2):
            term *= square * (k - 1) / k
            total += term
        return total
    term, total = sin(angle) * cos(angle), 0.0
    for k in range(3, freedom + 2, 2):
        total += term
        term *= square * (k - 1) / k
    return 2 / pi * (angle + total)


# What may be shown

Key = TypeVar("Key")


@dataclass(frozen=True)
class Of:
    """How many people of one session a figure would count."""

    training_session_id: int
    course_version_id: int
    on: date
    people: int


def released(sessions: Iterable[Of], *, begin: date | None = None, end: date | None = None) -> frozenset[int]:
    """The sessions that may be counted, in blocks of `FEWEST` people or more.

    A session with enough people is a block of its own. The small ones of one course version in one calendar quarter are a
    block together, if they are enough together and the quarter lies in the period as a whole. So two figures, whatever
    their periods, differ by whole blocks, and none is the difference of two that are shown.
    """
    alone: set[int] = set()
    pools: dict[tuple[int, tuple[int, int]], list[Of]] = {}
    for one in sessions:
        if (begin and one.on < begin) or (end and one.on > end):
            continue
        if one.people >= FEWEST:
            alone.add(one.training_session_id)
        elif _holds_quarter(one.on, begin, end):
            pools.setdefault((one.course_version_id, quarter(one.on)), []).append(one)
    pooled = (pool for pool in pools.values() if sum(one.people for one in pool) >= FEWEST)
    return frozenset(alone | {one.training_session_id for pool in pooled for one in pool})


def quarter(day: date) -> tuple[int, int]:
    """The calendar quarter of a day: (2026, 4) is October to December."""
    return day.year, (day.month + 2) // 3


def _holds_quarter(day: date, begin: date | None, end: date | None) -> bool:
    year, number = quarter(day)
    first = date(year, 3 * number - 2, 1)
    following = date(year + number // 4, 3 * number % 12 + 1, 1)
    return (begin is None or begin <= first) and (end is None or following - timedelta(days=1) <= end)


QUARTERS_END = ((3, 31), (6, 30), (9, 30), (12, 31))


def whole_quarters(begin: date, end: date) -> tuple[date, date] | None:
    """The first and last day of the calendar quarters that lie in a period as a whole; None where there is none."""
    while begin < end and (begin.month % 3, begin.day) != (1, 1):
        begin += timedelta(days=1)
    while begin < end and (end.month, end.day) not in QUARTERS_END:
        end -= timedelta(days=1)
    return (begin, end) if begin < end else None


def lumped(people: Mapping[Key, int], *, beside: int = 0) -> frozenset[Key]:
    """Of the parts of one figure, those that may be shown by themselves; the others stand together as one.

    `beside`: so many stand there anyhow, because they are of no part.

    Those under `FEWEST` go together, with the next smallest ones until they are enough: else whoever knows the whole
    could take the parts that are shown away from it.
    """
    order = sorted(people, key=lambda key: people[key])
    together = beside
    shown: Sequence[Key] = order
    while shown and (people[shown[0]] < FEWEST or 0 < together < FEWEST):
        together += people[shown[0]]
        shown = shown[1:]
    return frozenset(shown)
