"""What the worker does for people."""

from datetime import datetime

from sscb_training.core.transaction import transaction
from sscb_training.people.accounts import service


def forget_old_sign_ins(now: datetime) -> int:
    """Delete sign-ins, links and failed attempts that no longer matter."""
    with transaction():
        return service.forget_what_is_over(now=now)
