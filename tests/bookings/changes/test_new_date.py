"""Whoever had a place on a session that was called off is offered another date, and confirms."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.bookings.changes import queries, service
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.requests.service import accept_offer
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, CourseVersion, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place, verbs, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_booking,
    make_course,
    make_person,
    make_policy,
    make_training_session,
    make_version,
)

Outbox = Callable[[], list[Letter]]
LATER = SOON + timedelta(days=30)


@pytest.fixture
def version() -> CourseVersion:
    return make_version(make_course(title="Neglect: using GCP2", approval=ApprovalStyle.MANAGER))


@pytest.fixture
def snowed(version: CourseVersion) -> TrainingSession:
    return make_training_session(version)


@pytest.fixture
def later(version: CourseVersion) -> TrainingSession:
    return make_training_session(version, starts_at=LATER)


def call_off(training_session: TrainingSession) -> None:
    with transaction():
        service.cancel_session(training_session, reason="Snow", by=None, now=NOW)


def offer(snowed: TrainingSession, later: TrainingSession, **given: Any) -> list[Booking]:
    usual: dict[str, Any] = {"by": None, "now": NOW}
    with transaction():
        return list(service.offer_instead(snowed, later, **usual | given))


def accept(booking: Booking) -> None:
    with transaction():
        accept_offer(booking, by=booking.person, now=NOW)


def test_who_had_a_place_is_offered_the_new_date_and_confirms_without_asking_the_manager_again(
    asha: Person, snowed: TrainingSession, later: TrainingSession, outbox: Outbox
) -> None:
    booking = make_booking(snowed, person=asha, confirmed_at=NOW)
    waiting(snowed)
    call_off(snowed)

    [made] = offer(snowed, later)

    assert (made.person, made.training_session, made.replaces) == (asha, later, booking)
    assert (made.status, made.membership) == (BookingStatus.OFFERED, booking.membership)
    assert verbs(snowed)[-1] == "offered another date"
    letter = outbox()[-1]
    assert (letter.template, letter.to_address) == ("bookings/offered_instead", "asha@hill.example")
    assert "on Monday 7 December 2026 was cancelled" in letter.body
    assert "Wednesday 6 January 2027" in letter.body
    assert f"/bookings/{made.id}" in letter.body

    accept(made)

    assert made.status is BookingStatus.CONFIRMED
    assert outbox()[-1].calendar_method == "REQUEST"


def test_a_date_that_the_board_chose_is_free_to_give_up_for_five_working_days(
    asha: Person, snowed: TrainingSession, later: TrainingSession, outbox: Outbox
) -> None:
    make_policy(free_days=90, late_fee=2500)
    make_booking(snowed, person=asha, confirmed_at=NOW)
    call_off(snowed)

    [made] = offer(snowed, later)

    assert made.charge_terms is not None
    assert made.charge_terms.free_until == date(2026, 11, 30)
    assert "Free to cancel until 30 November 2026" in outbox()[-1].body


def test_what_was_not_approved_yet_is_approved_on_the_new_date(
    asha: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    request_place(snowed, asha)
    call_off(snowed)

    [made] = offer(snowed, later)
    accept(made)

    assert made.status is BookingStatus.AWAITING_APPROVAL


def test_no_more_are_offered_it_than_there_are_places_and_who_waits_there_goes_first(
    snowed: TrainingSession, version: CourseVersion
) -> None:
    second, first = (
        make_booking(snowed, requested_at=NOW - timedelta(days=days), confirmed_at=NOW) for days in (3, 5)
    )
    call_off(snowed)
    later = make_training_session(version, starts_at=LATER, capacity=2)
    patient = waiting(later)

    [made] = offer(snowed, later)

    assert (patient.status, made.replaces) == (BookingStatus.OFFERED, first)
    assert list(queries.to_move(snowed, now=NOW)) == [second]
    with pytest.raises(BookingRefused, match="No place of that date"):
        offer(snowed, later)


def test_nobody_is_offered_two_dates_at_once_and_an_offer_that_was_not_taken_can_be_made_again(
    asha: Person, dev: Person, snowed: TrainingSession, later: TrainingSession, version: CourseVersion
) -> None:
    make_booking(snowed, person=asha, confirmed_at=NOW)
    make_booking(snowed, person=dev, confirmed_at=NOW)
    make_booking(later, person=dev)
    call_off(snowed)
    [made] = offer(snowed, later)
    with pytest.raises(BookingRefused, match="Nobody is left"):
        offer(snowed, later)

    changed(made, status=BookingStatus.LAPSED)
    [again] = offer(snowed, make_training_session(version, starts_at=LATER + timedelta(days=1)))

    assert again.person == asha
    assert again.replaces is not None
    db.session.refresh(made)
    assert made.replaces is None


def test_a_date_for_one_agency_is_offered_to_nobody_else(
    asha: Person, dev: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    make_booking(snowed, person=asha, confirmed_at=NOW)
    make_booking(snowed, person=dev, confirmed_at=NOW)
    call_off(snowed)
    changed(later, only_agency_id=asha.memberships[0].agency_id)

    assert [made.person for made in offer(snowed, later)] == [asha]


def test_only_a_date_of_the_same_course_stands_in_for_one_that_was_called_off(
    asha: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    make_booking(snowed, person=asha, confirmed_at=NOW)
    with pytest.raises(BookingRefused, match="was not cancelled"):
        offer(snowed, later)
    call_off(snowed)
    with pytest.raises(BookingRefused, match="the same course"):
        offer(snowed, make_training_session(starts_at=LATER))


def test_staff_move_everybody_from_the_page_of_the_cancelled_session(
    browser: Browser, cara: Person, asha: Person, snowed: TrainingSession, version: CourseVersion
) -> None:
    booking_id, snowed_id = make_booking(snowed, person=asha, confirmed_at=NOW).id, snowed.id
    make_booking(snowed, person=make_person("Left Already"), confirmed_at=NOW)
    assert browser.signed_in(cara).get(f"/sessions/{snowed_id}/move").url == f"/sessions/{snowed_id}"
    call_off(snowed)
    url = browser.get(f"/sessions/{snowed_id}").link("Move delegates to a new date")
    page = browser.get(url)
    assert "This course has no other date to come" in page.text
    assert page.link("Plan a date").endswith(f"?version={version.id}")
    later_id = make_training_session(version, starts_at=LATER).id

    assert "Select a date" in browser.submit(url).errors
    page = browser.submit(url, training_session_id=later_id)

    assert page.url == f"/sessions/{later_id}"
    assert "1 delegate is offered this date by letter, with a deadline." in page.text
    assert "Nobody is left to move" in browser.get(url).text
    page = browser.signed_in(asha).get(f"/bookings/{booking_id}")
    assert "A place on another date is offered instead" in page.text
    page = browser.get(page.link("Wednesday 6 January 2027"))
    assert "Your session of 7 December 2026 was cancelled" in page.text
    page = browser.fill(page, button="Accept this place")
    assert page.h1 == "Place confirmed"
