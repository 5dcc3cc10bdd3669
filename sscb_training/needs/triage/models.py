"""Findings that say again what an earlier audit found."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from sscb_training.core.db import Base

recurring_finding = Table(
    "recurring_finding",
    Base.metadata,
    Column("finding_id", ForeignKey("finding.id"), primary_key=True),
    Column("earlier_id", ForeignKey("finding.id"), primary_key=True, index=True),
    CheckConstraint("finding_id <> earlier_id", name="another_finding"),
)
