"""What staff do with quizzes and their questions. Each verb on a bank holds its quiz, as beginning an attempt does."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.queries import terms_on, ways_of
from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion
from sscb_training.people.models import Person
from sscb_training.quizzes.bank import queries
from sscb_training.quizzes.models import Opens, Question, QuestionKind, Quiz
from sscb_training.quizzes.queries import in_use
from sscb_training.quizzes.service import QuizRefused


def add_quiz(
    version: CourseVersion,
    scheme: AccreditationScheme,
    *,
    draws: int,
    minutes: int | None,
    opens: Opens,
    open_days: int | None,
    shuffled: bool,
    by: Person | None,
    now: datetime,
) -> Quiz:
    """Begin a bank. Nobody can take the quiz until it is published."""
    if scheme not in [way.scheme for way in ways_of(version)]:
        raise QuizRefused(
            f"Version {version.number} of {version.course.title} does not lead to {scheme.name}."
        )
    with only_if_free(partial(_refuse_a_second, version, scheme)):
        quiz = Quiz(
            course_version=version,
            scheme=scheme,
            draws=draws,
            minutes=minutes,
            opens=opens,
            open_days=open_days,
            shuffled=shuffled,
        )
        db.session.add(quiz)
    history.record("added", quiz, by=by, at=now, scheme=scheme.code, draws=draws, minutes=minutes)
    return quiz


def _refuse_a_second(version: CourseVersion, scheme: AccreditationScheme) -> None:
    if queries.quiz_for(version, scheme):
        raise QuizRefused(f"Version {version.number} has a quiz for {scheme.name} already.")


def change_settings(
    quiz: Quiz,
    *,
    draws: int,
    minutes: int | None,
    opens: Opens,
    open_days: int | None,
    shuffled: bool,
    by: Person | None,
    now: datetime,
) -> None:
    """Change what later attempts get; those that have begun, and days already granted, stay as they are."""
    lock(quiz)
    if quiz.published_at is not None:
        _refuse_too_few(quiz, draws=draws)
    changes = history.amend(
        quiz, draws=draws, minutes=minutes, opens=opens, open_days=open_days, shuffled=shuffled
    )
    if changes:
        history.record("changed", quiz, by=by, at=now, **changes)


def publish(quiz: Quiz, *, by: Person | None, now: datetime) -> None:
    """Let delegates take the quiz."""
    lock(quiz)
    if quiz.published_at is not None:
        return
    if terms_on(quiz.scheme, london_date(now)).pass_mark is None:
        raise QuizRefused(f"{quiz.scheme.name} has no pass mark. Give it one first.")
    _refuse_too_few(quiz, draws=quiz.draws)
    quiz.published_at = now
    history.record("published", quiz, by=by, at=now)


def take_down(quiz: Quiz, *, by: Person | None, now: datetime) -> None:
    """Let nobody begin any more; whoever has begun goes on."""
    lock(quiz)
    if quiz.published_at is not None:
        quiz.published_at = None
        history.record("taken down", quiz, by=by, at=now)


def _refuse_too_few(quiz: Quiz, *, draws: int, without: int = 0) -> None:
    there_are = len(in_use(quiz)) - without
    if there_are < draws:
        raise QuizRefused(
            f"Each attempt draws {draws} questions, and there would be {there_are}. "
            "Add questions, or draw fewer."
        )


def add_question(
    quiz: Quiz,
    kind: QuestionKind,
    *,
    text: str,
    choices: Sequence[str],
    right: Collection[int],
    explanation: str,
    by: Person | None,
    now: datetime,
) -> Question:
    """Add to the bank; attempts that begin from now on may draw it. `right` are positions in `choices`."""
    lock(quiz)
    question = Question(
        quiz=quiz,
        number=queries.next_number(quiz),
        kind=kind,
        text=text,
        choices=list(choices),
        right_places=_places(right),
        explanation=explanation,
        added_at=now,
    )
    db.session.add(question)
    history.record("added", question, by=by, at=now, text=text)
    return question


def _places(right: Collection[int]) -> str:
    return ",".join(map(str, sorted(right)))


def change_question(
    question: Question,
    *,
    text: str,
    choices: Sequence[str],
    right: Collection[int],
    explanation: str,
    by: Person | None,
    now: datetime,
) -> Question:
    """Say it in other words from now on. One that an attempt has asked stays as it was, and another replaces it.

    So an attempt keeps the words that it was asked in, and figures never mix two questions.
    """
    lock(question.quiz)
    lock(question)
    if question.retired_at is not None:
        raise QuizRefused("This question was changed or retired meanwhile. Open the bank again.")
    new = {
        "text": text,
        "choices": list(choices),
        "right_places": _places(right),
        "explanation": explanation,
    }
    if all(getattr(question, name) == value for name, value in new.items()):
        return question
    if not queries.was_drawn(question):
        changes = history.amend(question, **new)
        history.record("changed", question, by=by, at=now, **changes)
        return question
    question.retired_at = now
    other = Question(
        quiz=question.quiz,
        number=question.number,
        kind=question.kind,
        added_at=now,
        replaces_id=question.id,
        **new,
    )
    db.session.add(other)
    history.record("replaced", other, by=by, at=now, was=question.text, text=text)
    return other


def retire(question: Question, *, by: Person | None, now: datetime) -> None:
    """Draw it no more. Attempts that have it keep it, and so do the figures."""
    quiz = question.quiz
    lock(quiz)
    lock(question)
    if question.retired_at is not None:
        return
    if quiz.published_at is not None:
        _refuse_too_few(quiz, draws=quiz.draws, without=1)
    question.retired_at = now
    history.record("retired", question, by=by, at=now)


def copy_to(quiz: Quiz, version: CourseVersion, *, by: Person | None, now: datetime) -> Quiz:
    """Begin the bank of another version with the settings and the questions in use of this one, not published."""
    lock(quiz)
    copied = add_quiz(
        version,
        quiz.scheme,
        draws=quiz.draws,
        minutes=quiz.minutes,
        opens=quiz.opens,
        open_days=quiz.open_days,
        shuffled=quiz.shuffled,
        by=by,
        now=now,
    )
    copied.questions = [
        Question(
            number=number,
            kind=one.kind,
            text=one.text,
            choices=one.choices,
            right_places=one.right_places,
            explanation=one.explanation,
            added_at=now,
        )
        for number, one in enumerate(in_use(quiz), 1)
    ]
    history.record("copied", copied, by=by, at=now, copied_from=quiz.id, questions=len(copied.questions))
    return copied
