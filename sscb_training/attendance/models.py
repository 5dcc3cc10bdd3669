"""Registers and attendance marks."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import SessionPart, TrainingSession
from sscb_training.people.models import Membership, Person


class Mark(StrEnum):
    """What a trainer saw of a delegate in one part."""

    ATTENDED = "attended"
    LATE = "late"
    LEFT_EARLY = "left_early"
    DID_NOT_ATTEND = "did_not_attend"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


TAKES_MINUTES = frozenset({Mark.LATE, Mark.LEFT_EARLY})
MOST_MINUTES = 999


class Seen(NamedTuple):
    """A mark with the minutes that were missed, where somebody asked for them.

    Its `word`, "attended" or "late/15", stands for it wherever it is kept or sent as text.
    """

    mark: Mark
    minutes: int | None = None

    @property
    def word(self) -> str:
        return self.mark.value if self.minutes is None else f"{self.mark.value}/{self.minutes}"

    @classmethod
    def read(cls, word: str) -> Self:
        """What the word stands for. Raises ValueError when it is none."""
        mark, slash, typed = word.partition("/")
        if not slash:
            return cls(Mark(mark))
        if Mark(mark) not in TAKES_MINUTES or not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
            raise ValueError(word)
        return cls(Mark(mark), int(typed))

    @property
    def label(self) -> str:
        missed = {None: "", 1: ", 1 minute missed"}.get(self.minutes, f", {self.minutes} minutes missed")
        return self.mark.label + missed


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
    minutes_missed: Mapped[int | None]

    session_part: Mapped[SessionPart] = relationship()
    booking: Mapped[Booking] = relationship()

    __table_args__ = (
        UniqueConstraint("session_part_id", "booking_id"),
        CheckConstraint("minutes_missed BETWEEN 0 AND 999", name="minutes_are_few"),
    )


class Confirmation(Base):
    """The word that a scheme wants of a delegate's manager: whether they are ready. Without it nothing is awarded.

    The manager is whoever it was when they were asked; with no address board staff answer. `withdrawn_at`: a corrected
    register does not ask it any more.
    """

    __tablename__ = "confirmation"

    booking_id: Mapped[int] = belongs_to("booking.id", index=False)
    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id")
    manager_name: Mapped[str] = mapped_column(default="")
    manager_email: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None]
    is_ready: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship()
    scheme: Mapped[AccreditationScheme] = relationship()

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    __table_args__ = (
        UniqueConstraint("booking_id", "scheme_id"),
        CheckConstraint("(is_ready IS NULL) = (answered_at IS NULL)", name="is_answered_at_a_moment"),
    )


class SentMark(Base):
    """A mark that a phone sent and that was taken, by the key which the phone gave it: sent again, it is the same."""

    __tablename__ = "sent_mark"

    key: Mapped[str] = mapped_column(unique=True)
    booking_id: Mapped[int] = belongs_to("booking.id")
    taken_at: Mapped[datetime]


class CheckIn(Base):
    """A delegate's own word, given at the door, that they are there for a part: a note for the trainer, and no mark."""

    __tablename__ = "check_in"

    session_part_id: Mapped[int] = belongs_to("session_part.id", index=False)
    booking_id: Mapped[int] = belongs_to("booking.id")
    checked_in_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("session_part_id", "booking_id"),)


class DoorRequest(Base):
    """Somebody without a place who asks at the door to be let in, in one of their jobs; gone once it is answered."""

    __tablename__ = "door_request"

    session_part_id: Mapped[int] = belongs_to("session_part.id", index=False)
    person_id: Mapped[int] = belongs_to("person.id")
    membership_id: Mapped[int | None] = belongs_to("membership.id")
    asked_at: Mapped[datetime]

    session_part: Mapped[SessionPart] = relationship()
    person: Mapped[Person] = relationship()
    membership: Mapped[Membership | None] = relationship()

    __table_args__ = (UniqueConstraint("session_part_id", "person_id"),)
