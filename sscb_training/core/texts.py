"""Texts of letters: words with named fields, ((name)), and nothing that could run or reach further than these.

A text is looked through for fields once, and each gives way to its value. A value is never looked through again,
whatever it holds. A paragraph with a field that may be empty is left out whole while that field is empty.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Text as LongText
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, belongs_to, db

FIELD = re.compile(r"\(\(([^()]*)\)\)")
PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
TURNS_WRITING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Invisible marks that let a text read as another one than it is."""


@dataclass(frozen=True)
class Field:
    """One thing that a letter can say. `gives` tells staff what it is, and `example` stands in a preview.

    `in_subject`: anybody may see it over a shoulder; of a discreet course the preview's subject has `discreet`.
    `is_address`: it can be followed only on a line of its own.
    """

    gives: str
    example: str
    may_be_empty: bool = False
    in_subject: bool = False
    is_address: bool = False
    discreet: str = ""


@dataclass(frozen=True)
class Kind:
    """One letter whose text staff may change: to whom it goes, its fields, and those that no text of it may lose.

    `widened` adds to what a letter is written about whatever its fields ask for beside.
    """

    template: str
    name: str
    moment: str
    to: str
    fields: Mapping[str, Field]
    must_say: frozenset[str]
    widened: Callable[[Mapping[str, object]], dict[str, object]] = dict


class Text(NamedTuple):
    """What a letter says, before its fields are filled in."""

    subject: str
    body: str


class LetterText(Base):
    """What staff wrote in place of a letter's text as delivered; empty once they went back to that."""

    __tablename__ = "letter_text"

    template: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(LongText)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = belongs_to("person.id")

    @property
    def text(self) -> Text:
        return Text(self.subject, self.body)

    @property
    def is_as_delivered(self) -> bool:
        return not self.body


def text_in_force(kind: Kind, delivered: Text) -> Text:
    """What staff wrote, while it fits the letter's fields; else the text as delivered."""
    row = db.session.execute(_WRITTEN, {"template": kind.template}).first()
    if row is None or not row.body or any(problems(kind, Text(*row))):
        return delivered
    return Text(*row)


def names_in(text: str) -> list[str]:
    """The fields that a text names, in their order, however they are spaced and capitalised."""
    return [_plain(name) for name in FIELD.findall(text)]


def filled(kind: Kind, text: str, values: Mapping[str, str]) -> str:
    """The text with its fields' values, without the paragraphs that have nothing to say."""
    return "\n\n".join(
        FIELD.sub(lambda found: values[_plain(found[1])].strip(), paragraph)
        for paragraph in PARAGRAPHS.split(text.strip())
        if not any(
            kind.fields[name].may_be_empty and not values[name].strip() for name in names_in(paragraph)
        )
    )


def problems(kind: Kind, text: Text) -> Iterator[tuple[str, str]]:
    """What keeps a text from being used, in words for whoever wrote it: ("subject" or "body", why)."""
    yield from (("subject", why) for why in _problems_of_subject(kind, text.subject))
    yield from (("body", why) for why in _problems_of_body(kind, text.body))


def _problems_of_subject(kind: Kind, subject: str) -> Iterator[str]:
    yield from _problems_of_either(kind, subject)
    for name in dict.fromkeys(names_in(subject)):
        if name in kind.fields and not kind.fields[name].in_subject:
            may = [f"(({one}))" for one, field in kind.fields.items() if field.in_subject]
            yield (
                f"(({name})) cannot stand in a subject, which others may see. "
                f"These can: {', '.join(may) or 'none'}"
            )


def _problems_of_body(kind: Kind, body: str) -> Iterator[str]:
    yield from _problems_of_either(kind, body)
    missing = [f"(({name}))" for name in kind.fields if name in kind.must_say - set(names_in(body))]
    if missing:
        yield f"The text must say {' and '.join(missing)}, or nobody can act on the letter"
    for paragraph in PARAGRAPHS.split(body.strip()):
        names = [name for name in names_in(paragraph) if name in kind.fields]
        empty = next((name for name in names if kind.fields[name].may_be_empty), "")
        lost = next(
            (name for name in names if name in kind.must_say and not kind.fields[name].may_be_empty), ""
        )
        if empty and lost:
            yield (
                f"(({empty})) can be empty, and its paragraph is then left out. "
                f"Give (({lost})) a paragraph without it"
            )
    for line in body.splitlines():
        for name in names_in(line):
            if name in kind.fields and kind.fields[name].is_address and not FIELD.fullmatch(line.strip()):
                yield f"(({name})) must be on a line of its own, so that it can be followed"


def _problems_of_either(kind: Kind, text: str) -> Iterator[str]:
    unknown = [name for name in dict.fromkeys(names_in(text)) if name not in kind.fields]
    if unknown:
        there_is = ", ".join(f"(({name}))" for name in kind.fields)
        yield f"There is no field {', '.join(f'(({name[:40]}))' for name in unknown[:5])}. There is {there_is}"
    if "((" in FIELD.sub("", text):
        yield "A field begins with two brackets and ends with two, like ((name)). One does not end"
    if TURNS_WRITING.search(text):
        yield "There is an invisible mark that turns the direction of writing. Type the words again without it"


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


_WRITTEN = select(LetterText.subject, LetterText.body).where(LetterText.template == bindparam("template"))
