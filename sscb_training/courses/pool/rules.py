"""Whether somebody may train on a date that asks for an accreditation."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, Protocol


class Held(Protocol):
    """An accreditation, as far as a date asks of it."""

    @property
    def awarded_on(self) -> date: ...

    @property
    def expires_on(self) -> date | None: ...

    @property
    def revoked_on(self) -> date | None: ...

    def in_force(self, on: date) -> bool: ...


class Gap(NamedTuple):
    """The first day on which a trainer lacks what they must hold, and the last day before on which they held it."""

    on: date
    ended: date | None


def gap(held: Iterable[Held], days: Iterable[date]) -> Gap | None:
    """The first of these days on which none of what is held counts.

    Where one was revoked no day is told, for then none ended by itself.
    """
    held = list(held)
    for day in sorted(days):
        if not any(one.in_force(day) for one in held):
            if any(one.revoked_on is not None for one in held):
                return Gap(day, None)
            ended = [one.expires_on for one in held if one.expires_on is not None and one.expires_on < day]
            return Gap(day, max(ended, default=None))
    return None


def only_agency(agencies: Sequence[Sequence[str]]) -> str:
    """The agency that several trainers, each with theirs, all come from; none when they come from different ones."""
    if len(agencies) < 2:
        return ""
    shared = set(agencies[0]).intersection(*agencies[1:])
    return next((name for name in agencies[0] if name in shared), "")
