"""Certificates."""

from datetime import date, datetime

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to


class Certificate(Base):
    """What one completed booking proves, word for word as it was issued; nothing moves it afterwards.

    `days` are those of the parts that the delegate came to, with a part made up in place of the missed one, and
    `minutes` their length. `check_code` opens nothing yet and is long enough never to be guessed.
    """

    __tablename__ = "certificate"

    booking_id: Mapped[int] = belongs_to("booking.id", index=False)
    check_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    course_title: Mapped[str]
    version: Mapped[int]
    days: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    board: Mapped[str]
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship()

    @property
    def dates(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.days]


stands = Certificate.withdrawn_at.is_(None)
Index(
    "uq_certificate_one_of_a_booking",
    Certificate.booking_id,
    unique=True,
    sqlite_where=stands,
    postgresql_where=stands,
)
Index("ix_certificate_booking_id", Certificate.booking_id)
