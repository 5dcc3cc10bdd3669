"""What changes people: accounts, memberships, roles, sign-ins and one-time links."""

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import update

from sscb_training.core.db import db
from sscb_training.people.models import Person, SignIn


def hashed(token: str) -> str:
    """What the database keeps of a random token."""
    return sha256(token.encode()).hexdigest()


def begin_sign_in(person: Person, *, device: str, now: datetime) -> str:
    """Note a new sign-in; the token that its cookie carries."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(person_id=person.id, token_hash=hashed(token), device=device, started_at=now, last_seen_at=now)
    )
    return token


def end_sign_in(token: str, *, now: datetime) -> None:
    """End the sign-in of this token; nothing when there is none."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == hashed(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_every_sign_in(person: Person, *, now: datetime) -> None:
    """Sign the person out everywhere."""
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
