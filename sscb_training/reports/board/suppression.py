"""What of a report's figures may leave the board (docs/decisions/0043). Values in, values out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

FEWEST = 5
"""A published figure is of so many people, or it is not shown."""
WITHHELD = "Withheld"
QUARTERS_END = ((3, 31), (6, 30), (9, 30), (12, 31))

Key = TypeVar("Key")


def publishable(lines: Mapping[Key, Sequence[int]]) -> frozenset[Key]:
    """The lines that may be shown by themselves; the others stand together as one line.

    Each line is the parts of a whole, and each column adds up to a total that is shown. A line with a part of 1 to 4 people
    goes to the others, with the next smallest ones until no part of theirs is so small: what anybody can work out by
    taking lines from the total is then the others together, and no less.
    """
    order = sorted(lines, key=lambda key: sum(lines[key]))
    together = [key for key in order if any(0 < part < FEWEST for part in lines[key])]
    shown = [key for key in order if key not in together]
    while shown and together and _is_small(lines, together):
        together.append(shown.pop(0))
    return frozenset(shown)


def _is_small(lines: Mapping[Key, Sequence[int]], together: Sequence[Key]) -> bool:
    sums = [sum(parts) for parts in zip(*(lines[key] for key in together), strict=True)]
    return any(0 < part < FEWEST for part in sums)


def parts_shown(parts: Mapping[Key, int]) -> frozenset[Key]:
    """The parts of a whole that may be shown beside it: those under 5 stand together with the next smallest ones, until
    they are 5 or more and two or more."""
    order = sorted(parts, key=lambda key: parts[key])
    hidden = [key for key in order if 0 < parts[key] < FEWEST]
    shown = [key for key in order if key not in hidden]
    while hidden and shown and (len(hidden) < 2 or sum(parts[key] for key in hidden) < FEWEST):
        hidden.append(shown.pop(0))
    return frozenset(shown)


def is_whole_quarters(begin: date, end: date) -> bool:
    """Whether a period is of whole calendar quarters: two that differ then differ by a quarter at least."""
    return begin.month % 3 == 1 and begin.day == 1 and (end.month, end.day) in QUARTERS_END
