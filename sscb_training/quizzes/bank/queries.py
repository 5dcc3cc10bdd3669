"""The quizzes as staff see them, where one could be added, and what became of each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import AccreditationScheme, scheme_course
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.sheets import Cell, Share
from sscb_training.courses.models import Course, CourseVersion
from sscb_training.quizzes.bank import rules
from sscb_training.quizzes.models import Answer, Question, Quiz, QuizAttempt


@dataclass(frozen=True)
class Listed:
    """One quiz with how many questions it can draw from, and how many attempts were marked."""

    quiz: Quiz
    questions: int
    attempts: int


def quizzes() -> Sequence[Listed]:
    """Every quiz, by course, the latest version first."""
    questions = (
        select(func.count(Question.id))
        .where(Question.quiz_id == Quiz.id, Question.retired_at.is_(None))
        .scalar_subquery()
    )
    attempts = (
        select(func.count(QuizAttempt.id))
        .where(QuizAttempt.quiz_id == Quiz.id, QuizAttempt.finished_at.is_not(None))
        .scalar_subquery()
    )
    query = (
        _named()
        .join(Quiz.course_version)
        .join(CourseVersion.course)
        .add_columns(questions, attempts)
        .order_by(Course.title, CourseVersion.number.desc(), Quiz.id)
    )
    return [Listed(*row) for row in db.session.execute(query)]


def quiz_for_staff(quiz_id: int) -> Quiz:
    """The quiz with its scheme and course; 404 when there is none."""
    return row_or_404(_named().where(Quiz.id == quiz_id))


def _named() -> Select[Quiz]:
    return select(Quiz).options(
        joinedload(Quiz.scheme), joinedload(Quiz.course_version).joinedload(CourseVersion.course)
    )


def question_of(quiz: Quiz, question_id: int) -> Question:
    """A question of this bank; otherwise 404."""
    return row_or_404(select(Question).where(Question.id == question_id, Question.quiz_id == quiz.id))


def quiz_for(version: CourseVersion, scheme: AccreditationScheme) -> Quiz | None:
    """The quiz that a version has for a scheme."""
    return row_or_none(select(Quiz).where(Quiz.course_version_id == version.id, Quiz.scheme_id == scheme.id))


def assessed_versions() -> Sequence[CourseVersion]:
    """The versions of courses that lead to a scheme, by course, the latest first."""
    return rows(
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(Course.id.in_(select(scheme_course.c.course_id)))
        .options(joinedload(CourseVersion.course))
        .order_by(Course.title, CourseVersion.number.desc())
    )


def assessed_schemes() -> dict[int, str]:
    """The schemes to which a course leads, by name."""
    query = (
        select(AccreditationScheme.id, AccreditationScheme.name)
        .where(AccreditationScheme.courses.any())
        .order_by(AccreditationScheme.name)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def versions_to_copy_to(quiz: Quiz) -> Sequence[CourseVersion]:
    """The other versions of the course that have no quiz for this scheme, the latest first."""
    has_one = exists().where(Quiz.course_version_id == CourseVersion.id, Quiz.scheme_id == quiz.scheme_id)
    return rows(
        select(CourseVersion)
        .where(CourseVersion.course_id == quiz.course_version.course_id, ~has_one)
        .order_by(CourseVersion.number.desc())
    )


def was_drawn(question: Question) -> bool:
    """Whether an attempt has asked it, so that its words must stay."""
    return row_or_none(select(Answer.id).where(Answer.question_id == question.id)) is not None


def next_number(quiz: Quiz) -> int:
    """What staff call the next question."""
    return number(select(func.max(Question.number)).where(Question.quiz_id == quiz.id)) + 1


# What became of each question


@dataclass(frozen=True)
class Figure:
    """A question and how it did in first attempts: a second one has seen explanations of the first."""

    question: Question
    drawn: int
    right: int
    discrimination: float | None
    wrong: str
    wrong_chosen: int

    @property
    def share(self) -> Share | None:
        """The part that answered rightly."""
        return Share(self.right / self.drawn) if self.drawn else None


def figures(quiz: Quiz) -> Sequence[Figure]:
    """Every question that can be drawn or ever was, in the order of the bank; three queries."""
    sums, chosen = _sums(quiz), _chosen(quiz)
    found = []
    for question in rows(
        select(Question).where(Question.quiz_id == quiz.id).order_by(Question.number, Question.id)
    ):
        its_sums = sums.get(question.id, rules.Sums())
        if question.retired_at is not None and not its_sums.drawn:
            continue
        wrong = rules.most_chosen_wrong(chosen.get(question.id, {}), question.right_places, question.choices)
        found.append(
            Figure(
                question,
                its_sums.drawn,
                its_sums.right,
                rules.discrimination(its_sums),
                *(wrong or ("", 0)),
            )
        )
    return found


def _sums(quiz: Quiz) -> Mapping[int, rules.Sums]:
    asked = (
        select(Answer.attempt_id, func.count(Answer.id).label("number"))
        .join(Answer.attempt)
        .where(*_counted(quiz))
        .group_by(Answer.attempt_id)
        .subquery()
    )
    is_right = case((Answer.is_right.is_(True), 1.0), else_=0.0)
    others = case((asked.c.number > 1, asked.c.number - 1.0), else_=1.0)
    rest = (QuizAttempt.right_answers - is_right) / others
    query = (
        select(
            Answer.question_id,
            func.count(Answer.id),
            func.sum(is_right),
            func.sum(rest),
            func.sum(rest * rest),
            func.sum(rest * is_right),
        )
        .join(Answer.attempt)
        .join(asked, asked.c.attempt_id == Answer.attempt_id)
        .where(*_counted(quiz))
        .group_by(Answer.question_id)
    )
    return {
        question_id: rules.Sums(drawn, int(right), float(rest), float(squared), float(together))
        for question_id, drawn, right, rest, squared, together in db.session.execute(query)
    }


def _chosen(quiz: Quiz) -> Mapping[int, Mapping[str, int]]:
    query = (
        select(Answer.question_id, Answer.chosen, func.count(Answer.id))
        .join(Answer.attempt)
        .where(*_counted(quiz), Answer.chosen.is_not(None))
        .group_by(Answer.question_id, Answer.chosen)
    )
    found: dict[int, dict[str, int]] = {}
    for question_id, chosen, times in db.session.execute(query):
        found.setdefault(question_id, {})[chosen or ""] = times
    return found


def _counted(quiz: Quiz) -> tuple[ColumnElement[bool], ...]:
    return QuizAttempt.quiz_id == quiz.id, QuizAttempt.number == 1, QuizAttempt.finished_at.is_not(None)


EXPORTED = (
    "Number", "Question", "State", "Drawn", "Answered rightly", "Share", "Discrimination", "Wrong answer chosen most",
    "Chosen by",
)  # fmt: skip


def exported(found: Sequence[Figure]) -> list[list[Cell]]:
    """What the page shows, a line a question."""
    return [
        [
            one.question.number,
            one.question.text,
            "Retired" if one.question.retired_at else "In use",
            one.drawn,
            one.right,
            one.share,
            None if one.discrimination is None else round(one.discrimination, 2),
            one.wrong,
            one.wrong_chosen,
        ]
        for one in found
    ]
