"""Decisions about versions: when there may be a new one, and what is only a slip of the pen."""

from datetime import date
from difflib import SequenceMatcher

STILL_THE_SAME = 0.8


def problem_with_new_version(*, valid_from: date, what_changed: str, previous: date | None) -> str | None:
    """A course's second version and later ones say what changed and begin after the one before."""
    if previous is None:
        return None
    if not what_changed:
        return "Say what changed since the version before. Needs that count only the new content rest on it."
    if valid_from <= previous:
        return (
            f"A new version must be valid from a day after {previous:%-d %B %Y}, when the one before began."
        )
    return None


def items(text: str) -> list[str]:
    """What a version covers, or its outcomes: one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def rewritten(before: str, after: str) -> str | None:
    """The first item that an alleged correction changes beyond a slip of the pen; None when it only corrects.

    The number of items stays, and each keeps at least four fifths of its letters.
    """
    old, new = items(before), items(after)
    if len(old) != len(new):
        return (new or old)[-1]
    for was, becomes in zip(old, new, strict=True):
        if SequenceMatcher(None, was.casefold(), becomes.casefold()).ratio() < STILL_THE_SAME:
            return was
    return None
