"""A quiz opens to who attended, is taken once at a time, within its time, and gives a score and what that earns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import SchemeCourse
from sscb_training.attendance.changes.queries import changes
from sscb_training.attendance.models import Mark
from sscb_training.attendance.service import RegisterRefused, close_register, save_register
from sscb_training.bookings.models import BookingStatus
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.quizzes import jobs, queries, service
from sscb_training.quizzes.bank import service as bank
from sscb_training.quizzes.models import Opens, QuestionKind
from sscb_training.quizzes.service import QuizRefused
from tests.factories import NOW, TODAY, changed, make_booking, make_quiz_attempt, make_training_session, only
from tests.quizzes.verbs import attended, begin, choose, hand_in, make_assessed, mark, take

LATER = NOW + timedelta(minutes=31)


def test_a_quiz_opens_by_letter_once_every_part_is_marked(
    asha: Person, dev: Person, outbox: Callable[[], list[Letter]]
) -> None:
    booking, quiz = make_assessed(asha, parts=2, open_days=14)
    session = booking.training_session
    away = make_booking(session, person=dev)
    with transaction():
        save_register(
            session, marks={(booking.id, session.parts[0].id): Mark.LATE}, scores={}, by=None, now=NOW
        )
    assert jobs.open_quizzes(NOW) == 0
    with pytest.raises(QuizRefused, match="every part"):
        begin(booking, quiz)
    mark(session, booking)
    mark(session, away, Mark.DID_NOT_ATTEND)
    changed(quiz, published_at=NOW)
    assert jobs.open_quizzes(NOW) == 0  # it is not sprung on who came long before
    changed(quiz, published_at=NOW - timedelta(days=30))
    assert (jobs.open_quizzes(NOW), jobs.open_quizzes(NOW)) == (1, 0)

    [letter] = outbox()
    assert letter.template == "quizzes/open"
    assert f"/bookings/{booking.id}/quizzes/{quiz.id}" in letter.body
    assert "until Monday 7 December 2026" in letter.body
    with pytest.raises(QuizRefused, match="last day to begin was 7 December 2026"):
        begin(booking, quiz, now=NOW + timedelta(days=15))
    assert queries.why_not_told(booking.id, NOW) == ""
    begin(booking, quiz, now=NOW + timedelta(days=14))
    assert queries.why_not_told(booking.id, NOW) == "It was begun."


def test_one_attempt_is_open_at_a_time(asha: Person) -> None:
    booking, quiz = make_assessed(asha)
    attended(booking)
    attempt = begin(booking, quiz)
    assert begin(booking, quiz, seed=2) == attempt
    again = make_training_session(quiz.course_version, starts_at=NOW - timedelta(days=1))
    twice = attended(make_booking(again, person=asha))
    with pytest.raises(QuizRefused, match="another booking"):
        begin(twice, quiz)
    with pytest.raises(IntegrityError):
        make_quiz_attempt(twice, quiz)


@pytest.mark.parametrize("closes_first", [True, False])
def test_a_pass_accredits_whenever_the_register_closes(asha: Person, closes_first: bool) -> None:
    booking, quiz = make_assessed(asha)
    session = booking.training_session
    mark(session, booking, close=closes_first)
    take(booking, quiz, right=2)
    attempt = take(booking, quiz, right=3)
    hand_in(attempt)  # a double click
    if not closes_first:
        assert accreditation.accreditations_of(asha) == []
        with (
            pytest.raises(RegisterRefused, match="Asha Patel: the online quiz gave this score"),
            transaction(),
        ):
            save_register(session, marks={}, scores={booking.id: 90}, by=None, now=NOW)
        with transaction():
            close_register(session, by=None, now=NOW)

    [held] = accreditation.accreditations_of(asha)
    assert (held.awarded_on, held.attempt) == (TODAY, attempt.scored)  # later than the last part
    assert [(one.percent, one.passed, one.is_online) for one in accreditation.attempts([booking.id])] == [
        (50, False, True),
        (75, True, True),
    ]
    told = [(one.was, one.now, one.reason) for one in changes(session)]
    assert told == (
        [("50%", "75%", "Online quiz"), ("No score", "50%", "Online quiz")] if closes_first else []
    )
    with pytest.raises(QuizRefused, match="passed"):
        begin(booking, quiz)


def test_a_score_without_having_come_earns_nothing(asha: Person) -> None:
    booking, quiz = make_assessed(asha, opens="from_start")
    take(booking, quiz, right=4)
    mark(booking.training_session, booking, Mark.DID_NOT_ATTEND, close=True)
    assert accreditation.accreditations_of(asha) == []


def test_the_server_keeps_the_time(asha: Person) -> None:
    booking, quiz = make_assessed(asha, minutes=30)
    attempt = begin(attended(booking), quiz)
    choose(attempt, right=3)
    assert jobs.mark_what_ran_out(NOW + timedelta(minutes=30)) == 0  # an answer may still be on its way
    with transaction():
        assert not service.save_answer(attempt, 4, [1], now=LATER)
    assert (jobs.mark_what_ran_out(LATER), jobs.mark_what_ran_out(LATER)) == (1, 0)
    assert (attempt.percent, attempt.ran_out) == (75, True)
    assert attempt.finished_at == NOW + timedelta(minutes=30)
    assert hand_in(attempt, now=LATER).percent == 75
    [held] = accreditation.accreditations_of(asha)
    assert held.awarded_on == TODAY


def test_more_time_counts_in_an_open_attempt_and_is_not_taken_back(asha: Person, cara: Person) -> None:
    booking, quiz = make_assessed(asha, minutes=30, open_days=5)
    attempt = begin(attended(booking), quiz)

    def give(percent: int = 0, minutes: int = 0, *, untimed: bool = False) -> None:
        with transaction():
            service.give_more_time(
                booking, quiz, extra_percent=percent, extra_minutes=minutes, untimed=untimed, by=cara, now=NOW
            )

    give(25, 10)
    assert attempt.ends_at == NOW + timedelta(minutes=48)
    give()
    assert attempt.ends_at == NOW + timedelta(minutes=48)
    give(untimed=True)
    assert attempt.ends_at is not None
    assert attempt.ends_at > NOW + timedelta(days=5)  # until the quiz closes to them


def test_attempts_and_waiting_time_are_the_schemes(asha: Person) -> None:
    booking, quiz = make_assessed(asha, attempts_allowed=2, waiting_days=7)
    attended(booking)
    take(booking, quiz, right=0)
    with pytest.raises(QuizRefused, match="from 30 November 2026"):
        begin(booking, quiz, now=NOW + timedelta(days=6))
    take(booking, quiz, right=0, now=NOW + timedelta(days=7))
    with pytest.raises(QuizRefused, match="All 2 attempts"):
        begin(booking, quiz, now=NOW + timedelta(days=30))


def test_an_open_attempt_keeps_the_words_in_which_it_was_asked(asha: Person, cara: Person) -> None:
    booking, quiz = make_assessed(asha, draws=3)
    attempt = begin(attended(booking), quiz)
    asked = attempt.answers[0].question
    new: dict[str, Any] = {
        "choices": ["No", "Yes"],
        "right": [1],
        "explanation": "Read it.",
        "by": cara,
        "now": NOW,
    }
    with transaction():
        other = bank.change_question(asked, text="Quite another?", **new)
    with transaction():
        spare = bank.add_question(quiz, QuestionKind.ONE, text="One more?", **new)
    with transaction():
        assert bank.change_question(spare, text="Not asked yet?", **new) == spare
    with pytest.raises(QuizRefused, match="meanwhile"), transaction():
        bank.change_question(asked, text="A third?", **new)

    assert (other.replaces_id, other.number) == (asked.id, asked.number)
    assert asked.text != other.text
    assert [one.id for one in queries.in_use(quiz)].count(asked.id) == 0
    choose(attempt, right=3)
    assert hand_in(attempt).percent == 100
    with transaction():
        bank.retire(spare, by=cara, now=NOW)
    first, *others = queries.in_use(quiz)
    with transaction():
        bank.retire(first, by=cara, now=NOW)
    with pytest.raises(QuizRefused, match="there would be 2"), transaction():
        bank.retire(others[0], by=cara, now=NOW)


def test_a_scheme_that_takes_some_parts_is_assessed_after_those(asha: Person) -> None:
    booking, quiz = make_assessed(asha, parts=2)
    session = booking.training_session
    first, second = session.parts
    way = only(SchemeCourse)
    changed(way, parts=[first.position])
    marks = {(booking.id, first.id): Mark.ATTENDED, (booking.id, second.id): Mark.DID_NOT_ATTEND}
    with transaction():
        save_register(session, marks=marks, scores={}, by=None, now=NOW)
    with transaction():
        close_register(session, by=None, now=NOW)
    take(booking, quiz, right=4)
    [held] = accreditation.accreditations_of(asha)
    assert held.awarded_on == TODAY


def test_an_attempt_outlives_the_place_and_keeps_no_other_waiting(asha: Person, dev: Person) -> None:
    booking, quiz = make_assessed(asha, opens=Opens.FROM_START, minutes=30)
    other = make_booking(booking.training_session, person=dev)
    attempts = [begin(booking, quiz), begin(other, quiz, now=NOW + timedelta(seconds=20))]
    changed(booking, status=BookingStatus.CANCELLED_BY_DELEGATE)
    mark(booking.training_session, other, close=True)

    assert jobs.mark_what_ran_out(NOW + timedelta(hours=1)) == 2

    assert [attempt.is_open for attempt in attempts] == [False, False]
    assert accreditation.accreditations_of(asha) == []


@pytest.mark.one_database
def test_what_waits_is_asked_as_often_for_three_dates_as_for_one(
    asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    _, quiz = make_assessed(asha, opens=Opens.FROM_START, parts=2)

    def look() -> int:
        db.session.rollback()
        return count_queries(lambda: queries.waiting_for(asha, now=NOW))

    once = look()
    for days in (2, 1):
        session = make_training_session(quiz.course_version, starts_at=NOW - timedelta(days=days), parts=2)
        make_booking(session, person=asha)

    assert (look(), len(queries.waiting_for(asha, now=NOW))) == (once, 3)
