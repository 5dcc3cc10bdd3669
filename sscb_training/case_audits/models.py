"""Briefings, case audits, findings, actions, discussion questions and news items."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import CourseVersion, Theme

action_finding = Table(
    "action_finding",
    Base.metadata,
    Column("action_id", ForeignKey("action.id"), primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), primary_key=True, index=True),
)


class Briefing(Base):
    """A published learning document. `published_month` is the first day of its month."""

    __tablename__ = "briefing"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    published_month: Mapped[date]
    summary: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")

    audits: Mapped[list["CaseAudit"]] = relationship(
        back_populates="briefing", order_by="CaseAudit.month, CaseAudit.id"
    )
    findings: Mapped[list["Finding"]] = relationship(back_populates="briefing", order_by="Finding.id")
    questions: Mapped[list["DiscussionQuestion"]] = relationship(order_by="DiscussionQuestion.id")
    news: Mapped[list["NewsItem"]] = relationship(order_by="NewsItem.id")


class CaseAudit(Base):
    """One round of looking at real cases. `month` is the first day of its month."""

    __tablename__ = "case_audit"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    theme_id: Mapped[int] = belongs_to("theme.id")
    month: Mapped[date]
    focus: Mapped[str] = mapped_column(Text)
    sample_size: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text, default="")
    briefing_id: Mapped[int | None] = belongs_to("briefing.id")
    re_audit_of_id: Mapped[int | None] = belongs_to("case_audit.id")
    recorded_at: Mapped[datetime]

    theme: Mapped[Theme] = relationship()
    briefing: Mapped[Briefing | None] = relationship(back_populates="audits")
    re_audit_of: Mapped["CaseAudit | None"] = relationship(remote_side="CaseAudit.id")
    findings: Mapped[list["Finding"]] = relationship(back_populates="case_audit", order_by="Finding.id")
    actions: Mapped[list["Action"]] = relationship(back_populates="case_audit", order_by="Action.id")


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
    actions: Mapped[list["Action"]] = relationship(
        secondary=action_finding, back_populates="findings", order_by="Action.id"
    )

    __table_args__ = (
        CheckConstraint(
            "case_audit_id IS NOT NULL OR briefing_id IS NOT NULL", name="it_was_found_somewhere"
        ),
    )


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
    """What was decided. Owner and due date may be blank, and are shown blank."""

    __tablename__ = "action"

    code: Mapped[str] = mapped_column(unique=True)
    case_audit_id: Mapped[int] = belongs_to("case_audit.id")
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[ActionKind] = mapped_column(words(ActionKind))
    status: Mapped[ActionStatus] = mapped_column(words(ActionStatus))
    owner: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = belongs_to("course_version.id")

    case_audit: Mapped[CaseAudit] = relationship(back_populates="actions")
    findings: Mapped[list[Finding]] = relationship(
        secondary=action_finding, back_populates="actions", order_by="Finding.id"
    )
    answered_by: Mapped[CourseVersion | None] = relationship()


class DiscussionQuestion(Base):
    """A question for a team to talk about."""

    __tablename__ = "discussion_question"

    code: Mapped[str] = mapped_column(unique=True)
    briefing_id: Mapped[int] = belongs_to("briefing.id")
    theme_id: Mapped[int | None] = belongs_to("theme.id")
    text: Mapped[str] = mapped_column(Text)

    theme: Mapped[Theme | None] = relationship()


class NewsItem(Base):
    """Something new that the briefing tells of. An item whose address was lost has no `url`, and the page says so."""

    __tablename__ = "news_item"

    code: Mapped[str] = mapped_column(unique=True)
    briefing_id: Mapped[int] = belongs_to("briefing.id")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(default="")
