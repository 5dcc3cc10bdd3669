"""Quizzes, their questions, and the attempts at them."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme, AssessmentAttempt
from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion
from sscb_training.people.models import Person


class Opens(StrEnum):
    """From when on a delegate may take a quiz."""

    ATTENDED = "attended"
    FROM_START = "from_start"

    @property
    def label(self) -> str:
        return OPENS_LABELS[self]


OPENS_LABELS = {
    Opens.ATTENDED: "Once the delegate is marked as having attended every part",
    Opens.FROM_START: "From the start of the session, for every delegate with a place",
}


class Quiz(Base):
    """The online assessment of a scheme for one version of a course. Delegates can take it from `published_at` on.

    Each attempt draws `draws` questions and has `minutes`, or all the time that somebody wants. An attempt can be begun
    within `open_days` after it opened, or for ever. Where it is `shuffled` each attempt has its own order of
    questions and of choices.
    """

    __tablename__ = "quiz"

    course_version_id: Mapped[int] = belongs_to("course_version.id", index=False)
    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id")
    draws: Mapped[int]
    minutes: Mapped[int | None]
    opens: Mapped[Opens] = mapped_column(words(Opens), default=Opens.ATTENDED)
    open_days: Mapped[int | None]
    shuffled: Mapped[bool] = mapped_column(default=True)
    published_at: Mapped[datetime | None]

    course_version: Mapped[CourseVersion] = relationship(backref=backref("quizzes", order_by="Quiz.id"))
    scheme: Mapped[AccreditationScheme] = relationship()
    questions: Mapped[list["Question"]] = relationship(
        back_populates="quiz", order_by="Question.number, Question.id"
    )

    __table_args__ = (
        UniqueConstraint("course_version_id", "scheme_id"),
        CheckConstraint("draws > 0", name="draws_some"),
        CheckConstraint("minutes > 0", name="has_some_minutes"),
        CheckConstraint("open_days > 0", name="is_open_some_days"),
    )

    @property
    def name(self) -> str:
        """Its scheme, with the course and the version."""
        version = self.course_version
        return f"{self.scheme.name}: {version.course.title}, version {version.number}"


class QuestionKind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    SEVERAL = "several"
    TRUE_FALSE = "true_false"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    QuestionKind.ONE: "One answer is right",
    QuestionKind.SEVERAL: "One or more answers are right",
    QuestionKind.TRUE_FALSE: "True or false",
}


class Question(Base):
    """One question of a bank. Once an attempt has drawn it, it never changes: a changed one `replaces` it.

    `choices` are shown as they stand here, or shuffled; `right_places` are the positions of the right ones, the lowest
    first, like "0,2". `explanation` is shown with the result to whoever answered wrongly. A retired one is drawn no more.
    `number` is what staff call it; the one that replaces it takes it over.
    """

    __tablename__ = "quiz_question"

    quiz_id: Mapped[int] = belongs_to("quiz.id")
    number: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    text: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(JSON)
    right_places: Mapped[str]
    explanation: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = belongs_to("quiz_question.id", index=False, unique=True)

    quiz: Mapped[Quiz] = relationship(back_populates="questions")

    @property
    def keeps_order(self) -> bool:
        """Whether its choices stay as they are, whatever is shuffled."""
        return self.kind is QuestionKind.TRUE_FALSE

    @property
    def right_choices(self) -> list[str]:
        """The words of what is right."""
        return [self.choices[int(place)] for place in self.right_places.split(",")]


class Admission(Base):
    """What a quiz grants one booking: since when it is open, until when an attempt can be begun, and more time.

    Why somebody has more time is nobody's business and stands nowhere. More time is so many percent and minutes beyond
    the quiz's own, or no limit at all where it is `untimed`.
    """

    __tablename__ = "quiz_admission"

    quiz_id: Mapped[int] = belongs_to("quiz.id")
    booking_id: Mapped[int] = belongs_to("booking.id", index=False)
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    extra_percent: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    untimed: Mapped[bool] = mapped_column(default=False)

    quiz: Mapped[Quiz] = relationship()
    booking: Mapped[Booking] = relationship()

    __table_args__ = (
        UniqueConstraint("booking_id", "quiz_id"),
        CheckConstraint("extra_percent >= 0 AND extra_minutes >= 0", name="extra_time_is_more"),
    )

    @property
    def last_day(self) -> date | None:
        """The last day on which an attempt can be begun."""
        return None if self.closes_at is None else london_date(self.closes_at - timedelta(seconds=1))

    @property
    def has_more_time(self) -> bool:
        return self.untimed or self.extra_percent > 0 or self.extra_minutes > 0


class QuizAttempt(Base):
    """One go at a quiz, with the questions drawn at its start; every one is kept. Open until `finished_at`.

    It takes answers until `ends_at`, or until it is handed in where nothing limits it. `right_answers` and `percent`
    are settled when it is marked; whether that passed is the scheme's attempt `scored`, which is missing only where the
    scheme had given up its assessment by then. `ran_out`: the time was over before it was handed in, and it was marked by
    what was saved.
    """

    __tablename__ = "quiz_attempt"

    quiz_id: Mapped[int] = belongs_to("quiz.id", index=False)
    booking_id: Mapped[int] = belongs_to("booking.id", index=False)
    person_id: Mapped[int] = belongs_to("person.id")
    number: Mapped[int]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ran_out: Mapped[bool] = mapped_column(default=False)
    right_answers: Mapped[int | None]
    percent: Mapped[int | None]
    scored_id: Mapped[int | None] = belongs_to("assessment_attempt.id")

    quiz: Mapped[Quiz] = relationship()
    booking: Mapped[Booking] = relationship()
    person: Mapped[Person] = relationship()
    scored: Mapped[AssessmentAttempt | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="attempt", order_by="Answer.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("booking_id", "quiz_id", "number"),
        CheckConstraint("(finished_at IS NULL) = (percent IS NULL)", name="is_marked_once_finished"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_is_a_percentage"),
    )

    @property
    def is_open(self) -> bool:
        return self.finished_at is None

    @property
    def unanswered(self) -> list["Answer"]:
        """The questions without an answer."""
        return [answer for answer in self.answers if answer.chosen is None]


still_open = QuizAttempt.finished_at.is_(None)
Index(
    "uq_quiz_attempt_one_open",
    QuizAttempt.quiz_id,
    QuizAttempt.person_id,
    unique=True,
    sqlite_where=still_open,
    postgresql_where=still_open,
)
Index(
    "ix_quiz_attempt_open_ends_at", QuizAttempt.ends_at, sqlite_where=still_open, postgresql_where=still_open
)


class Answer(Base):
    """One drawn question of an attempt, and what was chosen, if anything was.

    `shown` is the order in which its choices are shown, as positions in the question: "2,0,1". A page and a form know a
    choice by its place in that order alone, so that nothing follows from how staff wrote it down. `chosen` are positions
    in the question, the lowest first.
    """

    __tablename__ = "quiz_answer"

    attempt_id: Mapped[int] = belongs_to("quiz_attempt.id", index=False)
    question_id: Mapped[int] = belongs_to("quiz_question.id")
    position: Mapped[int]
    shown: Mapped[str]
    chosen: Mapped[str | None]
    saved_at: Mapped[datetime | None]
    is_right: Mapped[bool | None]

    attempt: Mapped[QuizAttempt] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()

    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "question_id"),
    )

    @property
    def choices(self) -> dict[int, str]:
        """What can be chosen, by its place on the page."""
        order = self.shown.split(",")
        return {place: self.question.choices[int(position)] for place, position in enumerate(order, 1)}

    @property
    def chosen_words(self) -> list[str]:
        """The words of what was chosen."""
        return [
            self.question.choices[int(position)] for position in (self.chosen or "").split(",") if position
        ]
