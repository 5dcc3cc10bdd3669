"""When two parts of dates are in each other's way: values in, values out."""

from collections.abc import Mapping, Sequence
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


def in_each_others_way(dates: Sequence[Sequence[Occupation]]) -> Mapping[int, Mapping[int, Shared]]:
    """Of several planned dates, counted from 0: which others each clashes with, and over what."""
    found: dict[int, dict[int, Shared]] = {}
    for (first, one), (second, other) in combinations(enumerate(dates), 2):
        wanted = [both for part in one for another in other if (both := shared(part, another))]
        if wanted:
            over = Shared(
                room=any(both.room for both in wanted),
                trainer_ids=frozenset[int]().union(*(both.trainer_ids for both in wanted)),
            )
            found.setdefault(first, {})[second] = found.setdefault(second, {})[first] = over
    return found
