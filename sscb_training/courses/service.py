"""What the verbs of courses share: how they refuse, and how they record a change."""

from datetime import datetime
from typing import Any

from sscb_training.core import history
from sscb_training.core.errors import Refused
from sscb_training.courses.models import Level, LevelScheme, Theme, Trainer, Venue
from sscb_training.people.models import Person


class CourseRefused(Refused):
    """Why a course, a venue, a trainer or a date cannot be so."""


def record_change(
    verb: str,
    row: Theme | LevelScheme | Level | Venue | Trainer,
    *,
    by: Person | None,
    now: datetime,
    **values: Any,
) -> None:
    """Set these columns, and record what differs; nothing when nothing does."""
    changes = history.amend(row, **values)
    if changes:
        history.record(verb, row, by=by, at=now, **changes)
