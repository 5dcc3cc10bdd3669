"""Whether wrong codes are many."""

from datetime import datetime

from sscb_training.certificates.check import rules
from sscb_training.people.accounts.queries import are_exceeded


def wrong_codes_are_many(*, now: datetime) -> bool:
    """Whether everybody's wrong codes together are more than people mistype."""
    return are_exceeded([rules.EVERYBODYS], now=now)
