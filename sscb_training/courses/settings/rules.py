"""How a name becomes a word in an address."""

import re


def slug_of(name: str) -> str:
    """A name as a word in an address: "Domestic abuse" is domestic-abuse."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "theme"
