"""Agencies, staff groups and headcount returns."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.core.db import Base, belongs_to, words


class Sector(StrEnum):
    """What kind of organisation an agency is."""

    SOCIAL_CARE = "social_care"
    EARLY_HELP = "early_help"
    EDUCATION = "education"
    EARLY_YEARS = "early_years"
    PRIMARY_CARE = "primary_care"
    COMMUNITY_HEALTH = "community_health"
    HOSPITAL = "hospital"
    MENTAL_HEALTH = "mental_health"
    POLICE = "police"
    PROBATION = "probation"
    HOUSING = "housing"
    SUBSTANCE_USE = "substance_use"
    VOLUNTARY = "voluntary"
    OTHER = "other"

    @property
    def label(self) -> str:
        return SECTOR_LABELS.get(self, self.value.replace("_", " ").capitalize())


SECTOR_LABELS = {
    Sector.SOCIAL_CARE: "Children’s social care",
    Sector.SUBSTANCE_USE: "Substance use services",
    Sector.VOLUNTARY: "Voluntary and community",
    Sector.HOSPITAL: "Hospital trust",
}


class Agency(Base):
    """An employing organisation, from `valid_from` until `valid_to` (the last day), when a successor may follow."""

    __tablename__ = "agency"

    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str] = mapped_column(default="")
    sector: Mapped[Sector] = mapped_column(words(Sector), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = belongs_to("agency.id")

    successor: Mapped["Agency | None"] = relationship(remote_side="Agency.id")

    def is_current(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class StaffGroup(Base):
    """A kind of worker, as the board groups them: health visitors, designated safeguarding leads."""

    __tablename__ = "staff_group"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)


class Headcount(Base):
    """How many of a staff group an agency says it employs, on a date, from a source. Returns are kept, not changed."""

    __tablename__ = "headcount"

    agency_id: Mapped[int] = belongs_to("agency.id", index=False)
    staff_group_id: Mapped[int] = belongs_to("staff_group.id")
    number: Mapped[int]
    as_at: Mapped[date]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]

    agency: Mapped[Agency] = relationship()
    staff_group: Mapped[StaffGroup] = relationship()

    __table_args__ = (
        CheckConstraint("number >= 0", name="number_is_not_negative"),
        Index("ix_headcount_latest", "agency_id", "staff_group_id", "as_at", "recorded_at"),
    )
