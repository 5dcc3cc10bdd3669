"""Questions of a register, and about who came without a booking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sscb_training.attendance import rules
from sscb_training.attendance.models import MOST_MINUTES, TAKES_MINUTES, Mark, Seen
from sscb_training.attendance.queries import Sheet
from sscb_training.attendance.service import Basis, Overtaken, Overtaking
from sscb_training.core.db import row_key
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form, long_text
from sscb_training.core.times import clock_time, plain_date

BAD_MARK = "Select Attended, Late, Left early or Did not attend. Nothing was saved."
BAD_MINUTES = f"enter the minutes missed as a whole number from 0 to {MOST_MINUTES}"
BAD_SCORE = "Enter the score as a percentage from 0 to 100, or like 9/10"


@dataclass
class Cell:
    """One answer of a register, as typed; looks enough like a field for the error summary."""

    id: str
    value: str
    whose: str
    errors: list[str] = field(default_factory=list)
    type: str = "Cell"
    widget: None = None


class RegisterForm:
    """The marks and scores that somebody changed, out of a whole register that was sent.

    The fields are `mark-BOOKING-PART`, `minutes-BOOKING-PART` and `score-BOOKING`. `shown` tells what the page showed
    when it was opened: whatever is still so was not touched, and what was touched is based on it. A register has too
    many fields, and too simple ones, for a form class.
    """

    def __init__(self, sheet: Sheet, *, now: datetime, sent: Mapping[str, str] | None) -> None:
        self._sheet = sheet
        self._sent = sent
        self.form_errors: list[str] = []
        self.marks: dict[tuple[int, int], Seen] = {}
        self.scores: dict[int, int | None] = {}
        self.open_parts = {
            part.id
            for part in sheet.training_session.parts_on
            if rules.may_be_marked(part.starts_at, now=now)
        }
        self._stored = {f"mark-{b}-{p}": seen.word for (b, p), seen in sheet.seen.items()} | {
            f"score-{booking.id}": str(percent)
            for booking in sheet.delegates
            if (percent := sheet.percent(booking.id)) is not None
        }
        self._before = self._stored if sent is None else _as_shown(sent.get("shown", ""))
        self._cells: dict[str, Cell] = {}
        self._names = {booking.id: booking.person.name for booking in sheet.delegates}
        self._parts = {
            part.id: rules.part_name(part.title, part.position, of=len(sheet.training_session.parts))
            for part in sheet.training_session.parts
        }

    def value(self, name: str) -> str:
        """What a field shows: as it was sent, else as it is stored."""
        stored = self._stored.get(name.replace("minutes-", "mark-"), "")
        mark, _, minutes = stored.partition("/")
        stored = minutes if name.startswith("minutes-") else mark
        return stored if self._sent is None else self._sent.get(name, stored)[:20]

    def errors_of(self, name: str) -> list[str]:
        """What is wrong with one answer."""
        return self._cells[name].errors if name in self._cells else []

    @property
    def shown(self) -> str:
        """What the page shows, or showed when it was opened, for its hidden field."""
        return " ".join(f"{name}={value}" for name, value in self._before.items())

    def accepted(self) -> bool:
        """Whether it was sent and every answer has the right shape."""
        if self._sent is None:
            return False
        for name, value in self._sent.items():
            if name.startswith("mark-"):
                self._read_mark(name, value)
            elif name.startswith("score-") and self._before.get(name, "") != value.strip():
                self._read_score(name, value.strip())
        return not self.errors

    @property
    def based_on(self) -> Basis:
        """What the page showed of what was changed."""
        return Basis(
            {(b, p): _seen(self._before.get(f"mark-{b}-{p}", "")) for b, p in self.marks},
            {b: _number(self._before.get(f"score-{b}", "")) for b in self.scores},
        )

    def _read_mark(self, name: str, value: str) -> None:
        before, minutes = self._before.get(name, ""), name.replace("mark-", "minutes-")
        was_made, _, missed = before.partition("/")
        typed = self._sent[minutes].strip() if self._sent and minutes in self._sent else None
        if typed is None:
            typed = missed if value == was_made else ""
        word = f"{value}/{typed}" if typed and value in TAKES_MINUTES else value
        if word == before:
            return
        ids = [row_key(part) for part in name.split("-")[1:]]
        if len(ids) != 2 or None in ids or value not in set(Mark):
            self.form_errors = [BAD_MARK]
            return
        cell = ids[0] or 0, ids[1] or 0
        try:
            self.marks[cell] = Seen.read(word)
        except ValueError:
            self._cell(minutes, cell).errors.append(f"{self._whose(*cell)}: {BAD_MINUTES}")

    def _read_score(self, name: str, value: str) -> None:
        booking_id = row_key(name.removeprefix("score-"))
        if booking_id is None:
            self.form_errors = [BAD_SCORE]
            return
        try:
            self.scores[booking_id] = rules.percent(value) if value else None
        except ValueError:
            if booking_id not in self._names or not self._sheet.assessed:
                self.form_errors = [BAD_SCORE]
            else:
                words = f"{self._names[booking_id]}: {BAD_SCORE[0].lower()}{BAD_SCORE[1:]}"
                self._cell(name, (booking_id, None)).errors.append(words)

    def _cell(self, name: str, cell: tuple[int, int | None]) -> Cell:
        field_id = f"{name}-1" if name.startswith("mark-") else name
        return self._cells.setdefault(name, Cell(field_id, self.value(name), self._whose(*cell)))

    def _whose(self, booking_id: int, part_id: int | None) -> str:
        names = [self._names.get(booking_id, ""), self._parts.get(part_id or 0, "")]
        return ", ".join(filter(None, names))

    def refuse(self, refusal: Refused) -> None:
        """Put a rule's refusal on the form; what somebody else did meanwhile beside each answer that it concerns.

        From then on the page has shown it: sent again, what this person chooses stands.
        """
        self.form_errors.append(str(refusal))
        for one in refusal.overtakings if isinstance(refusal, Overtaken) else ():
            stands = one.theirs.word if isinstance(one.theirs, Seen) else str(one.theirs or "")
            name = f"mark-{one.booking_id}-{one.part_id}" if one.part_id else f"score-{one.booking_id}"
            self._before = {**self._before, name: stands}
            if one.part_id:
                yours = self.marks[one.booking_id, one.part_id].label
                words = f"{overtaken_in_words(one)}. You chose {yours}"
            else:
                theirs = "no score" if one.theirs is None else f"{one.theirs}%"
                words = f"somebody entered {theirs} meanwhile. You entered {self.value(name) or 'no score'}"
            cell = self._cell(name, (one.booking_id, one.part_id))
            cell.errors.append(f"{cell.whose}: {words}")

    @property
    def errors(self) -> list[str]:
        return self.form_errors + [error for cell in self for error in cell.errors]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells.values())


def _as_shown(pairs: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in pairs.split() if "=" in pair)


def _seen(word: str) -> Seen | None:
    """The mark of a word that the page carried; nothing when somebody else wrote it."""
    try:
        return Seen.read(word) if word else None
    except ValueError:
        return None


def _number(word: str) -> int | None:
    return row_key(word)


def overtaken_in_words(one: Overtaking) -> str:
    """What somebody else did with a cell: "Cara Board marked Late at 9:04am"."""
    if not isinstance(one.theirs, Seen) or one.made is None:
        return "somebody took the mark back"
    return (
        f"{one.made.who} marked {one.theirs.label} at {clock_time(one.made.at)} on {plain_date(one.made.at)}"
    )


class ReopenForm(Form):
    """Why a closed register is opened again."""

    reason = long_text(
        "Why does it have to be changed?",
        required="Enter why the register is re-opened",
        hint="Kept in the register’s history.",
        lines=3,
        max_length=500,
    )
