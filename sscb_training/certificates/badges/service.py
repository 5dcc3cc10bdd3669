"""What makes keys, withdraws them, and signs."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from sscb_training.certificates.badges import queries, signatures
from sscb_training.certificates.badges.models import BadgeKey
from sscb_training.core import history
from sscb_training.core.db import db, lock, row_or_none
from sscb_training.core.encryption import decrypted, encrypted
from sscb_training.core.errors import Refused


class BadgeRefused(Refused):
    """There is no key that signs, or none of this name."""


def make_key(*, now: datetime) -> BadgeKey:
    """A new key, which signs from now on. Those of before stay published."""
    public, pem = signatures.new_key()
    key = BadgeKey(name=signatures.thumbprint(public), public=public, private=encrypted(pem), made_at=now)
    db.session.add(key)
    history.record("made", key, by=None, at=now, key=key.name)
    return key


def withdraw_key(name: str, *, now: datetime) -> BadgeKey:
    """Publish a key no longer, because somebody else may have it. No badge that it signed passes a check again."""
    key = row_or_none(select(BadgeKey).where(BadgeKey.name == name, BadgeKey.withdrawn_at.is_(None)))
    if key is None:
        raise BadgeRefused(f"No published key is called {name}. flask badges keys lists them.")
    lock(key)
    key.withdrawn_at = now
    history.record("withdrawn", key, by=None, at=now, key=name)
    return key


def sign(claims: dict[str, Any], *, issuer_id: str) -> str:
    """The claims as a token of the board, signed with the newest key."""
    key = queries.signing_key()
    pem = decrypted(key.private) if key is not None else None
    if key is None or pem is None:
        raise BadgeRefused("Badges cannot be signed at present. Tell the board’s training team.")
    return signatures.signed(claims, pem=pem, header={"kid": f"{issuer_id}#{key.name}", "jwk": key.public})
