"""Who is asked when, reminders that stop, one answer of two at once, and what a certificate waits for."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core import mail
from sscb_training.core.db import db, number
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.evaluations import jobs, queries, service
from sscb_training.evaluations.models import Evaluation, FollowUp, Stage
from sscb_training.letters.kinds import WHY_NOT
from sscb_training.people.models import Person
from tests.bookings.test_races import all_at_once
from tests.evaluations.verbs import came
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_evaluation,
    make_training_session,
    make_version,
)

Outbox = Callable[[], list[Letter]]
TOMORROW, SOON = NOW + timedelta(days=1), NOW + timedelta(days=8)
HOURS = timedelta(hours=3)


def send_in(booking: Booking, stage: Stage = Stage.POST, **given: object) -> Evaluation:
    with transaction():
        return service.send_in(
            queries.booking_of_link(booking.id),
            stage,
            ratings={"Know what to do": 4},
            by=None,
            now=NOW,
            **given,
        )


def set_plan(course: object, **asked: object) -> None:
    with transaction():
        service.set_plan(course, by=None, now=NOW, **asked)  # type: ignore[arg-type]


def test_everybody_is_asked_once_at_each_stage_and_reminded_until_they_answer(
    asha: Person, outbox: Outbox
) -> None:
    session = make_training_session(make_version(make_course(is_discreet=True)), starts_at=SOON)
    booking = make_booking(session, person=asha)
    make_booking(session, status=BookingStatus.WAITLISTED)
    make_booking(session, unscheduled=True)

    assert jobs.ask_for_evaluations(NOW) == 0
    assert [jobs.ask_for_evaluations(TOMORROW), jobs.ask_for_evaluations(TOMORROW)] == [1, 0]
    reminded = [jobs.remind_of_evaluations(TOMORROW + timedelta(days=days)) for days in (2, 3, 4, 6, 6.9)]
    assert reminded == [0, 1, 0, 1, 0]
    before_it_closes, closed = SOON + timedelta(minutes=59), SOON + timedelta(minutes=60)
    changed(queries.evaluation_of(booking, Stage.PRE), reminders=0, reminded_at=None)
    assert len(queries.to_remind(now=before_it_closes)) == 1
    assert queries.to_remind(now=closed) == []  # or each would cost a transaction every quarter of an hour
    first, second, _ = outbox()
    assert first.to_address == "asha@hill.example"
    assert first.subject == f"Two minutes before Training, {session.starts_at:%-d %B %Y}"
    assert "/evaluate/" in first.body
    assert "reminder" not in first.body
    assert "This is a reminder" in second.body

    changed(booking, outcome=Outcome.ATTENDED, outcome_on=SOON.date())
    assert jobs.ask_for_evaluations(SOON + HOURS) == 1
    with transaction():
        service.send_in(
            queries.booking_of_link(booking.id), Stage.POST, ratings={}, by=asha, now=SOON + timedelta(days=1)
        )
    assert jobs.remind_of_evaluations(SOON + timedelta(days=5)) == 0
    weeks = [jobs.ask_for_evaluations(SOON + HOURS + timedelta(weeks=count)) for count in (12, 13)]
    assert weeks == [0, 1]
    after, later = outbox()[3:]
    assert after.subject.startswith("How was it? Training")
    assert "Your certificate is released once you have sent it in." in after.body
    assert later.subject.startswith("What became of it? Training")


def test_no_certificate_is_promised_to_whoever_missed_a_part(asha: Person, outbox: Outbox) -> None:
    changed(came(asha, starts_at=NOW - timedelta(days=1)), outcome=Outcome.PART_ATTENDED)

    assert jobs.ask_for_evaluations(NOW) == 1

    (letter,) = outbox()
    assert letter.subject.startswith("How was it?")
    assert "certificate" not in letter.body


def test_the_manager_is_asked_with_the_delegate_sooner_where_the_course_says_so(
    asha: Person, outbox: Outbox
) -> None:
    booking = came(asha, starts_at=NOW - timedelta(weeks=7, hours=3))
    set_plan(booking.training_session.course, follow_up=FollowUp.WITH_MANAGER, asks_after=False)

    assert jobs.ask_for_evaluations(NOW) == 2

    delegate, manager = outbox()
    assert (delegate.to_address, manager.to_address) == ("asha@hill.example", "mo@agency.example")
    assert manager.subject == f"Your view: Asha and {booking.training_session.course.title}"
    changed(booking.membership, manager_email="Asha@hill.example")
    assert queries.due(Stage.MANAGER, now=NOW + timedelta(days=1)) == []


def test_a_letter_does_not_go_once_its_answer_is_there(asha: Person, outbox: Outbox) -> None:
    booking = came(asha, starts_at=NOW - timedelta(days=1))
    jobs.ask_for_evaluations(NOW)
    (letter,) = outbox()
    assert WHY_NOT[letter.template](booking.id, NOW) == ""

    send_in(booking)

    assert WHY_NOT[letter.template](booking.id, NOW) == "It was sent in."
    assert "/evaluate/" not in mail.without_one_time_links(letter.body)


def test_several_that_send_in_the_same_at_once_are_one(app: Flask, asha: Person) -> None:
    booking_id = came(asha, starts_at=NOW - timedelta(days=1)).id

    found = all_at_once(app, 4, lambda _: str(send_in(db.session.get_one(Booking, booking_id)).id))

    assert len(set(found)) == 1
    assert number(select(func.count(Evaluation.id))) == 1


def test_a_certificate_waits_for_the_evaluation_and_not_longer_than_that_can_be_sent_in(asha: Person) -> None:
    waiting, sent, old, missed = (
        came(asha, starts_at=NOW - timedelta(days=days)) for days in (1, 2, 60.2, 3)
    )
    make_evaluation(sent, Stage.POST)
    changed(missed, outcome=Outcome.PART_ATTENDED)
    unasked = came(asha, starts_at=NOW - timedelta(days=4))
    set_plan(unasked.training_session.course, certificate_waits=False)
    bookings = [waiting, sent, old, missed, unasked]

    assert queries.waiting_for_evaluation(bookings, now=NOW) == {waiting.id}
    assert queries.waits_for_evaluation(waiting, now=NOW)
    send_in(waiting)
    assert not queries.waits_for_evaluation(waiting, now=NOW)


def test_to_send_in_asks_the_same_queries_however_much_waits(
    asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    came(asha, starts_at=NOW - timedelta(days=1))
    asked = count_queries(lambda: queries.to_send_in(asha, now=NOW))
    for days in (2, 3):
        came(asha, starts_at=NOW - timedelta(days=days))

    assert count_queries(lambda: queries.to_send_in(asha, now=NOW)) == asked
    assert len(queries.to_send_in(asha, now=NOW)) == 3


def test_reminders_are_looked_for_among_what_is_awaited_alone(
    explain: Callable[[Callable[[], object]], str],
) -> None:
    assert "ix_evaluation_awaited" in explain(lambda: queries.to_remind(now=NOW))
