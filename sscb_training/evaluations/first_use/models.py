"""What was asked about the first use of a tool, and what was answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.evaluations.models import Obstacle


class Asked(StrEnum):
    """Who is asked about an accreditation."""

    HOLDER = "holder"
    MANAGER = "manager"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Answer(StrEnum):
    """Whether the tool was used."""

    USED = "used"
    NOT_YET = "not_yet"
    CANNOT_SAY = "cannot_say"

    @property
    def label(self) -> str:
        return {Answer.USED: "Yes", Answer.CANNOT_SAY: "I cannot say"}.get(self, "Not yet")


class FirstUse(Base):
    """One question about one accreditation, to its holder or to the manager of that day, answered once.

    `email` is where the letter went: the manager's stays who they were. `obstacle` is what stands in the way of somebody
    who has not used it yet.
    """

    __tablename__ = "first_use"

    accreditation_id: Mapped[int] = belongs_to("accreditation.id", index=False)
    asked: Mapped[Asked] = mapped_column(words(Asked))
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[Answer | None] = mapped_column(words(Answer))
    obstacle: Mapped[Obstacle | None] = mapped_column(words(Obstacle))

    accreditation: Mapped[Accreditation] = relationship()

    __table_args__ = (
        UniqueConstraint("accreditation_id", "asked"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="is_answered_at_a_moment"),
    )


unanswered = FirstUse.answered_at.is_(None)
Index("ix_first_use_unanswered", FirstUse.asked_at, sqlite_where=unanswered, postgresql_where=unanswered)
