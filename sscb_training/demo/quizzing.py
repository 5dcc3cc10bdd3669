"""The online assessment of GCP2: a bank of the demonstration's own words, and who took it.

For the last months the scores of that course come from it, and the register has none of its own. Its chance is its own, so
that the county around it stays as it is.
"""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.attendance.models import Mark
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.demo import texts
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.quizzes import rules, service
from sscb_training.quizzes.bank import service as bank
from sscb_training.quizzes.models import Opens, QuestionKind, Quiz
from sscb_training.quizzes.queries import answers_of

COURSE = "GCP2-PRAC"
SINCE = timedelta(days=240)
HARD = (4, 8, 5, 2, 10, 11, 12, 1, 3, 6, 7, 9)
"""The questions by their numbers, the one that most people get wrong first."""


def add_bank(county: County, learning: Learning, now: datetime) -> None:
    """The board writes its bank and publishes it."""
    scheme: AccreditationScheme = learning.schemes["GCP2"]
    quiz = bank.add_quiz(
        learning.version_on(COURSE, london_date(now)),
        scheme,
        draws=10,
        minutes=40,
        opens=Opens.ATTENDED,
        open_days=28,
        shuffled=True,
        by=county.board,
        now=now,
    )
    for entry in texts.read("quiz")["questions"]:
        bank.add_question(
            quiz,
            QuestionKind(entry["kind"]),
            text=entry["text"],
            choices=entry.get("choices", rules.TRUE_FALSE),
            right=entry["right"],
            explanation=entry["explanation"],
            by=county.board,
            now=now,
        )
    bank.publish(quiz, by=county.board, now=now)
    learning.quizzes[COURSE] = quiz


def quiz_of(learning: Learning, booking: Booking) -> Quiz | None:
    """The quiz that this delegate takes, if their version has one by then."""
    quiz = learning.quizzes.get(COURSE)
    version = booking.training_session.course_version_id
    return quiz if quiz is not None and quiz.course_version_id == version else None


def expect(county: County, quiz: Quiz, scores: dict[Booking, int], *, now: datetime) -> None:
    """Open the quiz to these delegates, who take it within days.

    Of a date of the last week some have not begun yet, and the last of them has all the time that they want and stopped
    half-way.
    """
    db.session.flush()
    is_recent = london_date(now) > county.today - timedelta(days=7)
    for place, (booking, score) in enumerate(scores.items()):
        service.open_to(booking, quiz, now=now)
        chance = Random(booking.id)  # noqa: S311 - chance, not secrecy
        if is_recent and place == len(scores) - 1:
            service.give_more_time(
                booking, quiz, extra_percent=0, extra_minutes=0, untimed=True, by=county.board, now=now
            )
            county.agenda.put(now + timedelta(days=1), partial(_begin, quiz, booking, chance))
        elif not is_recent or place % 3:
            later = now + timedelta(minutes=chance.randrange(60, 3 * 24 * 60))
            county.agenda.put(later, partial(_take, quiz, booking, score, chance))


def _begin(quiz: Quiz, booking: Booking, chance: Random, now: datetime) -> None:
    """Answer the first few questions, and leave it there."""
    attempt = service.begin(booking, quiz, chance=chance, by=booking.person, now=now)
    db.session.flush()
    for answer in answers_of(attempt)[:4]:
        answer.chosen, answer.saved_at = answer.question.right_places, now


def _take(quiz: Quiz, booking: Booking, score: int, chance: Random, now: datetime) -> None:
    """Hand in an attempt that passes when the score does; whoever fails here fails more clearly."""
    attempt = service.begin(booking, quiz, chance=chance, by=booking.person, now=now)
    db.session.flush()
    answers = answers_of(attempt)
    by_hardness = sorted(answers, key=lambda one: HARD.index(one.question.number) + chance.uniform(0, 7))
    missed = len(answers) - score * len(answers) // 100
    wrong = by_hardness[: missed + (chance.randrange(2, 5) if missed > 2 else 0)]
    for answer in answers:
        right = answer.question.right_places
        others = [str(n) for n in range(len(answer.question.choices)) if str(n) not in right.split(",")]
        tempting = chance.choice(others[:2] + others[:1])
        answer.chosen, answer.saved_at = (tempting if answer in wrong else right), now
    db.session.flush()
    service.hand_in(attempt, by=booking.person, now=now + timedelta(minutes=chance.randrange(9, 38)))


def came(marks: dict[tuple[int, int], Mark], booking: Booking) -> bool:
    """Whether the delegate is marked as having attended every part."""
    return all(mark in (Mark.ATTENDED, Mark.LATE) for (one, _), mark in marks.items() if one == booking.id)
