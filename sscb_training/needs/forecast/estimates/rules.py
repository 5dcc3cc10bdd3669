"""How likely something is and how sure that is: values in, values out. Every interval is of 95 in 100."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import sqrt
from typing import Self

from sscb_training.case_audits.indicators.rules import Z, wilson

ENOUGH = 20
"""A share of fewer people than this is not told: the board's assumption holds instead."""
WEIGHT = 10
"""An assumption weighs as much as so many people counted, so that what rests on it has a wide interval."""


class Source(StrEnum):
    """Where a share comes from."""

    COUNTED = "counted"
    ASSUMED = "assumed"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Chance:
    """How likely something is, as the mean of what it may be; `square` is the mean of the square of that."""

    mean: float
    square: float

    @property
    def other(self) -> "Chance":
        """How likely it is that it does not happen."""
        return Chance(1 - self.mean, 1 - 2 * self.mean + self.square)

    @property
    def variance(self) -> float:
        return max(0.0, self.square - self.mean**2)

    def __mul__(self, and_then: Self) -> "Chance":
        """Both, where what is known of one says nothing of the other."""
        return Chance(self.mean * and_then.mean, self.square * and_then.square)


@dataclass(frozen=True)
class Share:
    """So many of so many; `assumed` percent where they are too few to tell, and `chosen` percent whatever was counted."""

    part: int
    whole: int
    assumed: int
    chosen: int | None = None

    @property
    def source(self) -> Source:
        if self.chosen is not None:
            return Source.CHOSEN
        return Source.COUNTED if self.whole >= ENOUGH else Source.ASSUMED

    @cached_property
    def chance(self) -> Chance:
        """A Beta distribution: of the people counted with half a person on either side (Jeffreys), or of the assumption
        with its weight. What was chosen is taken as it is."""
        if self.chosen is not None:
            return Chance(self.chosen / 100, (self.chosen / 100) ** 2)
        if self.source is Source.COUNTED:
            yes, no = self.part + 0.5, self.whole - self.part + 0.5
        else:
            yes, no = WEIGHT * self.assumed / 100, WEIGHT * (1 - self.assumed / 100)
        every = yes + no
        return Chance(yes / every, yes * (yes + 1) / (every * (every + 1)))

    @property
    def percent(self) -> int:
        """To a whole percent, half up."""
        if self.source is Source.COUNTED:
            return (200 * self.part + self.whole) // (2 * self.whole)
        return self.assumed if self.chosen is None else self.chosen

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what it may be: the Wilson interval of those counted, or of the assumption with its weight."""
        if self.chosen is not None:
            return self.chosen / 100, self.chosen / 100
        if self.source is Source.COUNTED:
            return wilson(self.part, self.whole)
        return wilson(WEIGHT * self.assumed / 100, WEIGHT)

    @property
    def low(self) -> int:
        """The lower end in whole percent, rounded down."""
        return int(100 * self.bounds[0])

    @property
    def high(self) -> int:
        """The upper end in whole percent, rounded up."""
        return -int(-100 * self.bounds[1] // 1)


@dataclass(frozen=True)
class Pace:
    """How many people came in so many months: a Poisson count."""

    people: int
    months: int = 12

    @property
    def is_told(self) -> bool:
        """Whether they are enough to name a month by; the ends of the interval say what they can in any case."""
        return self.people >= ENOUGH

    @property
    def a_month(self) -> float:
        return self.people / self.months

    @property
    def low(self) -> float:
        """The lower end of what a month may bring (Byar's approximation to the exact interval of a Poisson count)."""
        n = self.people
        return n * (1 - 1 / (9 * n) - Z / (3 * sqrt(n))) ** 3 / self.months if n else 0.0

    @property
    def high(self) -> float:
        """The upper end."""
        n = self.people + 1
        return n * (1 - 1 / (9 * n) + Z / (3 * sqrt(n))) ** 3 / self.months
