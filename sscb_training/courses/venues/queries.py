"""Venues, and what is to come there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, not_, select

from sscb_training.core.db import number, row_or_none, rows
from sscb_training.courses.models import SessionPart, TrainingSession, Venue
from sscb_training.courses.queries import planned, shown_in_lists


def venues(*, closed: bool = False) -> Sequence[Venue]:
    """The venues in use by name, or those closed."""
    in_use = Venue.closed_at.is_(None)
    return rows(select(Venue).where(not_(in_use) if closed else in_use).order_by(Venue.name))


def venue_named(name: str) -> Venue | None:
    """The venue of this name, whatever its capitals."""
    return row_or_none(select(Venue).where(func.lower(Venue.name) == name.lower()))


def dates_too_large_for(venue: Venue, now: datetime) -> Sequence[TrainingSession]:
    """The dates to come with a part at the venue that have more places than it holds, drafts too, the next first."""
    at_the_venue = TrainingSession.parts.any(
        and_(SessionPart.venue_id == venue.id, SessionPart.cancelled_at.is_(None))
    )
    return rows(
        select(TrainingSession)
        .where(planned(now), at_the_venue, TrainingSession.capacity > venue.capacity)
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


def dates_to_come_at(venue: Venue, now: datetime) -> int:
    """How many sessions with a part at the venue, drafts too, are not over."""
    at_the_venue = TrainingSession.parts.any(SessionPart.venue_id == venue.id)
    return number(select(func.count()).select_from(TrainingSession).where(planned(now), at_the_venue))
