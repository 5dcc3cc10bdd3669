"""What changes a register mark by mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from sscb_training.attendance import queries as registers
from sscb_training.attendance import rules
from sscb_training.attendance.models import Mark, Seen, SentMark
from sscb_training.attendance.phone import queries
from sscb_training.attendance.queries import Cell
from sscb_training.attendance.service import Overtaking, RegisterRefused, open_register, write_marks
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person


@dataclass(frozen=True)
class Sent:
    """A mark as a phone sends it; without one it takes the delegate's mark back."""

    key: str
    cell: Cell
    seen: Seen | None
    based_on: Seen | None


@dataclass(frozen=True)
class Answer:
    """What became of a sent mark: taken, overtaken by somebody else's, or why it cannot be."""

    overtaken_by: Overtaking | None = None
    why_not: str = ""


TAKEN = Answer()


def take_marks(
    training_session: TrainingSession, sent: Sequence[Sent], *, by: Person | None, now: datetime
) -> Mapping[str, Answer]:
    """Take each of these marks that can be taken, in their order; what became of each, by its key.

    A key that came before is taken already, whatever was done to the mark since. Otherwise a mark stands if the
    register says what it was based on, or the mark itself; if it says anything else, somebody has overtaken it.
    """
    try:
        register = open_register(training_session, now=now)
    except RegisterRefused as refusal:
        known = queries.keys_taken({one.key for one in sent})
        return {one.key: TAKEN if one.key in known else Answer(why_not=str(refusal)) for one in sent}
    known = queries.keys_taken({one.key for one in sent})
    answers = dict.fromkeys(known, TAKEN)
    booking_ids = {one.cell[0] for one in sent}
    before = registers.seen_in(training_session, booking_ids)
    now_seen: dict[Cell, Seen | None] = dict(before)
    hall = _Hall(training_session, sent, now)
    overtaken: dict[str, Cell] = {}
    for one in sent:
        if one.key in answers or one.key in overtaken:
            continue
        if why_not := hall.why_not(one, now_seen):
            answers[one.key] = Answer(why_not=why_not)
        elif rules.is_overtaken(now_seen.get(one.cell), one.seen, based_on=one.based_on):
            overtaken[one.key] = one.cell
        else:
            now_seen[one.cell] = one.seen
            answers[one.key] = TAKEN
    marked = write_marks(before, now_seen, by=by, now=now)
    if marked:
        history.record("saved", register, by=by, at=now, marks=marked)
    new = [one for one in sent if answers.get(one.key) is TAKEN and one.key not in known]
    if new:
        bookings = {one.key: one.cell[0] for one in new}
        db.session.execute(
            insert(SentMark),
            [{"key": key, "booking_id": booking, "taken_at": now} for key, booking in bookings.items()],
        )
    made = registers.made(set(overtaken.values())) if overtaken else {}
    for key, cell in overtaken.items():
        answers[key] = Answer(overtaken_by=Overtaking(*cell, now_seen.get(cell), made.get(cell)))
    return answers


class _Hall:
    """What a register says of single marks; it asks about scores only when somebody is marked as not having come."""

    def __init__(self, training_session: TrainingSession, sent: Sequence[Sent], now: datetime) -> None:
        self.may_be_marked = {
            part.id: rules.may_be_marked(part.starts_at, now=now) for part in training_session.parts_on
        }
        self.booked = queries.parts_booked(training_session, {one.cell[0] for one in sent})
        absent = {one.cell[0] for one in sent if one.seen and one.seen.mark is Mark.DID_NOT_ATTEND}
        self.scored = queries.with_a_score(training_session, absent) if absent else set()

    def why_not(self, one: Sent, seen: Mapping[Cell, Seen | None]) -> str:
        """Why a mark cannot be taken; empty when it can."""
        booking_id, part_id = one.cell
        if booking_id not in self.booked:
            return "They are not on this register any more"
        if part_id not in self.may_be_marked:
            return "This part was cancelled, or is not one of this session"
        if part_id not in self.booked[booking_id]:
            return "They have not booked this part"
        if not self.may_be_marked[part_id]:
            return "This part has not begun yet"
        if booking_id in self.scored:
            after = {**seen, one.cell: one.seen}
            parts = [after.get((booking_id, part)) for part in self.booked[booking_id]]
            if rules.stayed_away(part and part.mark for part in parts):
                return "They have a score, so they cannot be marked Did not attend. Take the score back first"
        return ""
