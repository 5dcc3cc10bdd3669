"""What a course asks for, what delegates and managers sent in, and how confident delegates felt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import Course


class Stage(StrEnum):
    """When an evaluation is asked for. The manager's view stands beside the follow-up and is the manager's alone."""

    PRE = "pre"
    POST = "post"
    FOLLOW_UP = "follow_up"
    MANAGER = "manager"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.PRE: "Before the course",
    Stage.POST: "After the course",
    Stage.FOLLOW_UP: "Follow-up",
    Stage.MANAGER: "Manager’s view",
}


class FollowUp(StrEnum):
    """Whether a course asks again later, and whom: the delegate alone, or sooner and the manager as well."""

    NOBODY = "nobody"
    DELEGATE = "delegate"
    WITH_MANAGER = "with_manager"

    @property
    def label(self) -> str:
        return FOLLOW_UP_LABELS[self]


FOLLOW_UP_LABELS = {
    FollowUp.NOBODY: "Nobody",
    FollowUp.DELEGATE: "The delegate",
    FollowUp.WITH_MANAGER: "The delegate and the manager",
}


class IntendedUse(StrEnum):
    """When a delegate means to use what they learned."""

    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    WHEN_NEEDED = "when_needed"
    NOT_EXPECTED = "not_expected"

    @property
    def label(self) -> str:
        return INTENDED_USE_LABELS[self]


INTENDED_USE_LABELS = {
    IntendedUse.THIS_WEEK: "Within a week",
    IntendedUse.THIS_MONTH: "Within a month",
    IntendedUse.WHEN_NEEDED: "When there is a case for it",
    IntendedUse.NOT_EXPECTED: "I do not expect to use it",
}


class Used(StrEnum):
    """How far a delegate has come with using it."""

    OFTEN = "often"
    ONCE_OR_TWICE = "once_or_twice"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Obstacle(StrEnum):
    """What stood most in the way of using it."""

    NOTHING = "nothing"
    NO_CASE = "no_case"
    TIME = "time"
    TOOLS = "tools"
    SUPPORT = "support"
    AGENCIES = "agencies"
    CONFIDENCE = "confidence"
    OTHER = "other"

    @property
    def label(self) -> str:
        return OBSTACLE_LABELS[self]


OBSTACLE_LABELS = {
    Obstacle.NOTHING: "Nothing",
    Obstacle.NO_CASE: "No case for it came up",
    Obstacle.TIME: "Not enough time",
    Obstacle.TOOLS: "The tools or forms were not at hand",
    Obstacle.SUPPORT: "Too little support from my manager or team",
    Obstacle.AGENCIES: "Other agencies do not work this way",
    Obstacle.CONFIDENCE: "I do not feel sure enough yet",
    Obstacle.OTHER: "Something else",
}


class PracticeChange(StrEnum):
    """Whether a manager sees that practice changed."""

    CLEARLY = "clearly"
    A_LITTLE = "a_little"
    NOT_YET = "not_yet"
    CANNOT_SAY = "cannot_say"

    @property
    def label(self) -> str:
        return PRACTICE_LABELS[self]


PRACTICE_LABELS = {
    PracticeChange.CLEARLY: "Yes, clearly",
    PracticeChange.A_LITTLE: "Yes, a little",
    PracticeChange.NOT_YET: "Not yet",
    PracticeChange.CANNOT_SAY: "I cannot say",
}


class Support(StrEnum):
    """What a manager gave, so that the delegate could use it."""

    SUPERVISION = "supervision"
    TIME_OR_CASES = "time_or_cases"
    BOTH = "both"
    NONE_YET = "none_yet"

    @property
    def label(self) -> str:
        return SUPPORT_LABELS[self]


SUPPORT_LABELS = {
    Support.SUPERVISION: "We talked about it in supervision",
    Support.TIME_OR_CASES: "Time, or cases to use it with",
    Support.BOTH: "Both",
    Support.NONE_YET: "None yet",
}


class EvaluationPlan(Base):
    """What one course asks for, where staff have said so; without it, `rules.USUAL` holds.

    `follow_up_weeks` is empty where the board's number holds. `certificate_waits`: it is given out once the delegate has
    sent in what is asked straight after.
    """

    __tablename__ = "evaluation_plan"

    course_id: Mapped[int] = belongs_to("course.id", index=False, unique=True)
    asks_before: Mapped[bool]
    asks_after: Mapped[bool]
    follow_up: Mapped[FollowUp] = mapped_column(words(FollowUp))
    follow_up_weeks: Mapped[int | None]
    certificate_waits: Mapped[bool]

    course: Mapped[Course] = relationship()


class Evaluation(Base):
    """One stage of one booking: asked for, reminded so many times, and sent in once.

    Without `sent_in_at` it is only asked for; without `asked_at` nobody was written to. What a stage does not ask for
    stays empty. `relevant` to `recommends` say from 1 to 5 how far a delegate agrees. The manager's is the manager's word.
    """

    __tablename__ = "evaluation"

    booking_id: Mapped[int] = belongs_to("booking.id", index=False)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    asked_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    sent_in_at: Mapped[datetime | None]
    relevant: Mapped[int | None]
    clear: Mapped[int | None]
    involved: Mapped[int | None]
    recommends: Mapped[int | None]
    intended_use: Mapped[IntendedUse | None] = mapped_column(words(IntendedUse))
    used: Mapped[Used | None] = mapped_column(words(Used))
    obstacle: Mapped[Obstacle | None] = mapped_column(words(Obstacle))
    practice_change: Mapped[PracticeChange | None] = mapped_column(words(PracticeChange))
    support: Mapped[Support | None] = mapped_column(words(Support))
    plan: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship()
    ratings: Mapped[list["Rating"]] = relationship(
        back_populates="evaluation", order_by="Rating.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("booking_id", "stage"),
        CheckConstraint("asked_at IS NOT NULL OR sent_in_at IS NOT NULL", name="is_asked_for_or_sent_in"),
    )


awaited = Evaluation.sent_in_at.is_(None)
Index("ix_evaluation_sent_in", Evaluation.booking_id, Evaluation.stage, Evaluation.sent_in_at)
Index("ix_evaluation_awaited", Evaluation.asked_at, sqlite_where=awaited, postgresql_where=awaited)


class Rating(Base):
    """How confident somebody felt of one outcome, in the words in which it was asked, from 1 to 5."""

    __tablename__ = "rating"

    evaluation_id: Mapped[int] = belongs_to("evaluation.id", index=False)
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    confidence: Mapped[int]

    evaluation: Mapped[Evaluation] = relationship(back_populates="ratings")

    __table_args__ = (
        UniqueConstraint("evaluation_id", "position"),
        # all that a change in confidence asks of it
        Index("ix_rating_in_words", "evaluation_id", "outcome", "confidence"),
        CheckConstraint("confidence BETWEEN 1 AND 5", name="is_on_the_scale"),
    )
