"""The history: who did what to which row, in the words of the verbs; sealed so that tampering shows.

Verbs add entries in their own transaction. The worker *seals* them one after the other: each seal is
made from the entry and the seal before it, with a key that the database does not hold. An entry that is
edited, deleted, inserted or moved afterwards breaks the chain, and `flask history verify` says where.
Sealing later rather than in the verb keeps bookings from queueing for the end of the chain.
"""

import hmac
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from flask import current_app
from sqlalchemy import JSON, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, db, rows
from sscb_training.core.transaction import transaction


class HistoryEntry(Base):
    """One thing that somebody did. `seal_position` and `seal` stay empty until the worker has sealed it."""

    __tablename__ = "history_entry"

    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    verb: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seal_position: Mapped[int | None] = mapped_column(unique=True)
    seal: Mapped[str | None]

    __table_args__ = (Index("ix_history_entry_subject", "subject_type", "subject_id"),)


def record(verb: str, subject: Base, *, by: Base | None, at: datetime, **detail: Any) -> None:
    """Add an entry: "cancelled" a booking, by a person (None: the service itself), with what mattered.

    The detail holds settled facts and old values, and no health data.
    """
    db.session.flush()
    db.session.add(
        HistoryEntry(
            at=at,
            actor_id=by.id if by is not None else None,
            verb=verb,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            detail=_plain(detail),
        )
    )


def record_each(
    verb: str, subjects: Iterable[tuple[Base, dict[str, Any]]], *, by: Base | None, at: datetime
) -> None:
    """As `record` for many rows at once, each with its own detail."""
    db.session.flush()
    entries = [
        {
            "at": at,
            "actor_id": by.id if by is not None else None,
            "verb": verb,
            "subject_type": subject.__tablename__,
            "subject_id": subject.id,
            "detail": _plain(detail),
        }
        for subject, detail in subjects
    ]
    if entries:
        db.session.execute(insert(HistoryEntry), entries)


def amend(row: Base, **values: Any) -> dict[str, list[Any]]:
    """Set these columns; what differs, as {column: [before, now]}, ready to record. Empty when nothing did."""
    changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [before, value]
    return changes


def entries_about(*subjects: Base) -> Sequence[HistoryEntry]:
    """What happened to these rows of one table, oldest first."""
    if not subjects:
        return []
    return rows(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_type == subjects[0].__tablename__,
            HistoryEntry.subject_id.in_([subject.id for subject in subjects]),
        )
        .order_by(HistoryEntry.at, HistoryEntry.id)
    )


def seal_new(*, key: str) -> int:
    """Seal what is not sealed yet, in order; how many were. One worker at a time (the caller locks)."""
    last = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.seal_position.is_not(None))
        .order_by(HistoryEntry.seal_position.desc())
    ).first()
    position, before = (last.seal_position or 0, last.seal or "") if last else (0, "")
    new = rows(
        select(HistoryEntry).where(HistoryEntry.seal_position.is_(None)).order_by(HistoryEntry.id).limit(5000)
    )
    for entry in new:
        position += 1
        before = _seal(entry, position, before, key)
        entry.seal_position, entry.seal = position, before
    return len(new)


def seal_job(_now: datetime) -> int:
    """Seal what is new, for the worker."""
    with transaction():
        return seal_new(key=current_app.config["SECRET_KEY"])


@dataclass(frozen=True)
class Verdict:
    """What checking the chain found: how many seals held, and the first that did not."""

    sealed: int
    waiting: int
    broken_at: int | None
    head: str


def verify(*, key: str) -> Verdict:
    """Check every seal. `broken_at` is the position of the first that does not follow from the one before."""
    waiting, expected, before = 0, 1, ""
    every = select(HistoryEntry).order_by(HistoryEntry.seal_position).execution_options(yield_per=1000)
    with closing(db.session.scalars(every)) as entries:
        for entry in entries:
            if entry.seal_position is None:
                waiting += 1
            elif entry.seal_position == expected and entry.seal == _seal(entry, expected, before, key):
                before = entry.seal
                expected += 1
            else:
                return Verdict(expected - 1, waiting, expected, before)
    return Verdict(expected - 1, waiting, None, before)


def _seal(entry: HistoryEntry, position: int, before: str, key: str) -> str:
    content = json.dumps(
        [
            position,
            before,
            entry.at.isoformat(),
            entry.actor_id,
            entry.verb,
            entry.subject_type,
            entry.subject_id,
            entry.detail,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hmac.new(key.encode(), content.encode(), sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
