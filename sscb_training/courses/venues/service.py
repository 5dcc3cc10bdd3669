"""What changes venues."""

from datetime import datetime
from functools import partial

from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.courses.models import Venue
from sscb_training.courses.rules import counted, it_is_or_they_are, it_or_them
from sscb_training.courses.service import CourseRefused, record_change
from sscb_training.courses.venues import queries
from sscb_training.people.models import Person


def add_venue(
    *,
    name: str,
    address: str,
    capacity: int,
    access: str = "",
    map_url: str = "",
    by: Person | None,
    now: datetime,
) -> Venue:
    """A new place to train. Refused under a name that is taken."""
    with only_if_free(partial(_refuse_taken_venue, name)):
        venue = Venue(name=name, address=address, capacity=capacity, access=access, map_url=map_url)
        db.session.add(venue)
    history.record("added", venue, by=by, at=now, name=name, capacity=capacity)
    return venue


def change_venue(
    venue: Venue,
    *,
    name: str,
    address: str,
    capacity: int,
    access: str,
    map_url: str = "",
    by: Person | None,
    now: datetime,
) -> None:
    """Correct what is known of a venue. Dates with more places than it holds by now stay, and its page names them."""
    lock(venue)
    with only_if_free(partial(_refuse_taken_venue, name, but=venue)):
        record_change(
            "changed",
            venue,
            by=by,
            now=now,
            name=name,
            address=address,
            capacity=capacity,
            access=access,
            map_url=map_url,
        )


def close_venue(venue: Venue, *, by: Person | None, now: datetime) -> None:
    """Offer the venue for no more dates. Refused while dates there are to come, drafts too."""
    lock(venue)
    dates = queries.dates_to_come_at(venue, now)
    if dates:
        raise CourseRefused(
            f"{venue.name} has {counted(dates)} still to come, drafts counted. "
            f"Move or cancel {it_or_them(dates)}, or wait until {it_is_or_they_are(dates)} over."
        )
    if venue.closed_at is None:
        venue.closed_at = now
        history.record("closed", venue, by=by, at=now)


def reopen_venue(venue: Venue, *, by: Person | None, now: datetime) -> None:
    """Offer the venue again."""
    lock(venue)
    if venue.closed_at is not None:
        venue.closed_at = None
        history.record("re-opened", venue, by=by, at=now)


def _refuse_taken_venue(name: str, *, but: Venue | None = None) -> None:
    found = queries.venue_named(name)
    if found is not None and found is not but:
        raise CourseRefused(f"There is already a venue called {found.name}. Use that one, or another name.")
