"""Who may decide about a briefing, how its items stand in turn, and what is said of its links."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

Thing = TypeVar("Thing")


def may_approve(person_id: int, *, submitted_by_id: int | None, others: int) -> bool:
    """Whoever submitted a briefing does not approve it, unless nobody else of the board's staff could."""
    return person_id != submitted_by_id or others == 0


def moved_up(things: Sequence[Thing], thing: Thing) -> list[Thing]:
    """The same things in turn, this one a place earlier; the first stays first."""
    moved = list(things)
    place = moved.index(thing)
    if place:
        moved[place - 1], moved[place] = moved[place], moved[place - 1]
    return moved


def link_state(url: str, dead_on: date | None) -> str:
    """What is said beside a link: nothing while it leads somewhere."""
    if not url:
        return "lost"
    return "dead" if dead_on else ""


def next_code(prefix: str, taken: Collection[str]) -> str:
    """The next free code of its kind: Q-6 after Q-5."""
    numbers = [int(code.removeprefix(prefix)) for code in taken if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1}"
