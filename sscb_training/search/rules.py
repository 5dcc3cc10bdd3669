"""What the words of a search are taken for."""

import re

REFERENCE = re.compile(r"[A-HJ-NP-Z2-9]{4}[- ]?[A-HJ-NP-Z2-9]{4}")
MOST_WORDS = 6


def words(search: str) -> list[str]:
    """The words to look for; of very many, the first."""
    return search.split()[:MOST_WORDS]


def reference(search: str) -> str:
    """The booking reference that was typed, in whatever capitals, with or without its hyphen; empty when it is none.

    Eight letters could be a name as well: only what has a hyphen or a digit is taken for a reference.
    """
    typed = search.strip().upper()
    if not REFERENCE.fullmatch(typed) or not re.search(r"[-2-9]", typed):
        return ""
    return f"{typed[:4]}-{typed[-4:]}"
