"""Each cell that was changed after closing, with what it said before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sscb_training.attendance import rules
from sscb_training.attendance.models import Register, Seen
from sscb_training.attendance.queries import register_of
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.history import HistoryEntry
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person

OWN_REASON = {"assessed again": "Assessed again", "assessed online": "Online quiz"}
"""What is done to a closed register without re-opening it, and is its own reason."""


@dataclass(frozen=True)
class Change:
    """One mark or score that was changed after closing: whose, by whom, when, and why.

    That is why the register was re-opened; an assessment needs no open register and is its own reason.
    """

    at: datetime
    who: str
    delegate: str
    what: str
    was: str
    now: str
    reason: str


def changes(training_session: TrainingSession) -> Sequence[Change]:
    """Every change since the register was first closed, newest first."""
    register = register_of(training_session)
    if register is None:
        return []
    done = db.session.execute(
        select(HistoryEntry, Person.name)
        .outerjoin(Person, Person.id == HistoryEntry.actor_id)
        .where(HistoryEntry.subject_type == Register.__tablename__, HistoryEntry.subject_id == register.id)
        .order_by(HistoryEntry.at, HistoryEntry.id)
    )
    delegates = dict(
        db.session.execute(
            select(Booking.id, Person.name)
            .join(Booking.person)
            .where(Booking.training_session_id == training_session.id)
        ).all()
    )
    found: list[Change] = []
    reason = ""
    for entry, name in done:
        reason = entry.detail.get("reason", reason)
        why = OWN_REASON.get(entry.verb, reason)
        if why:
            found += [
                Change(entry.at, name or "", delegates.get(booking_id, ""), what, was, now, why)
                for booking_id, what, was, now in _cells(training_session, entry.detail)
            ]
    return found[::-1]


def _cells(
    training_session: TrainingSession, detail: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, str]]:
    """Whose booking, what of it, what it was and what it became."""
    every = training_session.parts
    parts = {part.id: rules.part_name(part.title, part.position, of=len(every)) for part in every}
    for cell, (before, after) in detail.get("marks", {}).items():
        booking_id, _, part_id = cell.partition("/")
        yield int(booking_id), parts.get(int(part_id), "") or "Attendance", _mark(before), _mark(after)
    for booking_id, (before, after) in detail.get("scores", {}).items():
        yield int(booking_id), "Assessment score", _score(before), _score(after)


def _mark(word: str | None) -> str:
    return Seen.read(word).label if word else "Not marked"


def _score(percent: int | None) -> str:
    return "No score" if percent is None else f"{percent}%"
