"""When a trainer cannot train, and whom staff asked to train on a date."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.times import clock_words, local, short_date
from sscb_training.courses.models import Trainer, TrainingSession
from sscb_training.people.models import Person


class TimeAway(Base):
    """A time in which a trainer cannot train, as they said themselves. The note is for the board's staff."""

    __tablename__ = "time_away"

    trainer_id: Mapped[int] = belongs_to("trainer.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")

    trainer: Mapped[Trainer] = relationship()

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),)

    @property
    def words(self) -> str:
        """1 Feb 2027 to 5 Feb 2027, when it is whole days; otherwise 7 Dec 2026 8am to 7 Dec 2026 midday."""
        starts, ends = local(self.starts_at), local(self.ends_at)
        if starts.time() == ends.time() == time():
            first, last = short_date(starts.date()), short_date(ends.date() - timedelta(days=1))
            return first if first == last else f"{first} to {last}"
        return f"{short_date(starts)} {clock_words(starts.time())} to {short_date(ends)} {clock_words(ends.time())}"


class InvitationState(StrEnum):
    """What became of an invitation to train. It is withdrawn by staff, or when the trainer is taken off the date again."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class TrainerInvitation(Base):
    """A trainer who was asked to train on a date. Once accepted they are one of its trainers."""

    __tablename__ = "trainer_invitation"

    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False)
    trainer_id: Mapped[int] = belongs_to("trainer.id")
    state: Mapped[InvitationState] = mapped_column(words(InvitationState), default=InvitationState.INVITED)
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[int | None] = belongs_to("person.id")
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    training_session: Mapped[TrainingSession] = relationship()
    trainer: Mapped[Trainer] = relationship()
    invited_by: Mapped[Person | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is InvitationState.INVITED


Index("ix_trainer_invitation_training_session_id", TrainerInvitation.training_session_id)
live = TrainerInvitation.state.in_((InvitationState.INVITED, InvitationState.ACCEPTED))
Index(
    "uq_trainer_invitation_one_live",
    TrainerInvitation.training_session_id,
    TrainerInvitation.trainer_id,
    unique=True,
    sqlite_where=live,
    postgresql_where=live,
)
