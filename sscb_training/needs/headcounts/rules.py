"""When a headcount is reminded of, when it is questioned, and how the board's request stands."""

from datetime import date, timedelta
from enum import StrEnum

A_WEEK = timedelta(days=7)


class State(StrEnum):
    """How the board's asking stands with an agency."""

    SENT_IN = "sent_in"
    WAITING = "waiting"
    LATE = "late"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


def state(due_on: date | None, *, is_sent_in: bool, on: date) -> State:
    """A request is waited for until the end of its last day."""
    if due_on is None:
        return State.NOT_ASKED
    if is_sent_in:
        return State.SENT_IN
    return State.LATE if on > due_on else State.WAITING


def remind_on(asked_on: date, due_on: date) -> date:
    """The day of the one reminder: a week before the last day, or the last day itself where there was less than two
    weeks to answer."""
    return due_on - A_WEEK if due_on - asked_on >= 2 * A_WEEK else due_on


def asked_in_words(asked: int, without_lead: int, already: int = 0) -> str:
    """How many agencies are asked, to how many of those no letter goes, and how many were asked today already."""
    words = []
    if asked or not already:
        words += ["1 agency is asked" if asked == 1 else f"{asked} agencies are asked"]
    if without_lead:
        some = "any" if without_lead == asked else without_lead
        who = "it" if asked == 1 else f"{some} of them"
        them = "it" if without_lead == 1 else "them"
        words += [f"No letter goes to {who}, as nobody leads {them} here: write yourself"]
    if already:
        which = "1 agency was" if already == 1 else f"{already} agencies were"
        words += [f"{which} asked today already, by the same day: nobody gets a second letter"]
    return words[0] if len(words) == 1 else ". ".join(words) + "."


def differs_much(number: int, before: int | None) -> bool:
    """Whether a number is more than half as much again as the last one, or less than half of it."""
    return before is not None and 2 * abs(number - before) > before
