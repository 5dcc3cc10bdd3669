from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings import service as booking_service
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.letters import jobs as letter_jobs
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import service
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
)


@pytest.fixture
def for_hill(hill_school: Agency) -> TrainingSession:
    version = make_version(make_course(code="RA-1", title="Raising awareness"))
    return make_training_session(version, only_agency=hill_school)


def test_close_to_others_refuses_while_somebody_from_elsewhere_is_booked(
    hill_school: Agency, asha: Person, dev: Person
) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    with transaction():
        service.close_to_others(training_session, hill_school, by=None, now=NOW)
        service.close_to_others(training_session, None, by=None, now=NOW)
    make_booking(training_session, person=dev)

    with pytest.raises(BookingRefused, match="1 person from elsewhere"):
        service.close_to_others(training_session, hill_school, by=None, now=NOW)


def test_request_place_refuses_everybody_else(for_hill: TrainingSession, asha: Person, dev: Person) -> None:
    with transaction():
        requests.request_place(for_hill, asha, membership=asha.memberships[0], by=asha, now=NOW)
    with pytest.raises(BookingRefused, match="for staff of Hill School only"):
        requests.request_place(for_hill, dev, membership=dev.memberships[0], by=dev, now=NOW)


def test_the_catalogue_shows_a_date_for_one_agency_to_its_staff_alone(
    browser: Browser, for_hill: TrainingSession, asha: Person, ben: Person, dev: Person
) -> None:
    date = f"/dates/{for_hill.id}"
    assert date not in str(browser.get("/courses/RA-1").soup)
    assert "for staff of Hill School only" in browser.get(date).text

    for colleague in (asha, ben):
        browser.signed_in(colleague)
        assert date in str(browser.get("/courses/RA-1").soup)
        assert date in str(browser.get("/courses").soup)
        assert browser.get(date).link("Book a place")

    browser.signed_in(dev)
    assert date not in str(browser.get("/courses").soup)
    assert "Book a place" not in browser.get(date).text


def test_staff_keep_a_date_for_one_agency(browser: Browser, cara: Person, hill_school: Agency) -> None:
    training_session = make_training_session()
    browser.signed_in(cara)

    page = browser.submit(f"/sessions/{training_session.id}/only-agency", only_agency=str(hill_school.id))

    assert "This date is for staff of Hill School only." in page.text
    make_booking(make_training_session(), person=cara)
    page = browser.submit(f"/sessions/{training_session.id}/only-agency", only_agency="")
    assert "This date is for all agencies." in page.text


@pytest.mark.parametrize(
    ("email", "contact_email", "expected"),
    [
        ("kim@hill.example", "office@hill.example", ["kim@hill.example"]),
        (None, "office@hill.example", ["office@hill.example"]),
        (None, "", ["ben@hill.example"]),
    ],
)
def test_a_delegates_letters_go_to_them_their_mailbox_or_their_lead(
    hill_school: Agency, ben: Person, email: str | None, contact_email: str, expected: list[str]
) -> None:
    kim = make_person("Kim", agency=hill_school, email=email, contact_email=contact_email)

    assert booking_service.addresses_for(make_booking(make_training_session(), person=kim)) == expected


def test_joining_instructions_of_somebody_without_an_address_go_to_every_lead_once(
    hill_school: Agency, ben: Person, outbox: Callable[[], list[Letter]]
) -> None:
    make_person("Bea", leads=hill_school, email="bea@hill.example")
    make_booking(make_training_session(), person=make_person("Kim", agency=hill_school, email=None))

    for _ in range(2):
        letter_jobs.send_joining_instructions(SOON - timedelta(days=7))

    joining = [letter.to_address for letter in outbox() if letter.template == "bookings/joining"]
    assert joining == ["bea@hill.example", "ben@hill.example"]


def test_a_lead_answers_the_offer_of_somebody_who_cannot_sign_in(
    browser: Browser, outbox: Callable[[], list[Letter]], hill_school: Agency, ben: Person, tom: Person
) -> None:
    kim = make_person("Kim", agency=hill_school, email=None)
    training_session = make_training_session(capacity=1, trainers=[tom])
    waits = make_booking(training_session, person=kim, status=BookingStatus.WAITLISTED)
    with transaction():
        changes.cancel(make_booking(training_session), reason="", by=None, now=NOW)
    offers = [letter.to_address for letter in outbox() if letter.template == "bookings/offered"]
    assert offers == ["ben@hill.example"]

    browser.signed_in(tom).post(f"/bookings/{waits.id}/accept", status=404)
    browser.signed_in(ben)
    browser.submit(f"/bookings/{waits.id}", button="Accept this place")

    assert waits.status is BookingStatus.CONFIRMED


def test_a_lead_answers_and_cancels_for_whoever_has_no_account_yet(
    browser: Browser, outbox: Callable[[], list[Letter]], hill_school: Agency, ben: Person, dev: Person
) -> None:
    kim = make_person("Kim", agency=hill_school, email="kim@hill.example", email_confirmed_at=None)
    training_session = make_training_session(capacity=1)
    waits = make_booking(training_session, person=kim, status=BookingStatus.WAITLISTED)
    with transaction():
        changes.cancel(make_booking(training_session), reason="", by=None, now=NOW)
    offer = next(letter for letter in outbox() if letter.template == "bookings/offered")
    assert offer.to_address == "kim@hill.example"
    assert "You have no account yet. Create one with this email address" in offer.body

    browser.signed_in(dev).post(f"/bookings/{waits.id}/accept", status=404)
    browser.signed_in(ben)
    assert "Confirmed" in browser.submit(f"/bookings/{waits.id}", button="Accept this place").text

    browser.submit(f"/bookings/{waits.id}/cancel")

    assert waits.status is BookingStatus.CANCELLED_BY_DELEGATE


def test_a_lead_cannot_say_that_the_board_cancelled(
    browser: Browser, hill_school: Agency, ben: Person, cara: Person
) -> None:
    kim = make_person("Kim", agency=hill_school, email=None)
    booking = make_booking(make_training_session(), person=kim)
    assert "Who decided this?" in browser.signed_in(cara).get(f"/bookings/{booking.id}/cancel").text

    assert "Who decided this?" not in browser.signed_in(ben).get(f"/bookings/{booking.id}/cancel").text
    browser.post(f"/bookings/{booking.id}/cancel", {"whose": "board", "reason": "Snow"})

    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE


def test_a_lead_answers_for_nobody_who_can_sign_in(browser: Browser, asha: Person, ben: Person) -> None:
    booking = changed(
        make_booking(make_training_session(), person=asha),
        status=BookingStatus.OFFERED, offered_at=NOW, offer_until=NOW.replace(hour=17),
    )  # fmt: skip

    browser.signed_in(ben).post(f"/bookings/{booking.id}/accept", status=404)
