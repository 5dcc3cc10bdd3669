"""What a list of people is, and what became of each: values in, values out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

MOST_PEOPLE = 150
"""A conference. Whoever books more sends a second list."""


@dataclass(frozen=True)
class Entry:
    """Somebody on a list. `row` is where they stand in what was pasted or sent; whoever was picked has a membership.

    `letters_to` is a mailbox for the letters of somebody without an address of their own.
    """

    row: int
    name: str
    email: str = ""
    job_title: str = ""
    letters_to: str = ""
    membership_id: int | None = None


class Became(Enum):
    """What became of an entry; the value says it."""

    PLACE = "Gets a place"
    APPROVAL = "A place is held until it is approved"
    WAITS = "Goes on the waiting list"
    BOOKED = "Already booked"
    DOUBLE = "Twice in the list"
    REFUSED = "Cannot be booked"

    @property
    def is_booked(self) -> bool:
        """Whether there is a booking by it that was not there before."""
        return self in (Became.PLACE, Became.APPROVAL, Became.WAITS)


@dataclass(frozen=True)
class Line:
    """An entry and what became of it, as plain values: they outlive a rehearsal.

    `by_the_rules`: refused by the course's booking rules, to which board staff can make an exception. `elsewhere`: what
    they have on another date of the course.
    """

    entry: Entry
    name: str
    became: Became
    why: str = ""
    is_new: bool = False
    reference: str = ""
    by_the_rules: bool = False
    elsewhere: str = ""


def numbers(lines: Sequence[Line]) -> dict[Became, int]:
    """How many of each, in the order of the words above; what nobody became is left out."""
    found = Counter(line.became for line in lines)
    return {became: found[became] for became in Became if found[became]}


def anybody(lines: Sequence[Line]) -> bool:
    """Whether somebody is booked who was not."""
    return any(line.became.is_booked for line in lines)


def may_be_excepted(lines: Sequence[Line]) -> bool:
    """Whether an exception of board staff's would book somebody more, as far as places are free."""
    return any(line.became is Became.WAITS or line.by_the_rules for line in lines)


def all_fit(lines: Sequence[Line]) -> bool:
    """Whether everybody gets a place who has no booking yet."""
    return not any(line.became in (Became.WAITS, Became.REFUSED) for line in lines)
