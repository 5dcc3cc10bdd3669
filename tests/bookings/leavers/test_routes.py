"""The pages on which a coordinator decides about the bookings of leavers."""

from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import get_or_404
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_membership,
    make_person,
    make_training_session,
)


@pytest.fixture
def booking(asha: Person) -> Booking:
    """Asha leaves Hill School today, and has booked a later date."""
    changed(asha.memberships[0], valid_to=TODAY)
    return make_booking(make_training_session(), person=asha)


def begins_at(agency: Agency, person: Person) -> int:
    job = make_membership(
        person, agency, valid_from=TODAY + timedelta(days=1), job_title="Nurse", has_no_manager=True,
        manager_name="", manager_email="",
    )  # fmt: skip
    return job.id


def test_a_lead_carries_over_without_being_told_where_to(
    browser: Browser, booking: Booking, asha: Person, ben: Person
) -> None:
    job_id = begins_at(make_agency(name="Midlands Partnership"), asha)

    browser.signed_in(ben).get("/home")
    browser.click("Decide")
    page = browser.get(f"/bookings/{booking.id}/leaver")
    assert "Midlands Partnership" not in page.text
    assert "Carry it over to the job that they have then" in page.text
    page = browser.fill(page, answer=job_id)

    assert page.url == "/leavers"
    assert "The booking of Asha Patel is carried over." in page.text
    assert get_or_404(Booking, booking.id).membership_id == job_id
    browser.get(f"/bookings/{booking.id}/leaver", status=404)


def test_board_staff_choose_among_several_jobs_and_a_lead_does_not(
    browser: Browser, booking: Booking, asha: Person, ben: Person, cara: Person
) -> None:
    for name in ("Midlands Partnership", "Shropshire Council"):
        begins_at(make_agency(name=name), asha)
    url = f"/bookings/{booking.id}/leaver"

    assert "The board’s staff can carry the booking over" in browser.signed_in(ben).get(url).text
    page = browser.signed_in(cara).get(url)
    assert "Nurse, Midlands Partnership" in page.text
    assert "Nurse, Shropshire Council" in page.text


def test_a_booking_of_somebody_without_a_new_job_is_cancelled(
    browser: Browser, booking: Booking, ben: Person
) -> None:
    url = f"/bookings/{booking.id}/leaver"
    page = browser.signed_in(ben).get(url)
    assert "No other job is recorded" in page.text
    assert browser.fill(page).errors == ["Select what happens to this booking"]

    page = browser.submit(url, answer="cancel")

    assert "cancelled without charge" in page.text
    assert get_or_404(Booking, booking.id).status is BookingStatus.CANCELLED_BY_DELEGATE
    assert "No booking waits for a decision" in page.text


def test_a_refusal_stands_on_the_form(
    browser: Browser, asha: Person, cara: Person, hill_school: Agency
) -> None:
    changed(asha.memberships[0], valid_to=TODAY)
    booking = make_booking(make_training_session(only_agency=hill_school), person=asha)
    job_id = begins_at(make_agency(), asha)

    page = browser.signed_in(cara).submit(f"/bookings/{booking.id}/leaver", answer=job_id)

    assert page.errors == ["This date is for staff of Hill School only. Choose another date of the course."]


@pytest.mark.parametrize(("who", "status"), [("ben", 200), ("cara", 200), ("dev", 403), ("asha", 403)])
def test_who_decides(
    request: pytest.FixtureRequest, browser: Browser, booking: Booking, who: str, status: int
) -> None:
    booking_id = booking.id
    browser.signed_in(request.getfixturevalue(who)).get(f"/bookings/{booking_id}/leaver", status=status)


def test_a_leaver_is_told_what_will_become_of_the_booking(
    browser: Browser, booking: Booking, asha: Person
) -> None:
    url = f"/bookings/{booking.id}"
    assert "which ends on" in browser.signed_in(asha).get(url).text


def test_the_list_has_pages(browser: Browser, hill_school: Agency, cara: Person) -> None:
    training_session = make_training_session()
    for number in range(26):
        leaver = make_person(f"Lea Leaver {number}", agency=hill_school)
        changed(leaver.memberships[0], valid_to=TODAY)
        make_booking(training_session, person=leaver)

    page = browser.signed_in(cara).get("/leavers")
    assert "Showing 1 to 25 of 26 bookings" in page.text
    assert "Lea Leaver 25" not in page.text

    page = browser.get("/leavers?page=9")
    assert "Showing 26 to 26 of 26 bookings" in page.text
    assert "Lea Leaver 25" in page.text
