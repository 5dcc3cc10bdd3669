"""The history as a page tells it: newest first, with names and in words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, column, select, table

from sscb_training.core.db import Base, db
from sscb_training.core.history import HistoryEntry
from sscb_training.core.times import clock_time, plain_date

ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z))?")
LONGEST = 200

# People come after the core in the story, so their table is named here and not imported.
person = table("person", column("id", Integer), column("name", String))


@dataclass(frozen=True)
class Event:
    """One thing that was done: in the verb's words, by whom, to which row, and what it changed, one line each."""

    words: str
    at: datetime
    who: str
    lines: Sequence[str]
    subject_id: int = 0


def events_about(*subjects: Base, most: int = 50) -> Sequence[Event]:
    """What happened to these rows of one table, newest first, in one query. Actions of the service have no `who`."""
    if not subjects:
        return []
    query = (
        select(HistoryEntry, person.c.name)
        .outerjoin(person, person.c.id == HistoryEntry.actor_id)
        .where(
            HistoryEntry.subject_type == subjects[0].__tablename__,
            HistoryEntry.subject_id.in_([subject.id for subject in subjects]),
        )
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(most)
    )
    return [
        Event(
            words=entry.verb[:1].upper() + entry.verb[1:],
            at=entry.at,
            who=who or "",
            lines=list(_lines(entry)),
            subject_id=entry.subject_id,
        )
        for entry, who in db.session.execute(query)
    ]


def _lines(entry: HistoryEntry) -> Iterator[str]:
    """A list of two is what was before and what is now, as `history.amend` gives it, and shown whole; a fact is no list."""
    kinds = Base.metadata.tables[entry.subject_type].columns
    for name, value in entry.detail.items():
        label = name.replace("_", " ").replace("url", "address").capitalize()
        kind = getattr(kinds[name].type, "enum_class", None) if name in kinds else None
        if isinstance(value, list) and len(value) == 2 and value[0] != value[1]:
            before, now = (_in_words(item, kind) or "nothing" for item in value)
            yield f"{label}: was {before}, now {now}"
        elif words := _in_words(value, kind):
            yield f"{label}: {words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + '…'}"


def _in_words(value: Any, kind: type[Any] | None) -> str:
    """What the history keeps, as a page says it: words of a column of words by their labels."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_in_words(item, kind) for item in value)
    if kind is not None and value in {member.value for member in kind}:
        return str(getattr(kind(value), "label", value))
    return ISO.sub(_in_a_calendar, " ".join(str(value).split()))


def _in_a_calendar(found: re.Match[str]) -> str:
    if found[1] is None:
        return plain_date(date.fromisoformat(found[0]))
    moment = datetime.fromisoformat(found[0])
    return f"{plain_date(moment)} at {clock_time(moment)}"
