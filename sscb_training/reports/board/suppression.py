"""What of a report's figures may leave the board (docs/decisions/0043). Values in, values out.

What may of coverage is decided with its tables, by needs.coverage.published.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from sscb_training.needs.coverage.published.rules import WITHHELD as WITHHELD

Key = TypeVar("Key")
Line = TypeVar("Line")


def is_few(part: int, *, below: int) -> bool:
    """Whether so few people are in a part of a whole that it may point at them; that nobody is says nothing."""
    return 0 < part < below


def publishable(
    lines: Mapping[Key, Line], *, size: Callable[[Line], int], is_small: Callable[[Sequence[Line]], bool]
) -> frozenset[Key]:
    """The lines that may be shown by themselves; the others stand together as one line.

    The lines add up to a total that is shown. One that `is_small` goes to the others, with the next smallest ones until
    they are not small together: what anybody can work out by taking lines from the total is then the others together,
    and no less.
    """
    order = sorted(lines, key=lambda key: size(lines[key]))
    together = [key for key in order if is_small([lines[key]])]
    shown = [key for key in order if key not in together]
    while shown and together and is_small([lines[key] for key in together]):
        together.append(shown.pop(0))
    return frozenset(shown)


def parts_shown(
    parts: Mapping[Key, int], *, below: int, hidden_anyway: Collection[Key] = ()
) -> frozenset[Key]:
    """The parts of a whole that may be shown beside it: those of a few people stand together with the next smallest ones,
    until they are enough and two or more."""
    order = sorted(parts, key=lambda key: parts[key])
    hidden = [key for key in order if key in hidden_anyway or is_few(parts[key], below=below)]
    shown = [key for key in order if key not in hidden]
    while hidden and shown and (len(hidden) < 2 or sum(parts[key] for key in hidden) < below):
        hidden.append(shown.pop(0))
    return frozenset(shown)
