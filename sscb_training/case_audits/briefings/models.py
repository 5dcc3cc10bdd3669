"""What a briefing is composed of, and the editions in which it came out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.case_audits.models import Action, Briefing, Finding
from sscb_training.core.db import Base, belongs_to
from sscb_training.core.files import KeptFile
from sscb_training.courses.models import Theme

edition_theme = Table(
    "edition_theme",
    Base.metadata,
    Column("edition_id", ForeignKey("briefing_edition.id"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)
edition_finding = Table(
    "edition_finding",
    Base.metadata,
    Column("edition_id", ForeignKey("briefing_edition.id"), primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), primary_key=True, index=True),
)


class DiscussionQuestion(Base):
    """A question for a team to talk about."""

    __tablename__ = "discussion_question"

    code: Mapped[str] = mapped_column(unique=True)
    briefing_id: Mapped[int] = belongs_to("briefing.id")
    theme_id: Mapped[int | None] = belongs_to("theme.id")
    text: Mapped[str] = mapped_column(Text)

    theme: Mapped[Theme | None] = relationship()


class NewsItem(Base):
    """Something new that the briefing tells of. One whose address was lost has no `url`; a dead one says since when."""

    __tablename__ = "news_item"

    code: Mapped[str] = mapped_column(unique=True)
    briefing_id: Mapped[int] = belongs_to("briefing.id")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(default="")
    dead_on: Mapped[date | None]


class BriefingTheme(Base):
    """A theme of a briefing, in its place, with the words that introduce it."""

    __tablename__ = "briefing_theme"

    briefing_id: Mapped[int] = belongs_to("briefing.id", index=False)
    theme_id: Mapped[int] = belongs_to("theme.id")
    position: Mapped[int]
    introduction: Mapped[str] = mapped_column(Text, default="")

    theme: Mapped[Theme] = relationship()

    __table_args__ = (UniqueConstraint("briefing_id", "theme_id"),)


class BriefingItem(Base):
    """One thing that a briefing may tell, in its place among those of its kind and theme.

    `restated` are the words for readers, empty when the thing's own will do; `note` is what readers are told beside
    it. The note of a finding itself is the staff's and goes to nobody.
    """

    __tablename__ = "briefing_item"

    briefing_id: Mapped[int] = belongs_to("briefing.id", index=False)
    finding_id: Mapped[int | None] = belongs_to("finding.id")
    action_id: Mapped[int | None] = belongs_to("action.id")
    question_id: Mapped[int | None] = belongs_to("discussion_question.id")
    news_item_id: Mapped[int | None] = belongs_to("news_item.id")
    position: Mapped[int]
    is_included: Mapped[bool] = mapped_column(default=True)
    restated: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")

    briefing: Mapped[Briefing] = relationship()
    finding: Mapped[Finding | None] = relationship()
    action: Mapped[Action | None] = relationship()
    question: Mapped[DiscussionQuestion | None] = relationship()
    news_item: Mapped[NewsItem | None] = relationship()

    @property
    def thing(self) -> Finding | Action | DiscussionQuestion | NewsItem:
        """What it is that the briefing may tell."""
        thing = self.finding or self.action or self.question or self.news_item
        assert thing is not None  # noqa: S101 - a constraint of the table
        return thing

    @property
    def words(self) -> str:
        """How the briefing puts it."""
        return self.restated or self.thing.text

    __table_args__ = (
        UniqueConstraint("briefing_id", "finding_id"),
        UniqueConstraint("briefing_id", "action_id"),
        UniqueConstraint("briefing_id", "question_id"),
        UniqueConstraint("briefing_id", "news_item_id"),
        CheckConstraint(
            "CASE WHEN finding_id IS NULL THEN 0 ELSE 1 END + CASE WHEN action_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN question_id IS NULL THEN 0 ELSE 1 END + CASE WHEN news_item_id IS NULL THEN 0 ELSE 1 END = 1",
            name="it_tells_one_thing",
        ),
    )


class BriefingLink(Base):
    """Where to read more. Without `url` its address was lost; a dead one says since when."""

    __tablename__ = "briefing_link"

    briefing_id: Mapped[int] = belongs_to("briefing.id")
    label: Mapped[str]
    url: Mapped[str] = mapped_column(Text, default="")
    dead_on: Mapped[date | None]


class BriefingEdition(Base):
    """A briefing as it came out: `content` is all that it said, and nothing changes it. `words` is what is searched.

    It is found by its `themes`, under which it tells something, and by the `findings` that it tells. `paper` is its PDF,
    once somebody has asked for it.
    """

    __tablename__ = "briefing_edition"

    briefing_id: Mapped[int] = belongs_to("briefing.id", index=False)
    number: Mapped[int]
    published_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(Text)
    paper_id: Mapped[int | None] = belongs_to("kept_file.id")

    briefing: Mapped[Briefing] = relationship()
    paper: Mapped[KeptFile | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=edition_theme, order_by=Theme.id)
    findings: Mapped[list[Finding]] = relationship(secondary=edition_finding, order_by=Finding.id)

    __table_args__ = (UniqueConstraint("briefing_id", "number"),)
