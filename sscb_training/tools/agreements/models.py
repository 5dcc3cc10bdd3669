"""Service agreements of agencies."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.core.db import Base, belongs_to
from sscb_training.core.files import KeptFile


class ServiceAgreement(Base):
    """What an agency signed for a tool, from `valid_from` until `valid_to` (the last day), or without an end.

    `responsible` answers for the tool at the agency. A renewal is an agreement of its own. `withdrawn_at`: recorded in
    error, and since then never having held.
    """

    __tablename__ = "service_agreement"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    agency_id: Mapped[int] = belongs_to("agency.id")
    reference: Mapped[str]
    signed_by: Mapped[str]
    responsible: Mapped[str]
    responsible_email: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    file_id: Mapped[int | None] = belongs_to("kept_file.id")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]

    scheme: Mapped[AccreditationScheme] = relationship()
    agency: Mapped[Agency] = relationship()
    file: Mapped[KeptFile | None] = relationship()

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"),
        Index("ix_service_agreement_scheme_id", "scheme_id", "agency_id", "valid_from"),
    )

    def _holds(self, on: date) -> bool:
        """Whether it holds on this day; in SQL too."""
        return (
            self.withdrawn_at is None
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )

    @classmethod
    def _holds_in_sql(cls, on: date) -> ColumnElement[bool]:
        return (
            cls.withdrawn_at.is_(None)
            & (cls.valid_from <= on)
            & (cls.valid_to.is_(None) | (cls.valid_to >= on))
        )

    in_force = hybrid_method(_holds, _holds_in_sql.__func__)  # type: ignore[attr-defined]
