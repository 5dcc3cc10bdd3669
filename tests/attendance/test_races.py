"""Two trainers at once, each with a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from sscb_training.accreditation.models import Accreditation
from sscb_training.attendance import queries, service
from sscb_training.attendance.models import AttendanceMark, Mark, Register
from sscb_training.core.db import db, number
from sscb_training.core.history import HistoryEntry
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from tests.factories import NOW, make_booking, make_course, make_scheme, make_training_session, make_version

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
