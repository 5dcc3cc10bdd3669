"""Decisions about what concerns somebody: how they stand in a scheme, which dates and needs deserve a look."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

DUE_DAYS = 90


class Held(NamedTuple):
    """An accreditation on a day: whether it counts, and until when (None: it does not end)."""

    counts: bool
    expires_on: date | None
    revoked: bool = False


class Standing(StrEnum):
    """How a person stands in a scheme."""

    IN_FORCE = "in_force"
    DUE = "due"
    ENDED = "ended"
    NONE = "none"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.IN_FORCE: "In force",
    Standing.DUE: f"Due within {DUE_DAYS} days",
    Standing.ENDED: "Ended",
    Standing.NONE: "None",
}


class Stands(NamedTuple):
    """A standing with its day: until when, or since when no more. Why one ended early is not told."""

    standing: Standing
    until: date | None

    @property
    def label(self) -> str:
        """The standing in words; what ended has run out on a day, or is only not in force."""
        if self.standing is Standing.ENDED:
            return "Expired" if self.until else "Not in force"
        return self.standing.label


def stands(held: Iterable[Held], *, on: date, due: date | None = None) -> Stands:
    """How somebody stands who holds these in one scheme: the one that counts longest decides.

    What runs out by `due` is due, or within 90 days. A day is given only for what ran out by itself.
    """
    held, due = list(held), due or due_by(on)
    counting = [one.expires_on for one in held if one.counts]
    if counting:
        ends = [day for day in counting if day is not None]
        if len(ends) < len(counting):
            return Stands(Standing.IN_FORCE, None)
        return Stands(Standing.DUE if max(ends) <= due else Standing.IN_FORCE, max(ends))
    if not held:
        return Stands(Standing.NONE, None)
    ran_out = [one.expires_on for one in held if not one.revoked and one.expires_on is not None]
    return Stands(Standing.ENDED, None if any(one.revoked for one in held) else max(ran_out, default=None))


def due_by(on: date) -> date:
    """The last day of what is due soon."""
    return on + timedelta(days=DUE_DAYS)


def is_behind(*, percent: int | None, target: int | None) -> bool:
    """Whether a need with a target has not reached it. What cannot be a percentage cannot be said to be behind."""
    return percent is not None and target is not None and percent < target
