"""Training needs, what meets them, the findings behind them, and the findings that training cannot mend."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.case_audits.models import Finding
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import CourseVersion

need_finding = Table(
    "need_finding",
    Base.metadata,
    Column("need_id", ForeignKey("training_need.id"), primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), primary_key=True, index=True),
)
need_staff_group = Table(
    "need_staff_group",
    Base.metadata,
    Column("need_id", ForeignKey("training_need.id"), primary_key=True),
    Column("staff_group_id", ForeignKey("staff_group.id"), primary_key=True, index=True),
)


class NeedStatus(StrEnum):
    """Where a need stands. Coverage alone never closes one: the board does."""

    OPEN = "open"
    READY_TO_REVIEW = "ready_to_review"
    CLOSED = "closed"
    RE_OPENED = "re_opened"

    @property
    def label(self) -> str:
        return {"re_opened": "Re-opened"}.get(self.value, self.value.replace("_", " ").capitalize())


class TrainingNeed(Base):
    """What a group of staff must be able to do, because of findings. `target_percent` of the audience by `target_date`."""

    __tablename__ = "training_need"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[NeedStatus] = mapped_column(words(NeedStatus), default=NeedStatus.OPEN)
    target_percent: Mapped[int | None]
    target_date: Mapped[date | None]
    recorded_at: Mapped[datetime]

    findings: Mapped[list[Finding]] = relationship(secondary=need_finding, order_by="Finding.id")
    staff_groups: Mapped[list[StaffGroup]] = relationship(
        secondary=need_staff_group, order_by="StaffGroup.position, StaffGroup.name"
    )
    excluded_sectors: Mapped[list["NeedExcludedSector"]] = relationship(
        order_by="NeedExcludedSector.id", cascade="all, delete-orphan"
    )
    interventions: Mapped[list["Intervention"]] = relationship(
        back_populates="need", order_by="Intervention.id", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint("target_percent BETWEEN 1 AND 100", name="target_is_a_percentage"),)


class NeedExcludedSector(Base):
    """A sector whose staff the need is not for (N3 is not for the police, who use the tools well)."""

    __tablename__ = "need_excluded_sector"

    need_id: Mapped[int] = belongs_to("training_need.id")
    sector: Mapped[Sector] = mapped_column(words(Sector))


class Intervention(Base):
    """What answers a need: a scheme's accreditation, or a course from a version on. Only what `counts` makes coverage."""

    __tablename__ = "intervention"

    need_id: Mapped[int] = belongs_to("training_need.id")
    scheme_id: Mapped[int | None] = belongs_to("accreditation_scheme.id")
    from_version_id: Mapped[int | None] = belongs_to("course_version.id")
    counts: Mapped[bool] = mapped_column(default=True)

    need: Mapped[TrainingNeed] = relationship(back_populates="interventions")
    scheme: Mapped[AccreditationScheme | None] = relationship()
    from_version: Mapped[CourseVersion | None] = relationship()

    __table_args__ = (
        CheckConstraint("(scheme_id IS NULL) <> (from_version_id IS NULL)", name="scheme_or_course"),
    )


class Elsewhere(StrEnum):
    """What sort of answer a finding needs that training cannot mend."""

    INFORMATION_FLOW = "information_flow"
    COMMISSIONING = "commissioning"
    SUPERVISION = "supervision"
    CONVENING = "convening"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class NotTraining(Base):
    """The decision that training cannot mend a finding, with the reason and where it went instead."""

    __tablename__ = "not_training"

    finding_id: Mapped[int] = belongs_to("finding.id", index=False, unique=True)
    reason: Mapped[str] = mapped_column(Text)
    category: Mapped[Elsewhere] = mapped_column(words(Elsewhere), default=Elsewhere.OTHER)
    went_to: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]

    finding: Mapped[Finding] = relationship()
