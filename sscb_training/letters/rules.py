"""Decisions about letters: what staff may read of them."""

import re

# Long enough to be a secret, in an address: the token of a one-time link.
TOKEN = re.compile(r"\S*://\S*?/[A-Za-z0-9_-]{32,}\S*")


def without_one_time_links(body: str) -> str:
    """The text without links that would let their reader in as somebody else."""
    return TOKEN.sub("[a link that only the person may use]", body)
