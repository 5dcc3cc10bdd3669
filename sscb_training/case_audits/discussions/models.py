"""Teams' discussions of briefings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.briefings.models import DiscussionQuestion
from sscb_training.case_audits.models import Briefing
from sscb_training.core.db import Base, belongs_to
from sscb_training.people.models import Person

discussion_talked_about = Table(
    "discussion_talked_about",
    Base.metadata,
    Column("discussion_id", ForeignKey("discussion.id"), primary_key=True),
    Column("question_id", ForeignKey("discussion_question.id"), primary_key=True, index=True),
)


class Discussion(Base):
    """One team's talk about a briefing, as somebody of the team recorded it. Withdrawn: recorded in error."""

    __tablename__ = "discussion"

    briefing_id: Mapped[int] = belongs_to("briefing.id")
    agency_id: Mapped[int] = belongs_to("agency.id")
    recorded_by_id: Mapped[int] = belongs_to("person.id")
    team: Mapped[str]
    held_on: Mapped[date]
    number_of_people: Mapped[int]
    will_do: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    agency: Mapped[Agency] = relationship()
    recorded_by: Mapped[Person] = relationship()
    questions: Mapped[list[DiscussionQuestion]] = relationship(
        secondary=discussion_talked_about, order_by="DiscussionQuestion.id"
    )

    __table_args__ = (CheckConstraint("number_of_people > 0", name="somebody_was_there"),)
