"""Training needs, whom they are for, what answers them, the findings behind them, and the findings that training
cannot mend.

An audience and its answers are rows that are never changed: taken away, they are withdrawn. So whoever asks what was
known on an earlier day is told of the audience and the answers of that day.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.case_audits.models import Action, Briefing, Finding
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion

need_finding = Table(
    "need_finding",
    Base.metadata,
    Column("need_id", ForeignKey("training_need.id"), primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), primary_key=True, index=True),
)


def _one_of(*columns: str) -> str:
    """Exactly one of these is there."""
    return f"{' + '.join(f'(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)' for column in columns)} = 1"


def _once_while_it_stands(table: str, *columns: str) -> list[Index]:
    """A need names nothing twice at a time."""
    stands = text("withdrawn_at IS NULL")
    return [
        Index(
            f"uq_{table}_{column}_once",
            "need_id",
            column,
            unique=True,
            sqlite_where=stands,
            postgresql_where=stands,
        )
        for column in columns
    ]


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
    """What a group of staff must be able to do, because of findings. `target_percent` of the audience by `target_date`.

    Its `owner` is a person or a body in the board's words; nobody is a blank one, and is shown.
    """

    __tablename__ = "training_need"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(default="")
    status: Mapped[NeedStatus] = mapped_column(words(NeedStatus), default=NeedStatus.OPEN)
    target_percent: Mapped[int | None]
    target_date: Mapped[date | None]
    recorded_at: Mapped[datetime]

    findings: Mapped[list[Finding]] = relationship(secondary=need_finding, order_by="Finding.id")
    audience: Mapped[list["NeedAudience"]] = relationship(
        primaryjoin="and_(NeedAudience.need_id == TrainingNeed.id, NeedAudience.withdrawn_at.is_(None))",
        back_populates="need",
        order_by="NeedAudience.id",
    )
    interventions: Mapped[list["Intervention"]] = relationship(
        primaryjoin="and_(Intervention.need_id == TrainingNeed.id, Intervention.withdrawn_at.is_(None))",
        back_populates="need",
        order_by="Intervention.id",
    )

    __table_args__ = (CheckConstraint("target_percent BETWEEN 1 AND 100", name="target_is_a_percentage"),)

    def existed_on(self, day: date) -> bool:
        """Whether it was recorded by the end of a day: before, nobody was counted for it, so that no figure moved."""
        return london_date(self.recorded_at) <= day

    @property
    def staff_groups(self) -> list[StaffGroup]:
        groups = [part.staff_group for part in self.audience if part.staff_group]
        return sorted(groups, key=lambda group: (group.position, group.name))

    @property
    def sectors(self) -> list["NeedAudience"]:
        """The sectors that narrow it; none means all."""
        return [part for part in self.audience if part.sector and not part.excluded]

    @property
    def excluded_sectors(self) -> list["NeedAudience"]:
        return [part for part in self.audience if part.sector and part.excluded]

    @property
    def agencies(self) -> list[Agency]:
        """The agencies that narrow it; none means all."""
        return [part.agency for part in self.audience if part.agency and not part.excluded]

    @property
    def excluded_agencies(self) -> list[Agency]:
        return [part.agency for part in self.audience if part.agency and part.excluded]


class NeedAudience(Base):
    """A part of whom a need is for: a staff group, a sector or an agency, since `recorded_at` until `withdrawn_at`.

    Staff groups say who. Sectors and agencies narrow that to theirs, or where `excluded` take theirs out, whatever
    else names them.
    """

    __tablename__ = "need_audience"

    need_id: Mapped[int] = belongs_to("training_need.id")
    staff_group_id: Mapped[int | None] = belongs_to("staff_group.id")
    sector: Mapped[Sector | None] = mapped_column(words(Sector))
    agency_id: Mapped[int | None] = belongs_to("agency.id")
    excluded: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    need: Mapped[TrainingNeed] = relationship(back_populates="audience")
    staff_group: Mapped[StaffGroup | None] = relationship(lazy="joined")
    agency: Mapped[Agency | None] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint(_one_of("staff_group_id", "sector", "agency_id"), name="group_sector_or_agency"),
        CheckConstraint("staff_group_id IS NULL OR NOT excluded", name="no_group_is_excluded"),
        *_once_while_it_stands("need_audience", "staff_group_id", "sector", "agency_id"),
    )

    @property
    def name(self) -> str:
        """The staff group, sector or agency in words."""
        named = self.staff_group or self.agency
        return named.name if named else self.sector.label if self.sector else ""


class InterventionKind(StrEnum):
    """What sort of answer to a need it is. Only a course and an accreditation may count."""

    VERSION = "version"
    SCHEME = "scheme"
    BRIEFING = "briefing"
    ACTION = "action"


class Intervention(Base):
    """What answers a need, since `recorded_at` until `withdrawn_at`. Only what `counts` makes coverage.

    A course counts from a version on: the one named, or the one that answers the action `waits_for`, as soon as that
    version is published. `text` tells of what is no training, and `owner` who answers for that.
    """

    __tablename__ = "intervention"

    need_id: Mapped[int] = belongs_to("training_need.id")
    scheme_id: Mapped[int | None] = belongs_to("accreditation_scheme.id")
    from_version_id: Mapped[int | None] = belongs_to("course_version.id")
    waits_for_id: Mapped[int | None] = belongs_to("action.id")
    briefing_id: Mapped[int | None] = belongs_to("briefing.id")
    text: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(default="")
    counts: Mapped[bool] = mapped_column(default=True)
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    need: Mapped[TrainingNeed] = relationship(back_populates="interventions")
    scheme: Mapped[AccreditationScheme | None] = relationship()
    from_version: Mapped[CourseVersion | None] = relationship()
    waits_for: Mapped[Action | None] = relationship()
    briefing: Mapped[Briefing | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            _one_of("scheme_id", "from_version_id", "waits_for_id", "briefing_id", "NULLIF(text, '')"),
            name="one_answer",
        ),
        CheckConstraint(
            "NOT counts OR scheme_id IS NOT NULL OR from_version_id IS NOT NULL OR waits_for_id IS NOT NULL",
            name="only_training_counts",
        ),
        *_once_while_it_stands("intervention", "scheme_id", "from_version_id", "waits_for_id", "briefing_id"),
    )

    @property
    def kind(self) -> InterventionKind:
        if self.scheme_id or self.scheme:
            return InterventionKind.SCHEME
        if self.briefing_id or self.briefing:
            return InterventionKind.BRIEFING
        return InterventionKind.ACTION if self.text else InterventionKind.VERSION

    @property
    def name(self) -> str:
        """What answers, in few words."""
        if self.scheme:
            return self.scheme.name
        if self.from_version:
            return f"{self.from_version.course.title}, version {self.from_version.number} or later"
        if self.waits_for:
            return f"The course that {self.waits_for.code} changes"
        return self.briefing.title if self.briefing else self.text

    def first_version(self, on: date) -> CourseVersion | None:
        """The version from which on a course answers on this day; none while it waits, and for all but courses."""
        answer = self.waits_for.answered_by if self.waits_for else None
        if answer is None:
            return self.from_version
        return answer if answer.is_taught(on) else None

    def waits(self, on: date) -> bool:
        """Whether the version that it waits for is still not published on this day."""
        return self.waits_for is not None and self.first_version(on) is None


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
