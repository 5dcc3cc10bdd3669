"""Two trainers at once, each with a connection of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from sscb_training.accreditation.models import Accreditation
from sscb_training.attendance import queries, service
from sscb_training.attendance.check_in import service as check_ins
from sscb_training.attendance.models import AttendanceMark, CheckIn, Mark, Register, Seen
from sscb_training.attendance.phone import service as phone
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db, lock_each, number
from sscb_training.core.history import HistoryEntry
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
)
from tests.unbegun import no_begin

DELEGATES = 6


@pytest.fixture
def hall() -> TrainingSession:
    course = make_course()
    make_scheme(course, pass_mark=None)
    training_session = make_training_session(make_version(course), starts_at=NOW - timedelta(hours=3))
    for _ in range(DELEGATES):
        make_booking(training_session)
    return training_session


def _at_once(app: Flask, training_session_id: int, *acts: Callable[[TrainingSession], object]) -> None:
    """Do each in a thread and a transaction of its own, all begun together."""
    ready = Barrier(len(acts))
    db.session.remove()

    def do(act: Callable[[TrainingSession], object]) -> None:
        with app.app_context():
            ready.wait()
            with transaction():
                training_session = db.session.get(TrainingSession, training_session_id)
                assert training_session is not None
                act(training_session)

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(do, act) for act in acts]:
            done.result()


def _saving(cells: dict[tuple[int, int], Mark]) -> Callable[[TrainingSession], object]:
    return lambda training_session: service.save_register(
        training_session, marks=cells, scores={}, by=None, now=NOW
    )


def test_trainers_who_save_at_once_keep_all_their_marks(app: Flask, hall: TrainingSession) -> None:
    hall_id = hall.id
    part_id = hall.parts[0].id
    booking_ids = [booking.id for booking in queries.sheet(hall).delegates]
    cells: list[dict[tuple[int, int], Mark]] = [
        {(booking_id, part_id): Mark.ATTENDED} for booking_id in booking_ids
    ]
    _at_once(app, hall_id, *map(_saving, cells))

    assert number(select(func.count(Register.id))) == 1
    marked = db.session.scalars(select(AttendanceMark.booking_id)).all()
    assert sorted(marked) == sorted(booking_ids)


def test_trainers_who_mark_the_same_delegate_at_once_leave_one_mark_and_both_in_the_history(
    app: Flask, hall: TrainingSession
) -> None:
    hall_id = hall.id
    cell = (queries.sheet(hall).delegates[0].id, hall.parts[0].id)
    _at_once(app, hall_id, _saving({cell: Mark.ATTENDED}), _saving({cell: Mark.LATE}))

    [mark] = db.session.scalars(select(AttendanceMark.mark)).all()
    first, second = (
        entry.detail["marks"][f"{cell[0]}/{cell[1]}"]
        for entry in db.session.scalars(
            select(HistoryEntry).where(HistoryEntry.verb == "saved").order_by(HistoryEntry.id)
        )
    )
    assert first[0] is None
    assert second == [first[1], mark.value]


def test_closing_twice_at_once_awards_once(app: Flask, hall: TrainingSession) -> None:
    hall_id = hall.id
    part_id = hall.parts[0].id
    everybody = {(booking.id, part_id): Mark.ATTENDED for booking in queries.sheet(hall).delegates}
    _at_once(app, hall_id, _saving(everybody))
    _at_once(
        app,
        hall_id,
        *[lambda training_session: service.close_register(training_session, by=None, now=NOW)] * 4,
    )

    assert number(select(func.count(Accreditation.id))) == DELEGATES
    assert number(select(func.count(Letter.id))) == DELEGATES
    assert number(select(func.count(HistoryEntry.id)).where(HistoryEntry.verb == "closed")) == 1


def _two_phones(app: Flask, hall: TrainingSession) -> tuple[list[phone.Answer], str]:
    """What two phones are told that mark the same delegate at once, each having seen Attended; and what stands then."""
    hall_id, cell = hall.id, (queries.sheet(hall).delegates[0].id, hall.parts[0].id)
    with transaction():
        service.save_register(hall, marks={cell: Mark.ATTENDED}, scores={}, by=None, now=NOW)
    answers: list[phone.Answer] = []

    def sending(key: str, mark: Mark) -> Callable[[TrainingSession], object]:
        one = phone.Sent(key * 36, cell, Seen(mark), based_on=Seen(Mark.ATTENDED))
        return lambda training_session: answers.extend(
            phone.take_marks(training_session, [one], by=None, now=NOW).values()
        )

    _at_once(app, hall_id, sending("a", Mark.LATE), sending("b", Mark.LEFT_EARLY))
    return answers, db.session.scalars(select(AttendanceMark.mark)).one()


def test_of_two_phones_that_mark_the_same_delegate_at_once_one_is_told(
    app: Flask, hall: TrainingSession
) -> None:
    answers, stands = _two_phones(app, hall)
    [told] = [answer for answer in answers if answer != phone.TAKEN]
    assert told.overtaken_by is not None
    assert told.overtaken_by.theirs == Seen(Mark(stands))


def test_without_the_lock_both_phones_believe_that_theirs_stands(
    app: Flask, hall: TrainingSession, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = Barrier(2)
    look = queries.seen_in

    def look_and_wait(training_session: TrainingSession, booking_ids: set[int] | None = None) -> Any:
        seen = look(training_session, booking_ids)
        if booking_ids is not None:
            both_have_looked.wait(30)
        return seen

    monkeypatch.setattr(queries, "seen_in", look_and_wait)
    answers, _ = _two_phones(app, hall)
    assert answers == [phone.TAKEN, phone.TAKEN]


@pytest.fixture
def no_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registers without their lock: on SQLite also without BEGIN IMMEDIATE, which is the lock there."""
    monkeypatch.setattr(service, "lock", lambda _row: None)
    with no_begin():
        yield


def test_one_who_checks_in_on_two_phones_at_once_is_checked_in_once(
    app: Flask, hall: TrainingSession
) -> None:
    session_id, booking_id = hall.id, queries.sheet(hall).delegates[0].id

    def arrive(training_session: TrainingSession) -> None:
        booking = db.session.get_one(Booking, booking_id)
        part = training_session.parts[0]
        check_ins.check_in(booking, part, by=None, now=part.starts_at)

    _at_once(app, session_id, *[arrive] * 4)

    assert number(select(func.count(CheckIn.id))) == 1


def test_closing_holds_people_in_the_order_in_which_an_import_does(app: Flask, hall: TrainingSession) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("about PostgreSQL: SQLite holds everything at once")
    delegates = db.session.scalars(select(Booking).order_by(Booking.id)).all()
    for number_, booking in enumerate(delegates):  # the register is in the order of names
        changed(booking.person, name=f"{chr(ord('z') - number_)} Delegate")
    first, last = delegates[0].person_id, delegates[-1].person_id
    with transaction():
        marks = {(booking.id, part.id): Mark.ATTENDED for booking in delegates for part in hall.parts}
        service.save_register(hall, marks=marks, scores={}, by=None, now=NOW)
    hall_id = hall.id
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def close() -> None:
        with app.app_context(), transaction():
            service.close_register(db.session.get_one(TrainingSession, hall_id), by=None, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            lock_each(Person, [first])
            closing = pool.submit(close)
            with db.engine.connect() as aside:
                while not aside.scalar(waits):
                    aside.rollback()
                    assert not closing.done()
            db.session.execute(text("SET LOCAL lock_timeout = '1s'"))
            lock_each(Person, [last])
        closing.result()
    assert number(select(func.count(Accreditation.id))) == DELEGATES
