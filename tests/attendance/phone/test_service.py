"""Marks that a phone sends one by one, at once or hours later."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from sscb_training.attendance import queries, service
from sscb_training.attendance.models import Mark, Seen, SentMark
from sscb_training.attendance.phone.service import TAKEN, Answer, Sent, take_marks
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core import history
from sscb_training.core.db import db, number
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)

keys = (f"{number:036}" for number in count(1))


@pytest.fixture
def hall(tom: Person) -> TrainingSession:
    """A session whose second part begins this afternoon, leading to an accreditation with a pass mark."""
    course = make_course()
    make_scheme(course, pass_mark=80)
    return make_training_session(
        make_version(course), starts_at=NOW - timedelta(hours=1), parts=2, trainers=[tom]
    )


@pytest.fixture
def booking(hall: TrainingSession, asha: Person) -> Booking:
    return make_booking(hall, person=asha)


def sent(booking: Booking, mark: str, base: str = "", *, part: int = 0, key: str = "") -> Sent:
    cell = booking.id, booking.training_session.parts[part].id
    return Sent(key or next(keys), cell, Seen.read(mark) if mark else None, Seen.read(base) if base else None)


def take(hall: TrainingSession, *marks: Sent, by: Person | None = None) -> list[Answer]:
    with transaction():
        answers = take_marks(hall, marks, by=by, now=NOW)
    return [answers[one.key] for one in marks]


def stands(booking: Booking) -> str:
    db.session.rollback()
    seen = queries.seen_in(booking.training_session)
    found = seen.get((booking.id, booking.training_session.parts[0].id))
    return found.word if found else ""


def test_take_keeps_marks_changes_them_and_takes_them_back(hall: TrainingSession, booking: Booking) -> None:
    assert take(hall, sent(booking, "attended"), sent(booking, "late/20", "attended")) == [TAKEN, TAKEN]
    assert stands(booking) == "late/20"
    assert take(hall, sent(booking, "", "late/20")) == [TAKEN]
    assert stands(booking) == ""
    register = queries.register_of(hall)
    assert register is not None
    cell = f"{booking.id}/{hall.parts[0].id}"
    details = [entry.detail["marks"][cell] for entry in history.entries_about(register)]
    assert details == [[None, "late/20"], ["late/20", None]]
    assert queries.events(queries.sheet(hall))[0].lines == [
        "Asha Patel, Part 1: mark taken back, was Late, 20 minutes missed"
    ]


def test_take_of_what_came_before_is_taken_whatever_was_done_since(
    hall: TrainingSession, booking: Booking, cara: Person
) -> None:
    """The answer was lost, and the phone sends again."""
    first = sent(booking, "attended")
    take(hall, first)
    take(hall, sent(booking, "late", "attended"), by=cara)
    assert take(hall, first) == [TAKEN]
    assert stands(booking) == "late"
    with transaction():
        service.save_register(hall, marks={}, scores={}, by=None, now=NOW)
    changed(queries.register_of(hall), closed_at=NOW)
    [again, later] = take(hall, first, sent(booking, "attended", "late"))
    assert again == TAKEN
    assert later.why_not == "This register is closed. Re-open it to change anything."
    assert number(select(func.count(SentMark.id))) == 2


def test_take_tells_whose_mark_overtook_it_and_takes_what_was_chosen_then(
    hall: TrainingSession, booking: Booking, cara: Person, tom: Person
) -> None:
    take(hall, sent(booking, "late"), by=cara)
    [answer] = take(hall, sent(booking, "attended"), by=tom)
    overtaken = answer.overtaken_by
    assert overtaken is not None
    assert (overtaken.theirs, overtaken.made) == (Seen(Mark.LATE), queries.Made("Cara Board", NOW))
    assert stands(booking) == "late"
    assert take(hall, sent(booking, "late"), by=tom) == [TAKEN]
    assert take(hall, sent(booking, "attended", "late"), by=tom) == [TAKEN]
    assert stands(booking) == "attended"


def test_take_of_what_was_taken_back_meanwhile_is_overtaken(hall: TrainingSession, booking: Booking) -> None:
    take(hall, sent(booking, "late"))
    take(hall, sent(booking, "", "late"))
    [answer] = take(hall, sent(booking, "attended", "late"))
    assert answer.overtaken_by is not None
    assert answer.overtaken_by.theirs is None


def _not_on_it(booking: Booking) -> Sent:
    changed(booking, status=BookingStatus.CANCELLED_BY_DELEGATE)
    return sent(booking, "attended")


def _cancelled(booking: Booking) -> Sent:
    changed(booking.training_session.parts[0], cancelled_at=NOW)
    return sent(booking, "attended")


def _not_booked(booking: Booking) -> Sent:
    first, second = booking.training_session.parts
    other = make_booking(booking.training_session)
    before = make_booking(make_training_session(), person=other.person)
    changed(other, part_id=second.id, makes_up_id=before.id, makes_up_part_id=first.id)
    return sent(other, "attended")


def _to_come(booking: Booking) -> Sent:
    changed(booking.training_session.parts[1], starts_at=NOW + timedelta(hours=2))
    return sent(booking, "attended", part=1)


def _scored(booking: Booking) -> Sent:
    with transaction():
        service.save_register(booking.training_session, marks={}, scores={booking.id: 90}, by=None, now=NOW)
    take(booking.training_session, sent(booking, "did_not_attend", part=1))
    return sent(booking, "did_not_attend")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_not_on_it, "They are not on this register any more"),
        (_cancelled, "This part was cancelled, or is not one of this session"),
        (_not_booked, "They have not booked this part"),
        (_to_come, "This part has not begun yet"),
        (_scored, "They have a score, so they cannot be marked Did not attend. Take the score back first"),
    ],
)
def test_take_says_why_a_mark_cannot_be_and_takes_the_others(
    hall: TrainingSession, booking: Booking, spoil: Callable[[Booking], Sent], why: str
) -> None:
    changed(hall.parts[1], starts_at=NOW - timedelta(minutes=30), ends_at=NOW + timedelta(hours=5))
    other = make_booking(hall, person=make_person("Somebody Else"))
    bad = spoil(booking)
    answers = take(hall, bad, sent(other, "attended"))
    assert answers[0].why_not == why
    if hall.parts[0].is_on:
        assert answers[1] == TAKEN


def test_take_asks_as_often_for_three_as_for_one(
    hall: TrainingSession, booking: Booking, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    others = [make_booking(hall) for _ in range(3)]
    take(hall, sent(booking, "late"))
    two = [sent(booking, "attended", "late"), sent(others[0], "late")]
    more = [sent(booking, "late", "attended"), *(sent(other, "attended") for other in others[1:])]
    assert count_queries(lambda: take(hall, *two)) == count_queries(lambda: take(hall, *more))
