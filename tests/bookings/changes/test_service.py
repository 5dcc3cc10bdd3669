"""Giving a booking up, and calling a session off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from sscb_training.bookings.changes import service
from sscb_training.bookings.models import AccessNeeds, BookingStatus, Outcome
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.bookings.verbs import calendar_of, cancel, request_place, verbs, waiting
from tests.factories import (
    NOW,
    TODAY,
    make_booking,
    make_training_session,
)

Outbox = Callable[[], list[Letter]]


def test_cancel_sends_a_dated_receipt_and_takes_the_entry_out_of_the_calendar(
    asha: Person, outbox: Outbox
) -> None:
    booking = request_place(make_training_session(), asha, access_needs="Large print")

    cancel(booking, reason="On leave")

    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE
    assert (booking.ended_at, booking.end_reason, booking.outcome) == (NOW, "On leave", None)
    assert db.session.scalar(select(AccessNeeds)) is None
    assert verbs(booking) == ["requested", "cancelled"]
    assert history.entries_about(booking)[1].detail == {"status": ["Confirmed", "Cancelled"]}
    invited, receipt = outbox()
    assert "cancelled on 23 November 2026 at 9am" in receipt.body
    assert "This letter is your receipt" in receipt.body
    assert receipt.calendar_method == "CANCEL"
    [event] = calendar_of(receipt).events
    [before] = calendar_of(invited).events
    assert (event["uid"], event["status"]) == (before["uid"], "CANCELLED")
    assert event["sequence"] > before["sequence"]


def test_cancel_offers_the_place_to_the_first_who_waits(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full, person=asha)
    second = waiting(full, waitlisted_at=NOW - timedelta(hours=1))
    first = waiting(full, waitlisted_at=NOW - timedelta(hours=2))

    cancel(booking)

    assert (first.status, second.status) == (BookingStatus.OFFERED, BookingStatus.WAITLISTED)
    assert first.offered_at == NOW
    receipt, offer = outbox()
    assert receipt.to_address == "asha@hill.example"
    assert offer.subject.startswith("A place is offered to you")
    assert offer.to_address == first.person.email


def test_cancel_of_a_wait_promotes_nobody_and_has_no_calendar_entry(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    booking, next_one = waiting(full, person=asha), waiting(full)

    cancel(booking)

    assert next_one.status is BookingStatus.WAITLISTED
    [receipt] = outbox()
    assert "place on the waiting list" in receipt.body
    assert receipt.calendar is None


def test_cancel_twice_promotes_one(asha: Person) -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full, person=asha)
    first, second = waiting(full), waiting(full)
    cancel(booking)

    with pytest.raises(BookingRefused, match="ended already"):
        cancel(booking)
    assert (first.status, second.status) == (BookingStatus.OFFERED, BookingStatus.WAITLISTED)


def test_cancel_is_refused_once_the_session_has_started() -> None:
    booking = make_booking(make_training_session(starts_at=NOW))

    with pytest.raises(BookingRefused, match="has started"):
        cancel(booking)
    assert booking.status is BookingStatus.CONFIRMED


def test_a_place_that_the_board_takes_away_says_so(asha: Person, cara: Person, outbox: Outbox) -> None:
    booking = make_booking(make_training_session(), person=asha)

    cancel(booking, by=cara, reason="The course is for another group.", board_decided=True)

    assert booking.status is BookingStatus.CANCELLED_BY_BOARD
    assert (booking.outcome, booking.outcome_on) == (Outcome.CANCELLED_BY_BOARD, TODAY)
    [letter] = outbox()
    assert "cancelled by the board" in letter.body
    assert "The course is for another group." in letter.body


def test_cancel_session_tells_everybody(asha: Person, dev: Person, tom: Person, outbox: Outbox) -> None:
    training_session = make_training_session(capacity=1, trainers=[tom])
    confirmed = make_booking(training_session, person=asha)
    waits = waiting(training_session, person=dev)
    gone = make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)

    with transaction():
        service.cancel_session(training_session, reason="Snow", by=None, now=NOW)

    assert training_session.status is SessionStatus.CANCELLED
    assert (training_session.cancelled_at, training_session.cancel_reason) == (NOW, "Snow")
    for booking in (confirmed, waits):
        assert booking.status is BookingStatus.CANCELLED_BY_BOARD
        assert booking.outcome is Outcome.CANCELLED_BY_BOARD
    assert gone.status is BookingStatus.CANCELLED_BY_DELEGATE
    letters = {letter.to_address: letter for letter in outbox()}
    manager = "mo@agency.example"  # of whoever has a place; those who wait have nobody keeping them free
    assert set(letters) == {"asha@hill.example", "dev@vale.example", "tom@pool.example", manager}
    assert "The booking of Asha Patel" in letters[manager].body
    assert all("Snow" in letter.body for letter in letters.values())
    assert letters["asha@hill.example"].calendar_method == "CANCEL"
    assert letters["asha@hill.example"].calendar
    assert letters["dev@vale.example"].calendar is None


def test_cancel_session_is_refused_twice_and_afterwards() -> None:
    over = make_training_session(starts_at=NOW - timedelta(hours=3))
    cancelled = make_training_session(status=SessionStatus.CANCELLED)

    for training_session, reason in ((over, "is over"), (cancelled, "cancelled already")):
        with pytest.raises(BookingRefused, match=reason), transaction():
            service.cancel_session(training_session, reason="Snow", by=None, now=NOW)
