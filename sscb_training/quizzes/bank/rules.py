"""What figures about questions are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

ENOUGH_TO_DISCRIMINATE = 30
"""First attempts below which how well a question tells people apart is chance, and is not shown."""


@dataclass(frozen=True)
class Sums:
    """What the first attempts at a question add up to: `rest` is the share right of an attempt's other questions."""

    drawn: int = 0
    right: int = 0
    rest: float = 0.0
    rest_squared: float = 0.0
    rest_of_right: float = 0.0


def discrimination(sums: Sums) -> float | None:
    """How far who answers a question rightly does better in the others, from -1 to 1; None where it says nothing.

    The correlation of the question with the rest of its attempt. Without enough attempts, or where all are right or
    all wrong, there is nothing to see.
    """
    n = sums.drawn
    if n < ENOUGH_TO_DISCRIMINATE or sums.right in (0, n):
        return None
    spread = n * sums.rest_squared - sums.rest**2
    if spread <= 1e-9:
        return None
    together = n * sums.rest_of_right - sums.right * sums.rest
    return together / sqrt(spread * (n * sums.right - sums.right**2))


def most_chosen_wrong(
    counts: Mapping[str, int], right: str, choices: Sequence[str]
) -> tuple[str, int] | None:
    """The wrong choice that most picked, and how many did; the first of several. None while nobody picked one."""
    picked = [0] * len(choices)
    for chosen, number in counts.items():
        for position in filter(None, chosen.split(",")):
            picked[int(position)] += number
    wrong = [place for place in range(len(choices)) if str(place) not in right.split(",") and picked[place]]
    if not wrong:
        return None
    most = max(wrong, key=lambda place: picked[place])
    return choices[most], picked[most]
