"""What a phone sends, read with suspicion."""

import re
from typing import Any

from sscb_training.attendance.models import Seen
from sscb_training.attendance.phone.service import Sent
from sscb_training.core.db import row_key

MOST = 2000
KEY = re.compile(r"[0-9a-f-]{36}")


def sent_marks(body: Any) -> tuple[object, list[Sent]]:
    """Whose marks a message holds, as they were known to the phone, and the marks. Raises ValueError for anything else."""
    try:
        marks = [
            Sent(
                _key(one["id"]),
                (_row(one["booking"]), _row(one["part"])),
                _seen(one["mark"]),
                _seen(one["base"]),
            )
            for one in body["marks"]
        ]
    except (KeyError, TypeError) as fault:
        raise ValueError("not marks") from fault
    if len(marks) > MOST:
        raise ValueError("too many")
    return body.get("person"), marks


def _key(value: object) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise ValueError(value)
    return value


def _row(value: object) -> int:
    found = row_key(str(value))
    if found is None:
        raise ValueError(value)
    return found


def _seen(word: object) -> Seen | None:
    if not isinstance(word, str):
        raise ValueError(word)
    return Seen.read(word) if word else None
