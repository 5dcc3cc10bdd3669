"""Too many attempts are refused before they are looked at. Only routes may use this module."""

from collections.abc import Sequence

from flask import request
from werkzeug.exceptions import TooManyRequests

from sscb_training.core import clock
from sscb_training.core.transaction import transaction
from sscb_training.people.accounts import queries, rules, service
from sscb_training.people.accounts.rules import Action, Limit

MINUTES = int(rules.WINDOW.total_seconds() // 60)


def admit(action: Action, address: str) -> Sequence[int]:
    """Count this attempt on an address, or answer 429 when there were too many. Give it to `forgive` if it was good."""
    return admit_within(rules.limits_on(action, address=address, network=network()))


def admit_within(limits: Sequence[Limit]) -> Sequence[int]:
    """The same, with limits of the caller's own."""
    now = clock.now()
    with transaction():
        noted = service.note_attempt(limits, now=now)
    if queries.are_exceeded(limits, now=now):
        forgive(noted)
        raise TooManyRequests(retry_after=MINUTES * 60)
    return noted


def forgive(noted: Sequence[int]) -> None:
    """Stop counting an attempt."""
    with transaction():
        service.forget_attempt(noted)


def network() -> str:
    """Where the request comes from: who the connection comes from; behind trusted proxies ProxyFix has put that right."""
    return rules.network_of(request.remote_addr)
