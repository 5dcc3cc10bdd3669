"""What stands on a sign-in sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sscb_training.attendance.models import Seen
from sscb_training.attendance.queries import Sheet
from sscb_training.bookings.models import Booking
from sscb_training.core.db import rows
from sscb_training.courses.models import SessionPart


@dataclass(frozen=True)
class PaperLine:
    """One delegate of a part, with the number by which the paper knows them and what is marked so far."""

    number: int
    booking: Booking
    seen: Seen | None


def lines(sheet: Sheet, part: SessionPart) -> Sequence[PaperLine]:
    """Who is on this part's paper, by name."""
    number = _numbers(sheet)
    return [
        PaperLine(number[booking.id], booking, sheet.seen.get((booking.id, part.id)))
        for booking in sheet.delegates
        if part in booking.parts
    ]


def _numbers(sheet: Sheet) -> Mapping[int, int]:
    """The number of each booking of the session, those that ended too: the order in which they were made."""
    made = select(Booking.id).where(Booking.training_session_id == sheet.training_session.id)
    return {booking_id: number for number, booking_id in enumerate(rows(made.order_by(Booking.id)), 1)}


def state(lines: Sequence[PaperLine]) -> str:
    """All that was marked when somebody looked, in a few signs: whether it has changed since."""
    return " ".join(f"{line.booking.id}={line.seen.word if line.seen else ''}" for line in lines)
