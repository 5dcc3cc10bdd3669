"""What changes the texts of letters. A letter that is in the outbox already keeps what it says."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.mail import as_delivered
from sscb_training.core.texts import Kind, LetterText, Text, problems
from sscb_training.letters.texts import queries
from sscb_training.people.models import Person


class TextRefused(Refused):
    """A text that no letter may have."""


class ChangedMeanwhile(Refused):
    """A text that is not any more what its reader saw when they began to write."""


def change_text(kind: Kind, *, subject: str, body: str, shown: str, by: Person, now: datetime) -> None:
    """Have the letter say this from now on, if it still says what was `shown` to whoever wrote it."""
    text = Text(subject, body)
    for _, why in problems(kind, text):
        raise TextRefused(why)
    _write(kind, text, shown=shown, verb="changed", by=by, now=now)


def restore_text(kind: Kind, *, shown: str, by: Person, now: datetime) -> None:
    """Go back to the text as delivered; what was written is kept in the history."""
    _write(kind, as_delivered(kind.template), shown=shown, verb="put back", by=by, now=now)


def _write(kind: Kind, text: Text, *, shown: str, verb: str, by: Person, now: datetime) -> None:
    written = _held(kind, now)
    before = queries.text_shown(kind, written)
    if queries.mark_of(before) != shown:
        raise ChangedMeanwhile(
            "Somebody changed this text while you wrote. Read what it says now, below: "
            "what you save takes its place"
        )
    if text == before:
        return
    written.subject, written.body = ("", "") if text == as_delivered(kind.template) else text
    written.changed_at, written.changed_by_id = now, by.id
    changes = {
        name: [old, new]
        for name, old, new in zip(("subject_line", "text"), before, text, strict=True)
        if old != new
    }
    history.record(verb, written, by=by, at=now, **changes)


def _held(kind: Kind, now: datetime) -> LetterText:
    """The letter's row, locked; two who are the first to write come one after the other as well."""
    if queries.written_for(kind) is None:
        try:
            with db.session.begin_nested():
                db.session.add(LetterText(template=kind.template, subject="", body="", changed_at=now))
        except IntegrityError:
            pass  # somebody else was quicker, and the row is there
    written = queries.written_for(kind)
    assert written is not None  # noqa: S101 - one of the two has added it
    lock(written)
    return written
