"""How agencies' agreements for a scheme's tool are dealt with."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import Base, belongs_to


class ToolSetting(Base):
    """What the board says of a scheme's tool; a scheme without one needs no agreement.

    `is_licensed`: agencies sign an agreement, and one without it is shown as a gap. From `agreement_needed_from` on its
    people do not have the resources either.
    """

    __tablename__ = "tool_setting"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False, unique=True)
    is_licensed: Mapped[bool] = mapped_column(default=False)
    agreement_needed_from: Mapped[date | None]

    scheme: Mapped[AccreditationScheme] = relationship()

    __table_args__ = (
        CheckConstraint("is_licensed OR agreement_needed_from IS NULL", name="only_a_licence_is_needed"),
    )

    def needs_agreement(self, on: date) -> bool:
        """Whether resources wait for the agency's agreement on this day."""
        return self.agreement_needed_from is not None and self.agreement_needed_from <= on
