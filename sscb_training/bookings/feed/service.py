"""What changes somebody's calendar feed."""

import secrets
from datetime import datetime

from sscb_training.bookings.feed import queries
from sscb_training.bookings.models import CalendarFeed
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.people.models import Person
from sscb_training.people.service import hashed


def make_address(person: Person, *, now: datetime) -> str:
    """Give the person a new secret, which this alone ever tells; one that they had before opens nothing from now on."""
    lock(person)
    token = secrets.token_urlsafe(32)
    feed = queries.feed_of(person)
    if feed is None:
        db.session.add(CalendarFeed(person_id=person.id, token_hash=hashed(token), made_at=now))
    else:
        feed.token_hash, feed.made_at = hashed(token), now
    history.record("calendar address made", person, by=person, at=now)
    return token


def remove_address(person: Person, *, now: datetime) -> None:
    """Close the person's feed."""
    lock(person)
    feed = queries.feed_of(person)
    if feed is not None:
        db.session.delete(feed)
        history.record("calendar address removed", person, by=person, at=now)
