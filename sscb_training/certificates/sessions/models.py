"""Sendings of certificates."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from sscb_training.core.db import Base, belongs_to
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person


class CertificateSending(Base):
    """That staff asked for the certificates of a session to be emailed, and when all of it was in the outbox."""

    __tablename__ = "certificate_sending"

    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = belongs_to("person.id", index=False)
    finished_at: Mapped[datetime | None]

    training_session: Mapped[TrainingSession] = relationship()
    asked_by: Mapped[Person | None] = relationship()


unfinished = CertificateSending.finished_at.is_(None)
Index(
    "uq_certificate_sending_one_at_a_time",
    CertificateSending.training_session_id,
    unique=True,
    sqlite_where=unfinished,
    postgresql_where=unfinished,
)
Index("ix_certificate_sending_training_session_id", CertificateSending.training_session_id)
