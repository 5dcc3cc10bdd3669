"""When somebody is reminded that an accreditation runs out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

OVER = 0
"""The stage of an accreditation that has run out."""

TOLD_FOR = timedelta(days=14)
"""How long after the expiry somebody is still told, where the worker stood still."""


class Stage(NamedTuple):
    """What is at this stage on a day: whatever expires from the one day to the other, both included."""

    days_before: int
    first: date
    last: date


def stages(reminder_days: Iterable[int], *, on: date) -> Sequence[Stage]:
    """The stages, the last before the expiry first, then the one once it is over. None overlaps another."""
    found, first = [], on
    for days_before in sorted({days for days in reminder_days if days > 0}):
        last = on + timedelta(days=days_before)
        found.append(Stage(days_before, first, last))
        first = last + timedelta(days=1)
    return [*found, Stage(OVER, on - TOLD_FOR, on - timedelta(days=1))]


def came_too_late(days_before: int, *, awarded_on: date, expires_on: date, recorded_on: date) -> bool:
    """Whether the stage was over when it was awarded, or the accreditation when it was recorded.

    Who was accredited for less time than that has just had a letter with the last day in it; earlier training that
    had run out when it was imported is no news.
    """
    if days_before == OVER:
        return recorded_on > expires_on
    return awarded_on > expires_on - timedelta(days=days_before)
