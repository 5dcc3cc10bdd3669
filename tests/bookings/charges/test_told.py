"""What delegates are told of charges: before they book, on the booking, and before they cancel."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sscb_training.attendance.parts.service import cancel_part
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel, request_place
from tests.browser import Browser
from tests.factories import NOW, SOON, make_policy, make_training_session

At = Callable[[datetime], None]
LATE = SOON - timedelta(days=2)


def test_a_delegate_reads_the_terms_before_booking_and_on_the_booking(browser: Browser, asha: Person) -> None:
    make_policy()
    training_session = make_training_session()
    words = "Free to cancel until 30 November 2026. After that, or if you do not come, your agency is charged £25."

    browser.signed_in(asha).get(f"/dates/{training_session.id}/book")
    page = browser.submit(f"/dates/{training_session.id}/book/access-needs")
    assert words in page.text
    page = browser.fill(page, button="Confirm booking", declared="y")

    assert page.h1 == "Place confirmed"
    assert words in page.text


def test_a_delegate_who_lost_a_part_reads_that_cancelling_is_free(browser: Browser, asha: Person) -> None:
    make_policy()
    booking = request_place(make_training_session(parts=2), asha)
    with transaction():
        cancel_part(booking.training_session.parts[1], reason="Snow", by=None, now=NOW)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}")

    free = "Cancelling is free, because a part was cancelled. If you do not come, your agency is charged £25."
    assert free in page.text


def test_without_a_policy_nothing_is_said_of_charges(browser: Browser, asha: Person) -> None:
    booking = request_place(make_training_session(), asha)

    assert "charge" not in browser.signed_in(asha).get(f"/bookings/{booking.id}").text.lower()


def test_whoever_cancels_late_is_warned_first(browser: Browser, asha: Person, cara: Person, at: At) -> None:
    make_policy()
    url = f"/bookings/{request_place(make_training_session(), asha).id}/cancel"
    assert "charged" not in browser.signed_in(asha).get(url).text

    at(LATE)
    warned = "free to cancel until 30 November 2026. Now your agency is charged £25."
    assert warned in browser.signed_in(asha).get(url).text
    assert "unless the board decided this" in browser.signed_in(cara).get(url).text


@pytest.mark.parametrize(("who", "told"), [("asha", True), ("ben", True), ("cara", True), ("tom", False)])
def test_who_reads_of_a_charge(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, tom: Person, who: str, told: bool
) -> None:
    make_policy()
    booking = request_place(make_training_session(trainers=[tom]), asha)
    cancel(booking, now=LATE)

    page = browser.signed_in(request.getfixturevalue(who)).get(f"/bookings/{booking.id}")

    assert ("Late cancellation: £25, to be charged" in page.text) is told
