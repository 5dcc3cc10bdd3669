"""Agencies, staff groups and headcount returns."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
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
    named_workforces: Mapped[list["NamedWorkforce"]] = relationship(order_by="NamedWorkforce.id")

    @property
    def keeps_people_here(self) -> bool:
        """Whether its people stand here by name, so that their number may serve where it has sent no return."""
        return any(one.withdrawn_at is None for one in self.named_workforces)

    def is_current(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class StaffGroup(Base):
    """A kind of worker, as the board groups them: health visitors, designated safeguarding leads."""

    __tablename__ = "staff_group"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)


class Confidence(StrEnum):
    """How an agency came to a number."""

    COUNTED = "counted"
    ESTIMATED = "estimated"
    BEST_GUESS = "best_guess"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Headcount(Base):
    """How many of a staff group an agency says it employs, on a date, from a source. Returns are kept, not changed.

    A second number for the same day `corrects` the one before it, so that a return that is sent twice cannot stand
    twice. One recorded in error is withdrawn, as known from then on, and what it corrected stands again. `confidence`
    is empty where nobody was asked for it.
    """

    __tablename__ = "headcount"

    agency_id: Mapped[int] = belongs_to("agency.id", index=False)
    staff_group_id: Mapped[int] = belongs_to("staff_group.id")
    number: Mapped[int]
    as_at: Mapped[date]
    source: Mapped[str]
    confidence: Mapped[Confidence | None] = mapped_column(words(Confidence))
    corrects_id: Mapped[int | None] = belongs_to("headcount.id", index=False)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None]
    why_withdrawn: Mapped[str] = mapped_column(Text, default="", server_default="")

    agency: Mapped[Agency] = relationship()
    staff_group: Mapped[StaffGroup] = relationship()
    corrects: Mapped["Headcount | None"] = relationship(remote_side="Headcount.id")

    __table_args__ = (
        CheckConstraint("number >= 0", name="number_is_not_negative"),
        Index("ix_headcount_latest", "agency_id", "staff_group_id", "as_at", "recorded_at"),
    )


is_first_of_its_day = Headcount.corrects_id.is_(None) & Headcount.withdrawn_at.is_(None)
Index(
    "uq_headcount_first_of_a_day",
    Headcount.agency_id,
    Headcount.staff_group_id,
    Headcount.as_at,
    unique=True,
    sqlite_where=is_first_of_its_day,
    postgresql_where=is_first_of_its_day,
)
Index(
    "uq_headcount_corrected_once",
    Headcount.corrects_id,
    unique=True,
    sqlite_where=Headcount.withdrawn_at.is_(None),
    postgresql_where=Headcount.withdrawn_at.is_(None),
)


class NamedWorkforce(Base):
    """That an agency keeps its people here, from when it was recorded until it was withdrawn.

    The number of its people in a staff group then serves as the headcount where it has sent no return.
    """

    __tablename__ = "named_workforce"

    agency_id: Mapped[int] = belongs_to("agency.id")
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


Index(
    "uq_named_workforce_one_stands",
    NamedWorkforce.agency_id,
    unique=True,
    sqlite_where=NamedWorkforce.withdrawn_at.is_(None),
    postgresql_where=NamedWorkforce.withdrawn_at.is_(None),
)


class HeadcountRequest(Base):
    """The board asks an agency for its headcounts by a day. Open until every staff group asked for has an answer."""

    __tablename__ = "headcount_request"

    agency_id: Mapped[int] = belongs_to("agency.id")
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    reminded_at: Mapped[datetime | None]
    sent_in_at: Mapped[datetime | None]
    sent_in_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship()
    groups: Mapped[list["RequestedGroup"]] = relationship(
        back_populates="request", order_by="RequestedGroup.id", cascade="all, delete-orphan"
    )

    @property
    def is_open(self) -> bool:
        return self.sent_in_at is None and self.withdrawn_at is None


waits = HeadcountRequest.sent_in_at.is_(None) & HeadcountRequest.withdrawn_at.is_(None)
Index(
    "uq_headcount_request_one_open",
    HeadcountRequest.agency_id,
    unique=True,
    sqlite_where=waits,
    postgresql_where=waits,
)


class RequestedGroup(Base):
    """A staff group that a request asks for, and the answer: the return, or that the agency cannot tell yet."""

    __tablename__ = "requested_group"

    request_id: Mapped[int] = belongs_to("headcount_request.id", index=False)
    staff_group_id: Mapped[int] = belongs_to("staff_group.id")
    headcount_id: Mapped[int | None] = belongs_to("headcount.id")
    cannot_tell: Mapped[bool] = mapped_column(default=False)

    request: Mapped[HeadcountRequest] = relationship(back_populates="groups")
    staff_group: Mapped[StaffGroup] = relationship()
    headcount: Mapped[Headcount | None] = relationship()

    __table_args__ = (
        UniqueConstraint("request_id", "staff_group_id"),
        CheckConstraint("headcount_id IS NULL OR NOT cannot_tell", name="one_answer"),
    )

    @property
    def is_answered(self) -> bool:
        return self.headcount_id is not None or self.cannot_tell
