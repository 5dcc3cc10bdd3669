"""When somebody can check in, and what the code on the wall is."""

from datetime import datetime, timedelta

STEP = timedelta(seconds=30)
TO_FINISH = timedelta(minutes=10)
"""How long whoever read a code has, to sign in or to find their reference."""
REMEMBERED = int(TO_FINISH / STEP)
"""How many codes back one counts as over, and not as a guess."""
OPENS_BEFORE = timedelta(hours=1)
CLOSES_AFTER = timedelta(hours=1)
LETTERS = "CDFHJKMNPRTVWXY3479"
"""Signs that are not mistaken for one another and make no words."""
LENGTH = 6


def step_of(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp() // STEP.total_seconds())


def seconds_left(now: datetime) -> int:
    """How long the code of this half minute stays on the wall."""
    return int(STEP.total_seconds() - now.timestamp() % STEP.total_seconds()) + 1


def code(digest: bytes) -> str:
    """Six signs, from what only the service can make of a part and a half minute."""
    number, letters = int.from_bytes(digest), []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def as_shown(code: str) -> str:
    """In two groups, to be read across a room."""
    return f"{code[:3]} {code[3:]}"


def as_typed(typed: str) -> str:
    """What somebody typed, without spaces, dashes and small letters."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())[:20]


def is_open(starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    """Whether one can check in to a part: from an hour before it begins until an hour after, or its end."""
    return starts_at - OPENS_BEFORE <= now < min(starts_at + CLOSES_AFTER, ends_at)
