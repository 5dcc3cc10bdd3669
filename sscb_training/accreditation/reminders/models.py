"""Which stages of running out an accreditation has had."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, belongs_to


class ExpiryReminder(Base):
    """That a stage was seen to: so many `days_before` the expiry, 0 once it is over; and how many letters that made."""

    __tablename__ = "expiry_reminder"

    accreditation_id: Mapped[int] = belongs_to("accreditation.id", index=False)
    days_before: Mapped[int]
    seen_to_at: Mapped[datetime]
    letters: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("accreditation_id", "days_before"),)
