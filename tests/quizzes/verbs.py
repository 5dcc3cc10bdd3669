"""What the tests of quizzes do again and again."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sscb_training.attendance import service as registers
from sscb_training.attendance.models import Mark
from sscb_training.bookings.models import Booking
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from sscb_training.quizzes import service
from sscb_training.quizzes.models import Quiz, QuizAttempt
from tests.factories import (
    NOW,
    make_booking,
    make_course,
    make_quiz,
    make_scheme,
    make_training_session,
    make_version,
)

THREE_DAYS_AGO = NOW - timedelta(days=3)


def make_assessed(person: Person, *trainers: Person, parts: int = 1, **given: Any) -> tuple[Booking, Quiz]:
    """A confirmed booking on a session of three days ago whose scheme has a quiz of four questions; 75% passes."""
    course = make_course(title="Graded Care Profile 2")
    terms = {name: given.pop(name) for name in ("attempts_allowed", "waiting_days") if name in given}
    scheme = make_scheme(course, name="GCP2", pass_mark=75, **terms)
    version = make_version(course)
    quiz = make_quiz(version, scheme, **given)
    first = THREE_DAYS_AGO - timedelta(weeks=parts - 1)
    session = make_training_session(version, starts_at=first, parts=parts, trainers=trainers)
    return make_booking(session, person=person), quiz


def mark(
    session: TrainingSession, booking: Booking, word: Mark = Mark.ATTENDED, *, close: bool = False
) -> None:
    with transaction():
        marks = {(booking.id, part.id): word for part in session.parts}
        registers.save_register(session, marks=marks, scores={}, by=None, now=NOW)
    if close:
        with transaction():
            registers.close_register(session, by=None, now=NOW)


def attended(booking: Booking) -> Booking:
    """The same booking, its register closed."""
    mark(booking.training_session, booking, close=True)
    return booking


def begin(booking: Booking, quiz: Quiz, *, now: datetime = NOW, seed: int = 1) -> QuizAttempt:
    with transaction():
        return service.begin(booking, quiz, chance=Random(seed), by=booking.person, now=now)


def choose(attempt: QuizAttempt, *, right: int, now: datetime = NOW) -> None:
    """Answer so many questions rightly and the others wrongly."""
    for number, answer in enumerate(attempt.answers, 1):
        order = answer.shown.split(",")
        chosen = answer.question.right_places if number <= right else "1"
        places = [order.index(position) + 1 for position in chosen.split(",")]
        with transaction():
            assert service.save_answer(attempt, answer.position, places, now=now)


def hand_in(attempt: QuizAttempt, *, now: datetime = NOW) -> QuizAttempt:
    with transaction():
        return service.hand_in(attempt, by=attempt.person, now=now)


def take(booking: Booking, quiz: Quiz, *, right: int, now: datetime = NOW, seed: int = 1) -> QuizAttempt:
    """Begin, answer and hand in."""
    attempt = begin(booking, quiz, now=now, seed=seed)
    choose(attempt, right=right, now=now)
    return hand_in(attempt, now=now)
