"""Champions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import Base, belongs_to
from sscb_training.people.models import Membership


class Champion(Base):
    """Somebody whom an agency names for a tool, in one job there, from `valid_from` until `valid_to` (the last day).

    Job title, email and phone are what they agreed to show (`agreed_at`), and go once it is over. `ended_at`: they
    declined, stepped back or were taken off.
    """

    __tablename__ = "champion"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    membership_id: Mapped[int] = belongs_to("membership.id")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    agreed_at: Mapped[datetime | None]
    job_title: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]

    scheme: Mapped[AccreditationScheme] = relationship()
    membership: Mapped[Membership] = relationship()

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"),
    )


standing = Champion.ended_at.is_(None)
Index(
    "uq_champion_one_standing",
    Champion.scheme_id,
    Champion.membership_id,
    unique=True,
    sqlite_where=standing,
    postgresql_where=standing,
)
