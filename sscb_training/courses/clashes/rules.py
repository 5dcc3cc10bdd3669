"""When two parts of dates are in each other's way: values in, values out."""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple


class Occupation(NamedTuple):
    """From when until when a part has a room (none when it is online) and its trainers."""

    starts_at: datetime
    ends_at: datetime
    venue_id: int | None
    trainer_ids: frozenset[int]


class Shared(NamedTuple):
    """What two parts at overlapping times both want."""

    room: bool
    trainer_ids: frozenset[int]


def shared(one: Occupation, other: Occupation) -> Shared | None:
    """What both want at once; None when they are in nobody's way. What ends as the other begins does not overlap it."""
    if one.starts_at >= other.ends_at or other.starts_at >= one.ends_at:
        return None
    both = Shared(
        room=one.venue_id is not None and one.venue_id == other.venue_id,
        trainer_ids=one.trainer_ids & other.trainer_ids,
    )
    return both if both.room or both.trainer_ids else None


def in_each_others_way(dates: Sequence[Sequence[Occupation]]) -> frozenset[int]:
    """Which of several planned dates, counted from 0, clash with another of them."""
    return frozenset(
        place
        for (first, one), (second, other) in combinations(enumerate(dates), 2)
        if any(shared(part, another) for part in one for another in other)
        for place in (first, second)
    )
