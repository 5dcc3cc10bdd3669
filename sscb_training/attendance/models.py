"""Registers and attendance marks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import SessionPart, TrainingSession


class Mark(StrEnum):
    """What a trainer saw of a delegate in one part."""

    ATTENDED = "attended"
    LATE = "late"
    LEFT_EARLY = "left_early"
    DID_NOT_ATTEND = "did_not_attend"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Register(Base):
    """The register of a training session: open until `closed_at` is set; re-opening empties it again."""

    __tablename__ = "register"

    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False, unique=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None]

    training_session: Mapped[TrainingSession] = relationship()


class AttendanceMark(Base):
    """One delegate, one part, one mark; the latest, with the earlier ones in the history."""

    __tablename__ = "attendance_mark"

    session_part_id: Mapped[int] = belongs_to("session_part.id", index=False)
    booking_id: Mapped[int] = belongs_to("booking.id")
    mark: Mapped[Mark] = mapped_column(words(Mark))
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None]

    session_part: Mapped[SessionPart] = relationship()
    booking: Mapped[Booking] = relationship()

    __table_args__ = (UniqueConstraint("session_part_id", "booking_id"),)
