"""Briefings, case audits, findings, actions and indicators."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.agencies.models import Agency
from sscb_training.core.db import KEYS_ONCE, Base, belongs_to, words
from sscb_training.courses.models import CourseVersion, Theme
from sscb_training.people.models import Person

briefing_audit = Table(
    "briefing_audit",
    Base.metadata,
    Column("briefing_id", ForeignKey("briefing.id"), primary_key=True),
    Column("case_audit_id", ForeignKey("case_audit.id"), primary_key=True, index=True),
)
action_finding = Table(
    "action_finding",
    Base.metadata,
    Column("action_id", ForeignKey("action.id"), primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), primary_key=True, index=True),
)

audit_agency = Table(
    "audit_agency",
    Base.metadata,
    Column("case_audit_id", ForeignKey("case_audit.id"), primary_key=True),
    Column("agency_id", ForeignKey("agency.id"), primary_key=True, index=True),
)

finding_agency = Table(
    "finding_agency",
    Base.metadata,
    Column("finding_id", ForeignKey("finding.id"), primary_key=True),
    Column("agency_id", ForeignKey("agency.id"), primary_key=True, index=True),
)


class BriefingStatus(StrEnum):
    """How far the next edition of a briefing has come. Readers go on seeing the last one that was published."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return {"submitted": "Waiting for approval"}.get(self.value, self.value.capitalize())


class Briefing(Base):
    """A learning document, composed in `briefings`. A strength seen across audits may belong to it alone.

    `published_month` is the first day of its month, `published_at` when its first edition came out, `correction` what
    the next edition says of itself. `approved_alone`: nobody else of the board's staff could decide. `approved_content`
    is what they read then, kept until it comes out. `before_correction` is how it was composed when a correction
    began, kept while that may be dropped.
    """

    __tablename__ = "briefing"
    __table_args__ = (KEYS_ONCE,)

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    number: Mapped[int | None]
    published_month: Mapped[date]
    summary: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[BriefingStatus] = mapped_column(words(BriefingStatus), default=BriefingStatus.DRAFT)
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = belongs_to("person.id")
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = belongs_to("person.id")
    approval_reason: Mapped[str] = mapped_column(Text, default="")
    approved_alone: Mapped[bool] = mapped_column(default=False)
    approved_content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    published_at: Mapped[datetime | None]
    correction: Mapped[str] = mapped_column(Text, default="")
    before_correction: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")

    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    audits: Mapped[list["CaseAudit"]] = relationship(
        secondary=briefing_audit, back_populates="briefings", order_by="CaseAudit.month, CaseAudit.id"
    )
    findings: Mapped[list["Finding"]] = relationship(back_populates="briefing", order_by="Finding.id")

    @property
    def is_public(self) -> bool:
        """Whether readers find it: an edition came out, and it was not withdrawn."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_correction(self) -> bool:
        """Whether an edition came out and the next is not out yet."""
        return self.published_at is not None and self.status is not BriefingStatus.PUBLISHED


class AuditKind(StrEnum):
    """What sort of source it is: the board learns of needs from more than its own audits of cases."""

    CASE_AUDIT = "case_audit"
    SECTION_11 = "section_11"
    REVIEW = "review"
    NEEDS_RETURN = "needs_return"

    @property
    def label(self) -> str:
        return (
            "Section 11 return" if self is AuditKind.SECTION_11 else self.value.replace("_", " ").capitalize()
        )


class CaseAudit(Base):
    """One round of looking at real cases, or another source of need. `month` is the first day of its month.

    `period_begin` and `period_end` say which time the cases are from. Until `published_at` it is a draft, which leads
    to nothing: no need, no briefing and no report.
    """

    __tablename__ = "case_audit"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[AuditKind] = mapped_column(words(AuditKind), default=AuditKind.CASE_AUDIT)
    title: Mapped[str]
    theme_id: Mapped[int] = belongs_to("theme.id")
    month: Mapped[date]
    period_begin: Mapped[date | None]
    period_end: Mapped[date | None]
    focus: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text, default="")
    sample_size: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text, default="")
    re_audit_of_id: Mapped[int | None] = belongs_to("case_audit.id")
    recorded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    theme: Mapped[Theme] = relationship()
    briefings: Mapped[list[Briefing]] = relationship(
        secondary=briefing_audit, back_populates="audits", order_by="Briefing.published_month, Briefing.id"
    )
    re_audit_of: Mapped["CaseAudit | None"] = relationship(
        remote_side="CaseAudit.id", back_populates="re_audits"
    )
    re_audits: Mapped[list["CaseAudit"]] = relationship(
        back_populates="re_audit_of", order_by="CaseAudit.month, CaseAudit.id"
    )
    findings: Mapped[list["Finding"]] = relationship(back_populates="case_audit", order_by="Finding.id")
    actions: Mapped[list["Action"]] = relationship(back_populates="case_audit", order_by="Action.id")
    agencies: Mapped[list[Agency]] = relationship(secondary=audit_agency, order_by=Agency.name)
    results: Mapped[list["IndicatorResult"]] = relationship(
        back_populates="case_audit", order_by="IndicatorResult.id", cascade="all, delete-orphan"
    )
    links: Mapped[list["AuditLink"]] = relationship(
        order_by="AuditLink.id", cascade="all, delete-orphan", foreign_keys="AuditLink.case_audit_id"
    )

    __table_args__ = (
        CheckConstraint("period_begin <= period_end", name="its_period_ends_after_it_begins"),
        CheckConstraint("id != re_audit_of_id", name="it_is_no_re_audit_of_itself"),
        KEYS_ONCE,
    )

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class FindingKind(StrEnum):
    """Whether an audit found something good or something to mend."""

    AREA_FOR_IMPROVEMENT = "area_for_improvement"
    STRENGTH = "strength"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Finding(Base):
    """Something that was found. A strength reported across the audits has a briefing and no audit of its own."""

    __tablename__ = "finding"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[FindingKind] = mapped_column(words(FindingKind))
    case_audit_id: Mapped[int | None] = belongs_to("case_audit.id")
    briefing_id: Mapped[int | None] = belongs_to("briefing.id")
    theme_id: Mapped[int | None] = belongs_to("theme.id")
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    named: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")

    case_audit: Mapped[CaseAudit | None] = relationship(back_populates="findings")
    briefing: Mapped[Briefing | None] = relationship(back_populates="findings")
    theme: Mapped[Theme | None] = relationship()
    agencies: Mapped[list[Agency]] = relationship(secondary=finding_agency, order_by=Agency.name)
    actions: Mapped[list["Action"]] = relationship(
        secondary=action_finding, back_populates="findings", order_by="Action.id"
    )

    __table_args__ = (
        CheckConstraint(
            "case_audit_id IS NOT NULL OR briefing_id IS NOT NULL", name="it_was_found_somewhere"
        ),
        KEYS_ONCE,
    )

    @property
    def is_draft(self) -> bool:
        """Whether it stands in an audit that is not published."""
        return self.case_audit is not None and self.case_audit.is_draft


class ActionKind(StrEnum):
    """What sort of answer an action is. A change of course content holds up the need that rests on it."""

    COURSE_CONTENT = "course_content"
    PROGRAMME = "programme"
    PRACTICE_STANDARD = "practice_standard"
    PROMOTION = "promotion"
    REPORT = "report"
    SINGLE_AGENCY_AUDIT = "single_agency_audit"
    JOINT_WORKING = "joint_working"
    PUBLICATION = "publication"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class ActionStatus(StrEnum):
    """How far an action has come, as its source says."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    STANDING = "standing"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Action(Base):
    """What was decided. Owner and due date may be blank, and are shown blank; so may be the day it was completed on."""

    __tablename__ = "action"

    code: Mapped[str] = mapped_column(unique=True)
    case_audit_id: Mapped[int] = belongs_to("case_audit.id")
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[ActionKind] = mapped_column(words(ActionKind))
    status: Mapped[ActionStatus] = mapped_column(words(ActionStatus))
    owner: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = belongs_to("course_version.id")

    case_audit: Mapped[CaseAudit] = relationship(back_populates="actions")
    findings: Mapped[list[Finding]] = relationship(
        secondary=action_finding, back_populates="actions", order_by="Finding.id"
    )
    answered_by: Mapped[CourseVersion | None] = relationship()
    links: Mapped[list["AuditLink"]] = relationship(
        order_by="AuditLink.id", cascade="all, delete-orphan", foreign_keys="AuditLink.action_id"
    )

    __table_args__ = (
        CheckConstraint(
            "completed_on IS NULL OR status = 'completed'",
            name="only_what_is_completed_was_completed_on_a_day",
        ),
        KEYS_ONCE,
    )

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed and it is still to be done. What is standing is done again and again."""
        return self._waits and self.due_on is not None and self.due_on < on

    def is_answered(self, on: date) -> bool:
        """Whether it was to change a course and that version is taught, but nobody has recorded yet what was done."""
        changes_a_course = self.kind is ActionKind.COURSE_CONTENT
        return (
            changes_a_course
            and self._waits
            and self.answered_by is not None
            and self.answered_by.is_taught(on)
        )

    @property
    def _waits(self) -> bool:
        return self.status in (ActionStatus.PLANNED, ActionStatus.IN_PROGRESS)


class AuditLink(Base):
    """An address that an audit or an action names. One whose address was lost has no `url`; a dead one says since when."""

    __tablename__ = "audit_link"

    case_audit_id: Mapped[int | None] = belongs_to("case_audit.id")
    action_id: Mapped[int | None] = belongs_to("action.id")
    label: Mapped[str]
    url: Mapped[str] = mapped_column(Text, default="")
    dead_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("(case_audit_id IS NULL) != (action_id IS NULL)", name="one_thing_names_it"),
    )


class Indicator(Base):
    """A question that can be asked of every case, the same in each audit, so that a later one can be compared.

    `text` is what is true of the cases in the numerator. Where `higher_is_better` is false, fewer of them is the aim.
    """

    __tablename__ = "indicator"

    code: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str] = mapped_column(Text)
    higher_is_better: Mapped[bool] = mapped_column(default=True)
    theme_id: Mapped[int | None] = belongs_to("theme.id")

    theme: Mapped[Theme | None] = relationship()


class IndicatorResult(Base):
    """What an audit saw of an indicator: true of `numerator` out of `denominator` cases.

    `cannot_tell` counts the cases of which the auditors could not tell; they stand in neither figure.
    """

    __tablename__ = "indicator_result"

    case_audit_id: Mapped[int] = belongs_to("case_audit.id", index=False)
    indicator_id: Mapped[int] = belongs_to("indicator.id")
    numerator: Mapped[int]
    denominator: Mapped[int]
    cannot_tell: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")

    case_audit: Mapped[CaseAudit] = relationship(back_populates="results")
    indicator: Mapped[Indicator] = relationship()

    __table_args__ = (
        UniqueConstraint("case_audit_id", "indicator_id"),
        CheckConstraint(
            "0 <= numerator AND numerator <= denominator", name="a_part_is_no_more_than_the_whole"
        ),
        CheckConstraint("cannot_tell >= 0", name="cannot_tell_is_a_count"),
    )


class ActionAnswer(Base):
    """That a version of a course answers an action, since `recorded_at` until `withdrawn_at`.

    What stands now is the action's `answered_by` too; these rows also know what stood on an earlier day, because
    coverage asks.
    """

    __tablename__ = "action_answer"

    action_id: Mapped[int] = belongs_to("action.id")
    course_version_id: Mapped[int] = belongs_to("course_version.id")
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    action: Mapped[Action] = relationship()
    course_version: Mapped[CourseVersion] = relationship()


answer_stands = ActionAnswer.withdrawn_at.is_(None)
Index(
    "uq_action_answer_one_at_a_time",
    ActionAnswer.action_id,
    unique=True,
    sqlite_where=answer_stands,
    postgresql_where=answer_stands,
)
