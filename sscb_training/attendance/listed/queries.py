"""Registers as they are listed, by their turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, case, func, null, select

from sscb_training.attendance.models import Register
from sscb_training.attendance.queries import sessions_of
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import SessionPart, TrainingSession
from sscb_training.courses.queries import sessions_trained_by
from sscb_training.people.models import Person


class Turn(StrEnum):
    """When a register's turn is."""

    TODAY = "today"
    TO_CLOSE = "to_close"
    COMING = "coming"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return "Not closed yet" if self is Turn.TO_CLOSE else self.value.capitalize()


@dataclass(frozen=True)
class RegisterLine:
    """One register in a list. `part` is the next from today on, or the first of a session that is over."""

    training_session: TrainingSession
    turn: Turn
    closed_at: datetime | None
    delegates: int
    part: SessionPart


def registers_seen_by(viewer: Person, *, now: datetime) -> Select[Any]:
    """A trainer's own registers, or all for board staff: today's, those to close, those coming, those closed.

    Each row is the session, its turn, when it was closed and how many delegates it has.
    """
    turn = _turn(now)
    delegates = (
        select(func.count(Booking.id))
        .where(Booking.training_session_id == TrainingSession.id, Booking.status == BookingStatus.CONFIRMED)
        .scalar_subquery()
    )
    place = case({word: position for position, word in enumerate(Turn)}, value=turn)
    return (
        sessions_of(viewer)
        .outerjoin(Register, Register.training_session_id == TrainingSession.id)
        .add_columns(turn, Register.closed_at, delegates)
        .order_by(
            place,
            case((Register.closed_at.is_(None), TrainingSession.starts_at), else_=null()),
            TrainingSession.starts_at.desc(),
            TrainingSession.id,
        )
    )


def _turn(now: datetime) -> Any:
    today = london_date(now)
    begins, ends = at_london(today), at_london(today + timedelta(days=1))
    is_today = TrainingSession.parts.any(
        (SessionPart.starts_at >= begins)
        & (SessionPart.starts_at < ends)
        & SessionPart.cancelled_at.is_(None)
    )
    return case(
        (Register.closed_at.is_not(None), Turn.CLOSED.value),
        (is_today, Turn.TODAY.value),
        (TrainingSession.ends_at <= now, Turn.TO_CLOSE.value),
        else_=Turn.COMING.value,
    )


def register_lines(found: Sequence[Any], *, today: date) -> Sequence[RegisterLine]:
    """The rows of `registers_seen_by` by name."""
    return [
        RegisterLine(
            training_session,
            Turn(turn),
            closed_at,
            delegates,
            next(
                (part for part in training_session.parts_on if london_date(part.starts_at) >= today),
                training_session.parts_on[0],
            ),
        )
        for training_session, turn, closed_at, delegates in found
    ]


def by_turn(lines: Sequence[RegisterLine]) -> Sequence[tuple[Turn, Sequence[RegisterLine]]]:
    """The lines under their turns, in the order of the turns; a turn without any is left out."""
    groups = [(turn, [line for line in lines if line.turn is turn]) for turn in Turn]
    return [(turn, group) for turn, group in groups if group]


def registers_to_take(trainer: Person, now: datetime) -> Sequence[RegisterLine]:
    """What waits for this trainer: today's registers, then those of the past that nobody closed."""
    own = registers_seen_by(trainer, now=now).where(
        TrainingSession.id.in_(sessions_trained_by(trainer)),
        _turn(now).in_([Turn.TODAY.value, Turn.TO_CLOSE.value]),
    )
    return register_lines(db.session.execute(own).all(), today=london_date(now))
