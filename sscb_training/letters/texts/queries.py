"""What the letters say now, who wrote it, and how it would look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from sscb_training.core.db import db, row_or_none
from sscb_training.core.mail import as_delivered
from sscb_training.core.texts import Kind, LetterText, Text, filled, problems
from sscb_training.letters.kinds import KINDS, MOMENTS, PUBLIC
from sscb_training.people.models import Person


@dataclass(frozen=True)
class Line:
    """One letter in the list of all: whether staff wrote its text, who and when, and whether that still fits."""

    kind: Kind
    written: LetterText | None
    by: str
    fits: bool


def lines_by_moment() -> Mapping[str, Sequence[Line]]:
    """Every letter whose text can be changed, in the order of the journey; in one query."""
    query = select(LetterText, Person.name).outerjoin(Person, Person.id == LetterText.changed_by_id)
    written = {row.template: (row, name or "") for row, name in db.session.execute(query)}
    lines = [_line(kind, *written.get(kind.template, (None, ""))) for kind in KINDS.values()]
    return {moment: [line for line in lines if line.kind.moment == moment] for moment in MOMENTS}


def _line(kind: Kind, row: LetterText | None, by: str) -> Line:
    if row is None or row.is_as_delivered:
        return Line(kind, None, "", fits=True)
    return Line(kind, row, by, fits=not any(problems(kind, row.text)))


def written_for(kind: Kind) -> LetterText | None:
    """What staff wrote for this letter at some time, if they did; it may be empty by now."""
    return row_or_none(select(LetterText).where(LetterText.template == kind.template))


def text_shown(kind: Kind, written: LetterText | None) -> Text:
    """What somebody who changes the text finds in the form."""
    return as_delivered(kind.template) if written is None or written.is_as_delivered else written.text


def mark_of(text: Text) -> str:
    """A short mark by which two texts can be told apart."""
    return sha256("\n".join(text).encode()).hexdigest()


@dataclass(frozen=True)
class Example:
    """A letter as it would look. `title` says for which course, and with what."""

    title: str
    text: Text


def examples(kind: Kind, text: Text, *, public_url: str) -> Sequence[Example]:
    """The letter with all that it can say; then of a discreet course, with no more than it must say."""
    full = {name: field.example.replace(PUBLIC, public_url) for name, field in kind.fields.items()}
    note = "discreet note"
    usual = full | {note: ""}
    least = {
        name: "" if kind.fields[name].may_be_empty and name != note else value for name, value in full.items()
    }
    discreet = least | {name: field.discreet for name, field in kind.fields.items() if field.discreet}
    shown = [Example("With everything that it can say", _filled(kind, text, usual, usual))]
    if note in kind.fields:
        title = "For a course that subjects do not name, with nothing that may be empty"
        shown.append(Example(title, _filled(kind, text, discreet, least)))
    return shown


def _filled(kind: Kind, text: Text, outside: Mapping[str, str], inside: Mapping[str, str]) -> Text:
    return Text(" ".join(filled(kind, text.subject, outside).split()), filled(kind, text.body, inside))
