"""What holders ask for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.core.db import Base, belongs_to
from sscb_training.people.models import Person


class ReissueRequest(Base):
    """That somebody wants their certificates in the name that they have now; `was_granted` once it is answered."""

    __tablename__ = "reissue_request"

    person_id: Mapped[int] = belongs_to("person.id")
    words: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    was_granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (was_granted IS NULL)", name="is_answered_at_a_moment"),
    )


unanswered = ReissueRequest.answered_at.is_(None)
Index(
    "uq_reissue_request_one_open",
    ReissueRequest.person_id,
    unique=True,
    sqlite_where=unanswered,
    postgresql_where=unanswered,
)
