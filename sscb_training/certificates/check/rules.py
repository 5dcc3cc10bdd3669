"""How many wrong codes are too many, and how much of a name whoever checks a certificate is told."""

import re
from unicodedata import normalize

from sscb_training.people.accounts.rules import Action, Limit, key_of

FROM_ONE_NETWORK = 30
"""Wrong codes in a quarter of an hour: an office that types badly all morning stays below it."""
FROM_ALL = 1000
WHEN_MANY = 3
"""Wrong codes from one network while there are more than `FROM_ALL` of everybody's together."""
REFUSES_NOBODY = 2**31
HIDDEN = "•"

EVERYBODYS = Limit(key_of(Action.CHECK_CERTIFICATE, "everybody"), FROM_ALL)


def limits_on(network: str, *, are_many: bool) -> tuple[Limit, ...]:
    """What a check is counted under until its code turns out to be right; `are_many` wrong ones of everybody's.

    All together lock nobody out: where they are many, a network is left with a few tries of its own, so that
    whoever reads a code from paper gets their answer whatever somebody else does. Then no more are added to them,
    or counting them would become the attack.
    """
    own = key_of(Action.CHECK_CERTIFICATE, network)
    if are_many:
        return (Limit(own, WHEN_MANY),)
    return Limit(own, FROM_ONE_NETWORK), Limit(EVERYBODYS.key, REFUSES_NOBODY)


def masked(name: str) -> str:
    """The first letter of each part of a name and how many follow: A••• P••••.

    Enough to hold against a paper that has the whole name; not enough to find somebody by.
    """
    return re.sub(r"(?<=[^\s-])[^\W_]", HIDDEN, normalize("NFC", name))


def spelt(name: str) -> str:
    """The same for whoever listens: A and 3 more letters, P and 4 more letters."""
    return ", ".join(_spelt(part) for part in re.split(r"[\s-]+", masked(name)) if part)


def _spelt(part: str) -> str:
    more = part.count(HIDDEN)
    return part[0] + (f" and {more} more letter{'s' * (more > 1)}" if more else "")
