"""What marks amount to, what a score is, and when a register can be closed (docs/decisions/0008)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sscb_training.attendance.models import TAKES_MINUTES, Mark, Seen
from sscb_training.bookings.models import Outcome

COMPLETES = frozenset({Mark.ATTENDED, Mark.LATE})
MARKED_FROM = timedelta(hours=1)
"""How long before a part begins its marks may be made: people sign in at the door before it starts."""


def outcome(marks: Iterable[Mark], *, lacks_a_part: bool = False) -> Outcome:
    """What a delegate's marks, one for each part that took place, amount to.

    Late counts, for the trainer let them in; leaving early does not complete a part, and is not having stayed away.
    `lacks_a_part`: one was cancelled, so nobody has come to all of the course.
    """
    marks = list(marks)
    if marks and all(mark in COMPLETES for mark in marks):
        return Outcome.PART_ATTENDED if lacks_a_part else Outcome.ATTENDED
    if stayed_away(marks):
        return Outcome.DID_NOT_ATTEND
    return Outcome.PART_ATTENDED


def as_it_counts(seen: Seen, *, may_miss: int | None) -> Mark:
    """The mark that a course makes of what was seen. `may_miss`: it demands full attendance but for so many minutes.

    There only the minutes decide, whether they were missed at the beginning or at the end; minutes that nobody has
    entered do not complete a part.
    """
    if may_miss is None or seen.mark not in TAKES_MINUTES:
        return seen.mark
    within = seen.minutes is not None and seen.minutes <= may_miss
    return Mark.LATE if within else Mark.LEFT_EARLY


def is_overtaken(standing: object, wanted: object, *, based_on: object) -> bool:
    """Whether what stands by now is neither what somebody's change was based on, nor what they changed it to."""
    return standing not in (based_on, wanted)


def stayed_away(marks: Iterable[Mark | None]) -> bool:
    """Whether somebody is marked as not having come to any part; a part without a mark is not settled yet."""
    return all(mark is Mark.DID_NOT_ATTEND for mark in marks)


def may_be_marked(part_starts_at: datetime, *, now: datetime) -> bool:
    """Whether the part has begun, or is about to."""
    return part_starts_at - MARKED_FROM <= now


def part_name(title: str, position: int, *, of: int) -> str:
    """What a part is called among so many: its title, or its number; the only one needs no name."""
    return (title or f"Part {position}") if of > 1 else ""


@dataclass(frozen=True)
class PartSoFar:
    """How far the register has come with one part; the only part has no name."""

    name: str
    has_begun: bool
    unmarked: int
    without_minutes: int = 0


def reasons_to_stay_open(parts: Sequence[PartSoFar]) -> list[str]:
    """Why the register cannot be closed yet, a sentence each; none when it can."""
    reasons = [f"{part.name or 'The session'} has not begun yet" for part in parts if not part.has_begun]
    for part in parts:
        if part.has_begun and part.unmarked:
            whom = "1 delegate has" if part.unmarked == 1 else f"{part.unmarked} delegates have"
            reasons.append(f"{whom} no mark for {part.name}" if part.name else f"{whom} no mark")
    for part in parts:
        if part.has_begun and part.without_minutes:
            lack = (
                "delegate who came late or left early lacks"
                if part.without_minutes == 1
                else "delegates who came late or left early lack"
            )
            of_part = f" for {part.name}" if part.name else ""
            reasons.append(f"{part.without_minutes} {lack} the minutes missed{of_part}")
    return reasons


SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)\s*(?:/|out of|of)\s*(\d{1,4})", re.I)
PERCENT = re.compile(r"(\d{1,3})\s*%?")


def percent(typed: str) -> int:
    """A score as typed, "90", "90%", "9/10" or "7.5/10", as a whole percentage. Raises ValueError for anything else.

    "9.5" alone is refused, for it may be out of ten. A share is rounded down: as pass marks are whole, nothing that
    fails is rounded into passing, nor the reverse.
    """
    typed = typed.strip()
    if not typed.isascii():
        raise ValueError(typed)
    if share := SHARE.fullmatch(typed):
        right, asked = Fraction(share[1]), int(share[2])
        if asked == 0 or right > asked:
            raise ValueError(typed)
        return int(100 * right / asked)
    if (plain := PERCENT.fullmatch(typed)) and int(plain[1]) <= 100:
        return int(plain[1])
    raise ValueError(typed)


def standing_room(*, delegates: int, capacity: int, room: int | None) -> str:
    """A warning for whoever lets one more in: how full it is. Empty while there is room."""
    if room is not None and delegates >= room:
        return f"The room holds {room} and {delegates} {'is' if delegates == 1 else 'are'} on the register."
    if delegates >= capacity:
        return f"The session has {capacity} places and {delegates} {'is' if delegates == 1 else 'are'} on the register."
    return ""
