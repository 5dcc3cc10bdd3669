"""What is scheduled, and for whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from sscb_training.agencies.models import Agency
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.people.models import Person
from sscb_training.reports.rules import Preset

report_receiver = Table(
    "report_receiver",
    Base.metadata,
    Column("schedule_id", ForeignKey("report_schedule.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True, index=True),
)


class Every(StrEnum):
    """How often. A quarter begins on 1 January, April, July and October."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def label(self) -> str:
        return f"Every {self.value}"


class ReportSchedule(Base):
    """A report that makes itself and tells some people. It runs by its owner's right, which is asked for each time.

    `on_day` is a day of the week (1 is Monday) or of the month. `failures` are those in a row; `failure` says of the last.
    Its title is the name of each copy, so of an agency, and of the board, no two go by the same, whatever its case:
    `folded_title` is set with it.
    """

    __tablename__ = "report_schedule"

    title: Mapped[str]
    folded_title: Mapped[str]
    owner_id: Mapped[int] = belongs_to("person.id")
    agency_id: Mapped[int | None] = belongs_to("agency.id")
    is_published: Mapped[bool] = mapped_column(default=False)
    period: Mapped[Preset] = mapped_column(words(Preset))
    every: Mapped[Every] = mapped_column(words(Every))
    on_day: Mapped[int]
    next_on: Mapped[date] = mapped_column(index=True)
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_made_at: Mapped[datetime | None]
    last_copy_id: Mapped[int | None] = belongs_to("frozen_report.id")
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship()
    agency: Mapped[Agency | None] = relationship()
    receivers: Mapped[list[Person]] = relationship(
        secondary=report_receiver, order_by="Person.name, Person.id"
    )

    @property
    def report(self) -> str:
        """What it sends: “Report of Vale”; “The board’s report, published figures”."""
        of = f"Report of {self.agency.name}" if self.agency else "The board’s report"
        return f"{of}, published figures" if self.is_published else of

    @validates("title")
    def _fold(self, _name: str, title: str) -> str:
        self.folded_title = title.casefold()
        return title

    __table_args__ = (CheckConstraint("on_day BETWEEN 1 AND 31", name="is_a_day_of_a_week_or_month"),)


is_not_ended = ReportSchedule.ended_at.is_(None)
is_of_the_board = is_not_ended & ReportSchedule.agency_id.is_(None)
Index(
    "uq_report_schedule_title_of_the_board",
    ReportSchedule.folded_title,
    unique=True,
    sqlite_where=is_of_the_board,
    postgresql_where=is_of_the_board,
)
Index(
    "uq_report_schedule_title_of_an_agency",
    ReportSchedule.agency_id,
    ReportSchedule.folded_title,
    unique=True,
    sqlite_where=is_not_ended,
    postgresql_where=is_not_ended,
)
