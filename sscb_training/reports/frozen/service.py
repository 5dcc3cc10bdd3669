"""Freezing a report, and deleting a frozen copy for a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.identifying import refuse_a_childs
from sscb_training.people.models import Person
from sscb_training.reports.board import rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.board.report import report


class FrozenRefused(Refused):
    """A copy that is gone already, or must not be called so."""


@dataclass(frozen=True)
class Figures:
    """What a report says at a moment, to be frozen."""

    asked: Asked
    content: dict[str, Any]
    gathered_at: datetime


def gather(asked: Asked, *, now: datetime) -> Figures:
    """The report's figures as they are now. It takes seconds in a large county, so it comes before the transaction that
    keeps them: SQLite has one writer at a time, and bookings would wait."""
    return Figures(asked, rules.as_json(report(asked, now=now)), now)


def keep(figures: Figures, *, title: str, note: str, by: Person) -> FrozenReport:
    """Freeze what somebody asked for by hand, in words that hold nothing of a child."""
    refuse_a_childs(title, note, refused=FrozenRefused)
    return freeze(figures, title=title, note=note, by=by)


def freeze(figures: Figures, *, title: str, note: str = "", by: Person) -> FrozenReport:
    """Keep a report's figures as they were gathered. No later correction moves them."""
    asked, now = figures.asked, figures.gathered_at
    copy = FrozenReport(
        title=title,
        note=note,
        agency_id=asked.agency.id if asked.agency else None,
        is_published=asked.is_published,
        begin=asked.begin,
        end=asked.end,
        as_at=asked.as_at,
        known_on=asked.known_on,
        content=figures.content,
        frozen_at=now,
        frozen_by=by,
    )
    db.session.add(copy)
    history.record("froze", copy, by=by, at=now, title=title, begin=copy.begin, end=copy.end)
    return copy


def delete(copy: FrozenReport, *, because: str, by: Person, now: datetime) -> None:
    """Take the figures away, once; that there was a copy, who deleted it and why stay."""
    refuse_a_childs(because, refused=FrozenRefused)
    lock(copy)
    if copy.deleted_at is not None:
        raise FrozenRefused("This copy is deleted already.")
    copy.content = None
    copy.deleted_at, copy.deleted_by_id, copy.deleted_because = now, by.id, because
    history.record("deleted", copy, by=by, at=now, because=because)
