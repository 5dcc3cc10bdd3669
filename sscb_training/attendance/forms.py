"""Questions of a register, and about who came without a booking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sscb_training.agencies.queries import current_agencies, staff_groups
from sscb_training.attendance import rules
from sscb_training.attendance.models import Mark
from sscb_training.attendance.queries import Sheet
from sscb_training.core import clock
from sscb_training.core.db import row_key
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form, email, long_text, pick, text

BAD_MARK = "Select Attended, Late, Left early or Did not attend. Nothing was saved."
BAD_SCORE = "Enter the score as a percentage from 0 to 100, or like 9/10"


@dataclass
class ScoreField:
    """One delegate's score, as typed; looks enough like a field for the error summary."""

    id: str
    value: str
    whose: str
    errors: list[str] = field(default_factory=list)
    type: str = "ScoreField"
    widget: None = None


class RegisterForm:
    """The marks and scores that somebody changed, out of a whole register that was sent.

    The fields are `mark-BOOKING-PART` and `score-BOOKING`. `shown` tells what the page showed when it was opened:
    whatever is still so was not touched, and must not overwrite what another trainer saved meanwhile. A
    register has too many fields, and too simple ones, for a form class.
    """

    def __init__(self, sheet: Sheet, *, now: datetime, sent: Mapping[str, str] | None) -> None:
        self._sheet = sheet
        self._sent = sent
        self.form_errors: list[str] = []
        self.marks: dict[tuple[int, int], Mark] = {}
        self.scores: dict[int, int | None] = {}
        self.open_parts = {
            part.id
            for part in sheet.training_session.parts_on
            if rules.may_be_marked(part.starts_at, now=now)
        }
        self._stored = {f"mark-{b}-{p}": mark.value for (b, p), mark in sheet.marks.items()} | {
            f"score-{booking.id}": str(percent)
            for booking in sheet.delegates
            if (percent := sheet.percent(booking.id)) is not None
        }
        self._score_fields = {
            booking.id: ScoreField(
                f"score-{booking.id}", self.value(f"score-{booking.id}"), booking.person.name
            )
            for booking in (sheet.delegates if sheet.assessed else [])
        }

    def value(self, name: str) -> str:
        """What a field shows: as it was sent, else as it is stored."""
        stored = self._stored.get(name, "")
        return stored if self._sent is None else self._sent.get(name, stored)[:20]

    def score(self, booking_id: int) -> ScoreField:
        return self._score_fields[booking_id]

    @property
    def shown(self) -> str:
        """What the page showed when it was opened, for its hidden field."""
        if self._sent is not None and "shown" in self._sent:
            return self._sent["shown"]
        return " ".join(f"{name}={value}" for name, value in self._stored.items())

    def accepted(self) -> bool:
        """Whether it was sent and every answer has the right shape."""
        if self._sent is None:
            return False
        before = dict(pair.split("=", 1) for pair in self.shown.split() if "=" in pair)
        for name, value in self._sent.items():
            if name.startswith("mark-") and before.get(name) != value:
                self._read_mark(name, value)
            elif name.startswith("score-") and before.get(name, "") != value.strip():
                self._read_score(name, value.strip())
        return not self.errors

    def _read_mark(self, name: str, value: str) -> None:
        ids = [row_key(part) for part in name.split("-")[1:]]
        if len(ids) != 2 or None in ids or value not in set(Mark):
            self.form_errors = [BAD_MARK]
        else:
            self.marks[ids[0] or 0, ids[1] or 0] = Mark(value)

    def _read_score(self, name: str, value: str) -> None:
        booking_id = row_key(name.removeprefix("score-"))
        if booking_id is None:
            self.form_errors = [BAD_SCORE]
            return
        try:
            self.scores[booking_id] = rules.percent(value) if value else None
        except ValueError:
            scored = self._score_fields.get(booking_id)
            if scored is None:
                self.form_errors = [BAD_SCORE]
            else:
                scored.errors.append(f"{scored.whose}: {BAD_SCORE[0].lower()}{BAD_SCORE[1:]}")

    def refuse(self, refusal: Refused) -> None:
        """Put a rule's refusal on the form."""
        self.form_errors.append(str(refusal))

    @property
    def errors(self) -> list[str]:
        return self.form_errors + [error for score in self for error in score.errors]

    def __iter__(self) -> Iterator[ScoreField]:
        return iter(self._score_fields.values())


class ReopenForm(Form):
    """Why a closed register is opened again."""

    reason = long_text(
        "Why does it have to be changed?",
        required="Enter why the register is re-opened",
        hint="Kept in the register’s history.",
        lines=3,
        max_length=500,
    )


def _agencies() -> dict[int, str]:
    return {agency.id: agency.name for agency in current_agencies(clock.today())}


def _staff_groups() -> dict[int, str]:
    return {group.id: group.name for group in staff_groups()}


class NewcomerForm(Form):
    """The least that must be known of somebody who came and is not found."""

    name = text("Full name", required="Enter their full name", max_length=120)
    agency_id = pick("Agency", _agencies, required="Select their agency")
    email: Any = email(
        "Email address (optional)",
        required="",
        hint="Their own at work. With it they can see their training record later.",
        autocomplete="off",
    )
    job_title = text("Job title", required="Enter their job title", max_length=120)
    staff_group_id = pick("Staff group", _staff_groups, required="Select their staff group")
