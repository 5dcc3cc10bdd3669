"""Whoever holds several sessions holds them in one order, or PostgreSQL would end one of two verbs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from flask import Flask

from sscb_training.attendance.parts.service import cancel_part
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.make_up.service import book_part
from sscb_training.bookings.models import Booking
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import Base, db, lock
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from tests.factories import NOW, SOON, make_booking, make_training_session


def test_a_session_is_cancelled_while_a_place_moves_to_it_from_where_its_part_is_made_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_date = make_training_session(starts_at=SOON + timedelta(days=30), parts=2)
    off = make_training_session(other_date.course_version, parts=2)
    incomplete, moving = make_booking(off), make_booking(other_date)
    with transaction():
        cancel_part(off.parts[1], reason="Snow", by=None, now=NOW)
        book_part(incomplete, off.parts[1], other_date.parts[1], by=None, now=NOW)
    off_id, moving_id = off.id, moving.id
    both_hold_one = Barrier(2)

    def lock_and_wait(row: Base) -> None:
        lock(row)
        with suppress(BrokenBarrierError):
            both_hold_one.wait(0.5)

    monkeypatch.setattr(changes, "lock", lock_and_wait)

    def cancel() -> None:
        changes.cancel_session(db.session.get_one(TrainingSession, off_id), reason="Snow", by=None, now=NOW)

    def move() -> None:
        to = db.session.get_one(TrainingSession, off_id)
        changes.move(db.session.get_one(Booking, moving_id), to, by=None, now=NOW)

    def run(verb: Callable[[], None]) -> None:
        with app.app_context(), suppress(BookingRefused), transaction():
            verb()

    db.session.remove()
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(run, [cancel, move])) == [None, None]
