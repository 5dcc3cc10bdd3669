"""What differs between two states of a date, and what follows for whom: values in, values out."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from sscb_training.courses.dates.rules import DateState


class Kind(Enum):
    """What changed."""

    TIME = "time"
    PLACE = "place"
    ADDRESS = "online address"
    TRAINERS = "trainers"


MOVES = frozenset({Kind.TIME, Kind.PLACE})
"""What may keep somebody from coming; a manager is told of these alone."""

WITHOUT_ADDRESS = MOVES | {Kind.TRAINERS}
"""What anybody may read; the address online is for delegates with a place, and for trainers."""

ALL = frozenset(Kind)


class Change(NamedTuple):
    """One thing that is not as it was, of the part of this name (the only one has none)."""

    kind: Kind
    part: str
    before: Any
    now: Any


def changes(
    before: DateState, now: DateState, *, of: frozenset[Kind] = ALL, position: int | None = None
) -> Sequence[Change]:
    """What differs, part by part, then the trainers; a part that moves online or to a venue changes its place.

    A part that was cancelled has a letter of its own. With a `position` it is what concerns whoever comes to
    that part alone.
    """
    found = []
    for number, (was, part) in enumerate(zip(before.parts, now.parts, strict=True), 1):
        if not part.is_on or position not in (None, number):
            continue
        if (was.starts_at, was.ends_at) != (part.starts_at, part.ends_at):
            found.append(Change(Kind.TIME, part.name, was, part))
        if was.venue_id != part.venue_id:
            found.append(Change(Kind.PLACE, part.name, was, part))
        elif was.online_url != part.online_url:
            found.append(Change(Kind.ADDRESS, part.name, was, part))
    if before.trainers.keys() != now.trainers.keys():
        found.append(Change(Kind.TRAINERS, "", before.trainers, now.trainers))
    return [change for change in found if change.kind in of]


def is_moved(found: Sequence[Change]) -> bool:
    """Whether time or place is among what changed."""
    return any(change.kind in MOVES for change in found)


def says_when(found: Sequence[Change]) -> bool:
    """Whether an invitation that was written before is not right any more."""
    return any(change.kind is not Kind.TRAINERS for change in found)


def free_until(settled: date, *, from_new_start: date, to_decide: date) -> date:
    """The last free day after a move: never earlier than it was, nor than the notice and the time to decide allow."""
    return max(settled, from_new_start, to_decide)
