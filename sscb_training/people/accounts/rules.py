"""Decisions about accounts: which passwords will do, and how many attempts are too many."""

import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise

from sscb_training.people.accounts.common_passwords import COMMON, COMMON_STEMS
from sscb_training.people.rules import fold_email

SHORTEST_PASSWORD = 12
AS_LETTERS = str.maketrans("013457@$!", "oieastasi")

CONFIRM_WITHIN = timedelta(hours=24)
RESET_WITHIN = timedelta(hours=1)
ACCEPT_WITHIN = timedelta(days=7)
ASKED_FOR_KEPT = timedelta(days=7)
SIGN_INS_KEPT = timedelta(days=30)

WINDOW = timedelta(minutes=15)


class Action(StrEnum):
    """What is counted."""

    SIGN_IN = "sign in"
    CREATE_ACCOUNT = "create account"
    RESET_PASSWORD = "reset password"  # noqa: S105 - a word, not a secret
    CHOOSE_PASSWORD = "choose password"  # noqa: S105 - a word, not a secret
    CHECK_IN = "check in"
    CHECK_IN_SIGNED_IN = "check in signed in"
    CHECK_CERTIFICATE = "check a certificate"


@dataclass(frozen=True)
class Limit:
    """At most so many attempts under one key in `WINDOW`."""

    key: str
    most: int


def limits_on(action: Action, *, address: str, network: str) -> tuple[Limit, ...]:
    """What an attempt is counted under.

    Ten for an address from one network lock that network out of that address and nobody else out of anything.
    A hundred for an address stop many networks that share the work; a hundred for a network stop it from
    trying a few passwords on everybody. Letters are counted by address alone, or anybody's could be filled.
    """
    folded = fold_email(address)
    from_network = Limit(key_of(action, "network", network), 100)
    if action is Action.CHECK_IN_SIGNED_IN:  # by themselves alone: nobody else in the hall shuts them out
        return (Limit(key_of(action, "address", folded), 10),)
    if action is Action.CHECK_IN:  # a hall shares one network: only what goes wrong there counts
        return (Limit(key_of(action, "address", folded), 10), from_network) if folded else (from_network,)
    if action is not Action.SIGN_IN:
        return Limit(key_of(action, "address", folded), 5), from_network
    return (
        Limit(key_of(action, "both", folded, network), 10),
        Limit(key_of(action, "address", folded), 100),
        from_network,
    )


def network_of(remote_address: str | None) -> str:
    """What stands for one client: an IPv4 address, or the 64 bits that a provider gives to one customer."""
    try:
        address = ipaddress.ip_address(remote_address or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def key_of(*parts: str) -> str:
    """What stands for these words in the table of attempts, where nobody can read them."""
    return sha256("\0".join(parts).encode()).hexdigest()


def fault_in_password(password: str, *, name: str, email: str) -> str | None:
    """Why a password will not do, as a sentence that says what to do; None when it will.

    Length counts, and that it is not among the first that somebody would try. Any characters will do.
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"Password must be {SHORTEST_PASSWORD} characters or more. Three random words make a good one"
    folded = unicodedata.normalize("NFKC", password).casefold()
    stem = folded.strip("0123456789 .,!?-_*#")
    stems = {stem, stem.translate(AS_LETTERS)}
    if folded in COMMON or stems & COMMON_STEMS or _is_monotonous(folded):
        return "Choose a password that is harder to guess: this one is often used. Three random words make a good one"
    own = {part for part in (*fold_email(name).split(), *_parts(email)) if len(part) >= 4}
    without = folded
    for part in sorted(own, key=len, reverse=True):
        without = without.replace(part, "")
    if without != folded and len(without) < 8:
        return "Choose a password that is not made from your name or email address"
    return None


def _parts(email: str) -> list[str]:
    local, _, domain = fold_email(email).partition("@")
    return [fold_email(email), local, *local.replace("_", ".").replace("-", ".").split("."), domain]


def _is_monotonous(text: str) -> bool:
    """Few characters over and over, or a run like 123456789012 and abcdefghijkl."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return len(set(text)) <= 3 or len(steps) == 1
