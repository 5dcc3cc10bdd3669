"""The frozen copies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.agencies.models import Agency
from sscb_training.core.db import Base, belongs_to
from sscb_training.people.models import Person


class FrozenReport(Base):
    """A report as it was printed on a day: of the board, or of one agency. `content` is never changed.

    A deleted one keeps its line, with who deleted it and why, and loses its figures.
    """

    __tablename__ = "frozen_report"

    title: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    agency_id: Mapped[int | None] = belongs_to("agency.id")
    is_published: Mapped[bool] = mapped_column(default=False)
    begin: Mapped[date]
    end: Mapped[date]
    as_at: Mapped[date]
    known_on: Mapped[date]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    frozen_at: Mapped[datetime]
    frozen_by_id: Mapped[int | None] = belongs_to("person.id")
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None]
    deleted_because: Mapped[str] = mapped_column(Text, default="")

    agency: Mapped[Agency | None] = relationship()
    frozen_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        CheckConstraint("(deleted_at IS NULL) = (content IS NOT NULL)", name="has_figures_until_deleted"),
        CheckConstraint("deleted_at IS NULL OR deleted_because <> ''", name="is_deleted_for_a_reason"),
    )
