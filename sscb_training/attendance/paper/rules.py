"""How what is typed from a sheet of paper is read."""

import re
from collections.abc import Collection

from sscb_training.attendance.models import TAKES_MINUTES, Mark, Seen

NUMBERED = re.compile(
    r"(\d{1,4})(?:\s*(?:-|–|to)\s*(\d{1,4}))?\s*([^\d]*?)\s*(?:(\d{1,3})\s*(?:m|min|mins|minutes?)?)?\.?",
    re.ASCII,
)
WORDS = {
    "": Mark.DID_NOT_ATTEND,
    "absent": Mark.DID_NOT_ATTEND,
    "away": Mark.DID_NOT_ATTEND,
    "no": Mark.DID_NOT_ATTEND,
    "did not attend": Mark.DID_NOT_ATTEND,
    "late": Mark.LATE,
    "left": Mark.LEFT_EARLY,
    "left early": Mark.LEFT_EARLY,
    "early": Mark.LEFT_EARLY,
}


class Unread(Exception):
    """Something that was typed and cannot be read; the message says what to type instead."""


def exceptions(typed: str, *, numbers: Collection[int]) -> dict[int, Seen]:
    """Who did not simply attend, by number: "3, 7 late, 9-11, 12 left early 20". A number alone did not attend.

    Nothing is guessed: a number that is not there, or is there twice, or a word that is no mark raises Unread.
    """
    found: dict[int, Seen] = {}
    for piece in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", typed))):
        read = NUMBERED.fullmatch(piece)
        mark = WORDS.get(" ".join(read[3].casefold().split())) if read else None
        if read is None or (read[4] and not read[3]):
            raise Unread(f"“{piece[:40]}” is not a number and a mark. Put a comma between two people")
        if mark is None:
            raise Unread(
                f"“{read[3].strip()[:40]}” is no mark. Enter late or left early, or the number alone"
            )
        if read[4] and mark not in TAKES_MINUTES:
            raise Unread(f"Minutes go with late or left early, and “{piece[:40]}” is neither")
        minutes = int(read[4]) if read[4] else None
        first, last = int(read[1]), int(read[2] or read[1])
        if last < first:
            raise Unread(f"Enter {last}-{first}, the smaller number first")
        for number in range(first, last + 1):
            if number not in numbers and not read[2]:
                raise Unread(f"Number {number} is not on this sheet")
            if number in found:
                raise Unread(f"Number {number} is there twice")
            if number in numbers:
                found[number] = Seen(mark, minutes)
    return found
