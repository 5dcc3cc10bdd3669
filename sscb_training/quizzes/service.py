"""What opens quizzes to delegates, begins attempts, saves answers, and marks.

Every verb that begins something, or changes how long it lasts, holds the quiz first; saving and handing in hold the
attempt, and marking the training session before it, as the register does.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random

from sscb_training.accreditation.assessments.service import record_score
from sscb_training.accreditation.queries import terms_on
from sscb_training.attendance import queries as registers
from sscb_training.attendance.verdicts.queries import verdict
from sscb_training.attendance.verdicts.service import correct_awards
from sscb_training.bookings.models import Booking
from sscb_training.bookings.service import write_to
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import at_london, london_date
from sscb_training.people.models import Person
from sscb_training.quizzes import queries, rules
from sscb_training.quizzes.models import Admission, Answer, Quiz, QuizAttempt


class QuizRefused(Refused):
    """Something that a quiz does not allow."""


def hold(quiz: Quiz) -> None:
    """Keep everybody else from beginning, and from changing what it grants, until the transaction ends."""
    lock(quiz)


def open_to(booking: Booking, quiz: Quiz, *, now: datetime) -> bool:
    """Open the quiz to a delegate who may take it, and write to them, once; whether that was still to do."""
    lock(quiz)
    db.session.refresh(booking)
    standing = queries.standing(booking, quiz, now=now)
    if not standing.can_begin or (standing.admission and standing.admission.opened_at):
        return False
    admission = _admit(booking, quiz, now=now)
    write_to(booking, queries.OPEN_LETTER, at=now, quiz=quiz, admission=admission)
    return True


def _admit(booking: Booking, quiz: Quiz, *, now: datetime) -> Admission:
    """What the quiz grants the booking, open from now on if it was not yet."""
    admission = _admission(booking, quiz)
    if admission.opened_at is None:
        admission.opened_at = now
        if quiz.open_days is not None:
            admission.closes_at = at_london(london_date(now) + timedelta(days=quiz.open_days + 1))
    return admission


def _admission(booking: Booking, quiz: Quiz) -> Admission:
    admission = queries.admission_of(booking, quiz)
    if admission is None:
        admission = Admission(quiz=quiz, booking=booking, extra_percent=0, extra_minutes=0, untimed=False)
        db.session.add(admission)
    return admission


def give_more_time(
    booking: Booking,
    quiz: Quiz,
    *,
    extra_percent: int,
    extra_minutes: int,
    untimed: bool,
    by: Person | None,
    now: datetime,
) -> None:
    """Give a delegate more time than others, in an attempt that is open too; nobody says why.

    Less than before is not taken from an attempt that is open.
    """
    lock(quiz)
    admission = _admission(booking, quiz)
    changes = history.amend(
        admission, extra_percent=extra_percent, extra_minutes=extra_minutes, untimed=untimed
    )
    attempt = queries.open_attempt(booking.person_id, quiz)
    if attempt is not None and attempt.booking_id == booking.id:
        lock(attempt)
        ends_at = _ends_at(quiz, admission, started_at=attempt.started_at)
        if attempt.ends_at is not None and not rules.is_over(attempt.ends_at, now=now):
            attempt.ends_at = None if ends_at is None else max(ends_at, attempt.ends_at)
    if changes:
        history.record("given time", admission, by=by, at=now)  # how much could tell of somebody's health


def _ends_at(quiz: Quiz, admission: Admission, *, started_at: datetime) -> datetime | None:
    minutes = rules.minutes_allowed(
        quiz.minutes,
        extra_percent=admission.extra_percent,
        extra_minutes=admission.extra_minutes,
        untimed=admission.untimed,
    )
    return rules.ends_at(started_at, minutes=minutes, closes_at=admission.closes_at)


def begin(booking: Booking, quiz: Quiz, *, chance: Random, by: Person | None, now: datetime) -> QuizAttempt:
    """Draw the questions of a new attempt; the one that is open already, when there is one.

    The quiz is held first, so that two tabs begin one attempt and no question changes while it is drawn.
    """
    lock(quiz)
    db.session.refresh(booking)
    standing = queries.standing(booking, quiz, now=now)
    if standing.open_attempt is not None:
        return standing.open_attempt
    if standing.closed_because:
        raise QuizRefused(standing.closed_because)
    if queries.open_attempt(booking.person_id, quiz):
        raise QuizRefused("You have begun this quiz with another booking. Hand that in first.")
    admission = _admit(booking, quiz, now=now)
    drawn = rules.draw(queries.in_use(quiz), draws=quiz.draws, shuffled=quiz.shuffled, by=chance)
    attempt = QuizAttempt(
        quiz=quiz,
        booking=booking,
        person=booking.person,
        number=len(standing.attempts) + 1,
        started_at=now,
        ends_at=_ends_at(quiz, admission, started_at=now),
        answers=[
            Answer(position=place, question_id=one.question_id, shown=",".join(map(str, one.shown)))
            for place, one in enumerate(drawn, 1)
        ],
    )
    db.session.add(attempt)
    history.record("begun", attempt, by=by, at=now, questions=[one.question_id for one in drawn])
    return attempt


def save_answer(attempt: QuizAttempt, position: int, places: Collection[int], *, now: datetime) -> bool:
    """Keep what was chosen, by its places on the page; nothing takes an answer back. Whether it was in time."""
    lock(attempt)
    if not attempt.is_open or rules.is_over(attempt.ends_at, now=now):
        return False
    answer = queries.answer_at(attempt, position)
    try:
        chosen = rules.positions(answer.shown, places)
    except ValueError:
        raise QuizRefused("Select one of the answers that are shown.") from None
    answer.chosen, answer.saved_at = chosen or None, now
    return True


def hand_in(attempt: QuizAttempt, *, by: Person | None, now: datetime) -> QuizAttempt:
    """Mark the attempt, once: handed in twice it is marked once. After its time it is marked by what was saved."""
    _hold(attempt)
    if attempt.is_open:
        ended_at = min(now, attempt.ends_at or now)
        ran_out = rules.has_ended(attempt.ends_at, now=now)
        _mark(attempt, ended_at=ended_at, ran_out=ran_out, by=by, now=now)
    return attempt


def end_if_over(attempt: QuizAttempt, *, now: datetime) -> bool:
    """Mark the attempt once nothing more can arrive for it; whether that was still to do."""
    _hold(attempt)
    if not attempt.is_open or attempt.ends_at is None or not rules.is_over(attempt.ends_at, now=now):
        return False
    _mark(attempt, ended_at=attempt.ends_at, ran_out=True, by=None, now=now)
    return True


def _hold(attempt: QuizAttempt) -> None:
    lock(attempt.booking.training_session)
    lock(attempt)
    db.session.refresh(attempt.booking)


def _mark(
    attempt: QuizAttempt, *, ended_at: datetime, ran_out: bool, by: Person | None, now: datetime
) -> None:
    """Settle what is right; the score is one more attempt at the scheme's assessment, and a pass accredits."""
    answers = queries.answers_of(attempt)
    for answer in answers:
        answer.is_right = answer.chosen == answer.question.right_places
    attempt.right_answers = sum(bool(answer.is_right) for answer in answers)
    attempt.percent = rules.percent(attempt.right_answers, len(answers))
    attempt.finished_at, attempt.ran_out = ended_at, ran_out
    day, scheme = london_date(ended_at), attempt.quiz.scheme
    if terms_on(scheme, day).pass_mark is not None:
        before = queries.scores_before([attempt.booking_id], scheme).get(attempt.booking_id)
        attempt.scored = record_score(
            scheme,
            attempt.booking,
            percent=attempt.percent,
            assessed_on=day,
            is_online=True,
            by=by,
            now=now,
        )
        db.session.flush()
        _award(attempt, [before, attempt.percent], by=by, now=now)
    history.record(
        "marked",
        attempt,
        by=by,
        at=now,
        right=attempt.right_answers,
        percent=attempt.percent,
        ran_out=ran_out,
    )


def _award(attempt: QuizAttempt, score: list[int | None], *, by: Person | None, now: datetime) -> None:
    """Give what a delegate has earned by now, where the register is closed; an open one gives it as it closes.

    Whoever gave the place up after they had begun is not on the register, and earns nothing.
    """
    booking = attempt.booking
    sheet = registers.sheet(booking.training_session)
    if sheet.register is None or not sheet.is_closed or booking not in sheet.delegates or not booking.outcome:
        return
    history.record("assessed online", sheet.register, by=by, at=now, scores={booking.id: score})
    found = verdict(sheet, booking)
    if attempt.quiz.scheme in found.completed:
        correct_awards(booking.training_session, [found], others_stand=True, by=by, now=now)
