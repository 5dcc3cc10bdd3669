"""How codes are written, and which findings a note names."""

import re
from collections.abc import Sequence

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
FINDING_CODE = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,9}(?:-[A-Z0-9]+)*-\d+\b")


def codes_in(note: str) -> Sequence[str]:
    """The codes of findings that a note names, in its order: "Read beside POS-7"."""
    return list(dict.fromkeys(FINDING_CODE.findall(note)))
