"""Who has signed in on this device: the cookie holds a random token, the database what it stands for.

Because every request looks the token up, a sign-out, an ended sign-in, a suspension or a changed role holds
at the very next request (promises P9 and P12). Only routes may use this module.
"""

from datetime import timedelta
from typing import cast

from flask import Flask, Request, g, request, session
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import contains_eager

from sscb_training.core import clock
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Membership, Person, SignIn

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)

# Every request of somebody signed in asks this, so it is built once: building it took longer than answering it.
IN_FORCE = (
    select(SignIn, exists().where(Membership.manager_email == Person.email_key))
    .join(SignIn.person)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.last_seen_at > bindparam("idle_since"),
        SignIn.started_at > bindparam("too_long_since"),
    )
    .options(contains_eager(SignIn.person).joinedload(Person.role_grants))
)


def current_person() -> Person:
    """The person who opened this page. For views that let only the signed-in in."""
    return cast(Person, current_user._get_current_object())


def current_person_or_none() -> Person | None:
    """The person who opened this public page, when signed in."""
    return current_person() if current_user.is_authenticated else None


def whose_sign_in_ended() -> int | None:
    """Whose sign-in on this device is over, by idling or from elsewhere; nothing when there was none."""
    return db.session.scalar(
        select(SignIn.person_id).where(SignIn.token_hash == service.hashed(session.get("token", "")))
    )


def sign_in(person: Person) -> None:
    """Begin a sign-in on this device, under a new token; whatever the cookie held before is dropped."""
    with transaction():
        service.end_sign_in(session.get("token", ""), now=clock.now())
        token = service.begin_sign_in(person, device=_device(request), now=clock.now())
    session.clear()
    session["token"] = token
    g._login_user = person


def is_this_device(sign_in: SignIn) -> bool:
    """Whether this is the sign-in that the page was opened with."""
    return sign_in.token_hash == service.hashed(session.get("token", ""))


def sign_out() -> None:
    """End this device's sign-in, so that even a copied cookie is dead."""
    with transaction():
        service.end_sign_in(session.get("token", ""), now=clock.now())
    session.clear()


def _load(_request: Request) -> Person | None:
    token = session.get("token")
    if not isinstance(token, str) or g.get("viewer_is_unknown"):
        return None
    now = clock.now()
    given = {"token_hash": service.hashed(token), "idle_since": now - IDLE, "too_long_since": now - LONGEST}
    row = db.session.execute(IN_FORCE, given).unique().first()
    if row is None or not row[0].person.is_active:
        return None
    found, manages_somebody = row
    if found.last_seen_at <= now - SEEN_EVERY:
        with transaction():
            found.last_seen_at = now
    person: Person = found.person
    person.manages_somebody = manages_somebody
    return person


def _device(asking: Request) -> str:
    return (asking.user_agent.string or "")[:200]


def init_app(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the token is looked up at every request, which is stronger
    manager.request_loader(_load)
    manager.init_app(app)
