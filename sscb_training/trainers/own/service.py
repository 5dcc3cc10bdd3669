"""What a trainer says of their own time."""

from datetime import datetime

from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.courses.models import Trainer
from sscb_training.courses.pool.models import TimeAway
from sscb_training.people.models import Person


class TimeRefused(Refused):
    """A time that cannot be entered so."""


def add_time_away(
    trainer: Trainer,
    *,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    by: Person | None,
    now: datetime,
) -> TimeAway:
    """Note that a trainer cannot train in this time. Dates that they are down for stay: staff see both."""
    if ends_at <= starts_at:
        raise TimeRefused("The end must be after the start.")
    if ends_at <= now:
        raise TimeRefused("The time must still be to come.")
    one = TimeAway(trainer=trainer, starts_at=starts_at, ends_at=ends_at, note=note)
    db.session.add(one)
    db.session.flush()
    history.record("cannot train", trainer, by=by, at=now, starts_at=starts_at, ends_at=ends_at)
    return one


def remove_time_away(one: TimeAway, *, by: Person | None, now: datetime) -> None:
    """Take it back: the trainer can train after all."""
    history.record(
        "can train after all", one.trainer, by=by, at=now, starts_at=one.starts_at, ends_at=one.ends_at
    )
    db.session.delete(one)
