"""Files that were read without fault and wait for somebody's word."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, belongs_to


class AuditImport(Base):
    """The rows of a workbook, by sheet, as `files.sheets_of` gives them. It goes once its audit is a draft."""

    __tablename__ = "audit_import"

    name: Mapped[str]
    sheets: Mapped[dict[str, Any]] = mapped_column(JSON)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = belongs_to("person.id", index=False)
