"""Two people who edit one thing at once: who changes different answers keeps theirs, who changes the same is told.

A form over what is there carries a digest of each answer as it was shown. Once the row is held, an answer that its
person left as it was shown is what it is by now; one that both changed goes back to whoever came second, with what
the other entered and when. Sent again, it stands.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Self

from wtforms import BooleanField, Field, FieldList, FormField

from sscb_training.core.db import Base, Row, lock
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form, hidden, name_of, tidy
from sscb_training.core.timeline import events_about
from sscb_training.core.times import clock_time, plain_date

LONGEST = 200


class Overtaken(Refused):
    """Somebody else changed the same answers meanwhile."""


class EditForm(Form):
    """A form over what is there already; the page shows `form.shown` within it."""

    shown = hidden(max_length=20_000)

    @classmethod
    def from_request(cls, **usual: Any) -> Self:
        form = super().from_request(**usual)
        if not form.is_submitted():
            form.shown.data = json.dumps(_digests(form))
        return form

    @property
    def answers(self) -> dict[str, Any]:
        return {name: answer for name, answer in super().answers.items() if name != "shown"}

    def settle(self, row: Row, now: Callable[[Row], Mapping[str, Any]]) -> None:
        """Hold the row, take over what others changed meanwhile, and refuse where this person changed the same.

        `now` gives the row's usual answers.
        """
        lock(row)
        self.settle_with(now(row), about=row)

    def settle_with(self, now: Mapping[str, Any], *, about: Base | None = None) -> None:
        """The same for answers that are no row's; whatever keeps others from changing them is the caller's."""
        theirs = type(self)(formdata=None, data=now)
        shown, mine, by_now = _shown(self.shown.data), _digests(self), _digests(theirs)
        whole = {name.partition("-")[0] for name in shown.keys() ^ mine.keys() | mine.keys() ^ by_now.keys()}
        clashing = []
        for name, field in _questions(self, whole):
            was, is_now, typed = (_of(name, digests) for digests in (shown, by_now, mine))
            other = dict(_questions(theirs, whole)).get(name)
            if other is None or not was or is_now in (was, typed):
                continue
            if typed == was:
                field.raw_data = None
                field.process(None, other.data)
            else:
                clashing.append((field, other))
        if clashing:
            self.shown.data = json.dumps(by_now)
            self._say_what_clashes(clashing, about)

    def _say_what_clashes(self, clashing: list[tuple[Field, Field]], about: Base | None) -> None:
        events = events_about(about) if about is not None else []
        told = (event for event in events if any(": was " in line for line in event.lines))
        last = next(told, None)
        who = (last and last.who) or "Somebody else"
        when = f" on {plain_date(last.at)} at {clock_time(last.at)}" if last else ""
        for field, other in clashing:
            field.errors = [
                f"{who} changed {name_of(field)} to “{_in_words(field, other)}”. Enter that, or save again to keep yours"
            ]
        for several in self:
            if isinstance(several, FieldList) and any(entry.errors for entry in several):
                several.errors = [entry.errors for entry in several]
        raise Overtaken(
            f"{who} saved changes{when}, while you had this page open. Nothing of yours is saved yet."
        )


def _questions(form: Form, whole: frozenset[str] | set[str] = frozenset()) -> Iterator[tuple[str, Field]]:
    """Each question by its name in the form, those of repeated parts one by one; a list in `whole` counts as one."""
    for field in form:
        if field.name == "shown":
            continue
        if isinstance(field, FieldList) and field.name not in whole:
            for entry in field:
                yield from _questions(entry.form) if isinstance(entry, FormField) else [(entry.name, entry)]
        else:
            yield field.name, field


def _digests(form: Form) -> dict[str, str]:
    """Each answer in a few characters, so that a page does not carry long texts twice."""
    return {name: sha256(_plain(field.data).encode()).hexdigest()[:12] for name, field in _questions(form)}


def _of(name: str, digests: Mapping[str, str]) -> str:
    """The digest of a question; of a list that counts as one, those of all its questions."""
    parts = [f"{key}={value}" for key, value in sorted(digests.items()) if key.startswith(f"{name}-")]
    return digests.get(name) or ";".join(parts)


def _plain(answer: Any) -> str:
    """An answer as text, the same for two that mean the same."""
    if isinstance(answer, list | tuple):
        return json.dumps(sorted(map(str, answer)))
    return "" if answer in (None, "", []) else str(tidy(answer))


def _shown(kept: str | None) -> dict[str, str]:
    """What the page carried; nothing when somebody else wrote it."""
    try:
        found = json.loads(kept or "")
    except ValueError:
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _in_words(field: Field, other: Any) -> str:
    """The other's answer as this page would show it."""
    if isinstance(other, FieldList):
        return f"{len(other)} of them"
    if isinstance(other, BooleanField):
        return "yes" if other.data else "no"
    if hasattr(field, "choices"):
        chosen = {str(one) for one in (other.data if isinstance(other.data, list) else [other.data])}
        labels = [str(choice.label) for choice in field.choices or () if str(choice.value or None) in chosen]
        return ", ".join(labels) or "nothing"
    words = str(other._value()).strip() or "nothing"
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
