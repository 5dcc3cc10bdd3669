"""Questions about accounts: attempts that count, links that still work, accounts that were asked for."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from sscb_training.core.db import db, row_or_none
from sscb_training.people.accounts.rules import ASKED_FOR_KEPT, WINDOW, Limit
from sscb_training.people.models import FailedAttempt, OneTimeLink, Purpose
from sscb_training.people.rules import fold_email
from sscb_training.people.service import hashed


def are_exceeded(limits: Iterable[Limit], *, now: datetime) -> bool:
    """Whether there are more attempts under any of these keys than its limit."""
    limits = list(limits)
    query = (
        select(FailedAttempt.key, func.count(FailedAttempt.id))
        .where(FailedAttempt.key.in_([limit.key for limit in limits]), FailedAttempt.at > now - WINDOW)
        .group_by(FailedAttempt.key)
    )
    most = {limit.key: limit.most for limit in limits}
    return any(number > most[key] for key, number in db.session.execute(query))


def live_link(token: str, *purposes: Purpose, now: datetime) -> OneTimeLink | None:
    """The link that this token belongs to, while it works and is for one of these purposes."""
    return row_or_none(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hashed(token),
            OneTimeLink.purpose.in_(purposes),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )


def asked_for_account(email: str, *, now: datetime) -> OneTimeLink | None:
    """The newest account that was asked for with this address and waits to be confirmed, its link over or not."""
    return row_or_none(
        select(OneTimeLink)
        .where(
            OneTimeLink.email_key == fold_email(email),
            OneTimeLink.person_id.is_(None),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.made_at > now - ASKED_FOR_KEPT,
        )
        .order_by(OneTimeLink.id.desc())
    )
