"""Freezing a report, and deleting a frozen copy for a reason."""

from datetime import datetime

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.people.models import Person
from sscb_training.reports.board import rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.board.report import report


class FrozenRefused(Refused):
    """A copy that is gone already."""


def freeze(asked: Asked, *, title: str, note: str = "", by: Person, now: datetime) -> FrozenReport:
    """Keep the report's figures as they are now. No later correction moves them."""
    copy = FrozenReport(
        title=title,
        note=note,
        agency_id=asked.agency.id if asked.agency else None,
        is_published=asked.is_published,
        begin=asked.begin,
        end=asked.end,
        as_at=asked.as_at,
        known_on=asked.known_on,
        content=rules.as_json(report(asked, now=now)),
        frozen_at=now,
        frozen_by=by,
    )
    db.session.add(copy)
    history.record("froze", copy, by=by, at=now, title=title, begin=copy.begin, end=copy.end)
    return copy


def delete(copy: FrozenReport, *, because: str, by: Person, now: datetime) -> None:
    """Take the figures away, once; that there was a copy, who deleted it and why stay."""
    lock(copy)
    if copy.deleted_at is not None:
        raise FrozenRefused("This copy is deleted already")
    copy.content = None
    copy.deleted_at, copy.deleted_by_id, copy.deleted_because = now, by.id, because
    history.record("deleted", copy, by=by, at=now, because=because)
