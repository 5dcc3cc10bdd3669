"""What people hold from elsewhere."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.files import KeptFile
from sscb_training.people.models import Person


class ExternalStatus(StrEnum):
    """What became of it."""

    PENDING_EXTERNAL = "pending_external"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return "Waiting for a decision" if self is self.PENDING_EXTERNAL else self.value.capitalize()


class ExternalAccreditation(Base):
    """What somebody says that another area accredited them in, as that area dated it; it never changes.

    Once accepted, `accreditation` is what counts.
    """

    __tablename__ = "external_accreditation"

    person_id: Mapped[int] = belongs_to("person.id")
    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id")
    area: Mapped[str]
    awarded_on: Mapped[date]
    expires_on: Mapped[date | None]
    evidence_id: Mapped[int] = belongs_to("kept_file.id")
    status: Mapped[ExternalStatus] = mapped_column(
        words(ExternalStatus), default=ExternalStatus.PENDING_EXTERNAL, index=True
    )
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    accreditation_id: Mapped[int | None] = belongs_to("accreditation.id")

    person: Mapped[Person] = relationship()
    scheme: Mapped[AccreditationScheme] = relationship()
    evidence: Mapped[KeptFile] = relationship()
    accreditation: Mapped[Accreditation | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(status = 'accepted') = (accreditation_id IS NOT NULL)", name="accepted_is_an_accreditation"
        ),
        CheckConstraint("expires_on >= awarded_on", name="ends_after_it_begins"),
    )

    @property
    def is_waiting(self) -> bool:
        return self.status is ExternalStatus.PENDING_EXTERNAL


waiting = ExternalAccreditation.status == ExternalStatus.PENDING_EXTERNAL
Index(
    "uq_external_accreditation_one_waiting",
    ExternalAccreditation.person_id,
    ExternalAccreditation.scheme_id,
    unique=True,
    sqlite_where=waiting,
    postgresql_where=waiting,
)
