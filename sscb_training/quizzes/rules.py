"""What is drawn, how long an attempt has, and what may be chosen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random
from typing import Protocol

GRACE = timedelta(seconds=30)
"""How long after the end an answer that was sent in time may arrive: a slow line is nobody's fault."""
TRUE_FALSE = ("True", "False")
UNTIMED_LASTS = timedelta(days=1)
"""An attempt without limit that begins shortly before the quiz closes has at least this long."""


class Asked(Protocol):
    """A question, as far as drawing must know it."""

    @property
    def id(self) -> int: ...

    @property
    def choices(self) -> list[str]: ...

    @property
    def keeps_order(self) -> bool: ...


@dataclass(frozen=True)
class Drawn:
    """A drawn question with the order in which its choices are shown."""

    question_id: int
    shown: tuple[int, ...]


def draw(bank: Sequence[Asked], *, draws: int, shuffled: bool, by: Random) -> list[Drawn]:
    """So many questions of the bank by lot, in an order by lot or in that of the bank; True always before False."""
    lots = by.sample(range(len(bank)), k=min(draws, len(bank)))
    drawn = [bank[place] for place in (lots if shuffled else sorted(lots))]
    return [Drawn(question.id, _order(question, shuffled=shuffled, by=by)) for question in drawn]


def _order(question: Asked, *, shuffled: bool, by: Random) -> tuple[int, ...]:
    places = list(range(len(question.choices)))
    if shuffled and not question.keeps_order:
        by.shuffle(places)
    return tuple(places)


def minutes_allowed(
    minutes: int | None, *, extra_percent: int = 0, extra_minutes: int = 0, untimed: bool = False
) -> int | None:
    """How many minutes an attempt has; None without limit. A share of a minute is a whole one."""
    if minutes is None or untimed:
        return None
    return minutes + ceil(minutes * extra_percent / 100) + extra_minutes


def ends_at(started_at: datetime, *, minutes: int | None, closes_at: datetime | None) -> datetime | None:
    """When an attempt takes no more answers. Whoever has begun in time has the whole time, though the quiz closes."""
    if minutes is not None:
        return started_at + timedelta(minutes=minutes)
    return None if closes_at is None else max(closes_at, started_at + UNTIMED_LASTS)


def is_over(ends_at: datetime | None, *, now: datetime) -> bool:
    """Whether no answer is taken any more, even one that was long on its way."""
    return ends_at is not None and now > ends_at + GRACE


def has_ended(ends_at: datetime | None, *, now: datetime) -> bool:
    """Whether the time is up, so that no page asks anything more."""
    return ends_at is not None and now >= ends_at


def minutes_left(ends_at: datetime, *, now: datetime) -> int:
    """Whole minutes until the end, a begun one counted."""
    return max(0, ceil((ends_at - now) / timedelta(minutes=1)))


def positions(shown: str, places: Collection[int]) -> str:
    """What was chosen on the page, as positions in the question. Raises ValueError for what was not there to choose."""
    order = shown.split(",")
    if any(not 1 <= place <= len(order) for place in places):
        raise ValueError(places)
    return ",".join(sorted({order[place - 1] for place in places}, key=int))


def places(shown: str, chosen: str | None) -> list[int]:
    """Where on the page that stands which was chosen."""
    order, picked = shown.split(","), set(filter(None, (chosen or "").split(",")))
    return [place for place, position in enumerate(order, 1) if position in picked]


def percent(right: int, asked: int) -> int:
    """The score; rounded down as on the register, so that nothing is rounded into passing."""
    return 100 * right // asked
