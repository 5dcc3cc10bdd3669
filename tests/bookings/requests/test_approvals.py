"""Who agrees to a booking, by an account or by the link of a letter, and what happens when nobody answers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings import queries
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places.service import offer_ahead, offer_free_places
from sscb_training.bookings.requests import jobs, service
from sscb_training.bookings.requests.service import ManagerWanted
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.signing import signed
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_training_session,
    make_version,
)

Outbox = Callable[[], list[Letter]]
FRIDAY_CLOSE = datetime(2026, 11, 30, 17, tzinfo=UTC)
"""Five working days after NOW, a Monday."""


def session_of(style: ApprovalStyle, **given: Any) -> TrainingSession:
    version = make_version(make_course(approval=style))
    return make_training_session(version, **{"starts_at": NOW + timedelta(days=30)} | given)


def managed(person: Person, email: str = "mo@hill.example") -> Person:
    changed(person.memberships[0], manager_name="Mo Manager", manager_email=email, has_no_manager=False)
    return person


def status_of(booking: Booking) -> BookingStatus:
    db.session.refresh(booking)
    return booking.status


def link_in(letter: Letter) -> str:
    found = re.search(r"https://training.example.org(/approve/\S+)", letter.body)
    assert found is not None
    return found[1]


def test_a_place_is_held_while_the_manager_is_asked(asha: Person, outbox: Outbox) -> None:
    booking = request_place(session_of(ApprovalStyle.MANAGER, capacity=1), managed(asha))

    assert booking.status is BookingStatus.AWAITING_APPROVAL
    assert queries.places_left([booking.training_session_id]) == {booking.training_session_id: 0}
    assert booking.approval is not None
    assert booking.approval.answer_by == FRIDAY_CLOSE
    received, asked = outbox()
    assert received.subject.startswith("Waiting for approval")
    assert asked.to_address == "mo@hill.example"
    assert "Asha Patel" in asked.body
    assert "5pm on Monday 30 November 2026" in asked.body


def test_nobody_is_asked_for_somebody_without_a_line_manager(asha: Person) -> None:
    changed(asha.memberships[0], manager_name="", manager_email="", has_no_manager=True)

    assert request_place(session_of(ApprovalStyle.MANAGER), asha).status is BookingStatus.CONFIRMED
    assert (
        request_place(session_of(ApprovalStyle.COORDINATOR), asha).status is BookingStatus.AWAITING_APPROVAL
    )


def test_somebody_who_has_not_said_who_their_manager_is_is_told_to(asha: Person) -> None:
    changed(asha.memberships[0], manager_name="", manager_email="", has_no_manager=False)

    with pytest.raises(ManagerWanted, match="Say who that is in Account"):
        request_place(session_of(ApprovalStyle.MANAGER), asha)


@pytest.mark.parametrize("own", ["asha@hill.example", "ＡSHA@Hill.example", "Asha.Mailbox@hill.example"])
def test_nobody_is_their_own_manager(own: str, asha: Person, outbox: Outbox) -> None:
    changed(asha, contact_email="asha.mailbox@hill.example")

    with pytest.raises(ManagerWanted, match="named as your own"):
        request_place(session_of(ApprovalStyle.MANAGER), managed(asha, email=own))
    assert outbox() == []


def test_no_offer_is_accepted_into_ones_own_approval(asha: Person) -> None:
    """Whoever names themselves as their manager while an offer stands."""
    booking = make_booking(
        session_of(ApprovalStyle.MANAGER),
        person=managed(asha, email="asha@hill.example"),
        status=BookingStatus.OFFERED,
        offer_until=SOON,
    )

    with pytest.raises(ManagerWanted, match="approves for themselves"), transaction():
        service.accept_offer(booking, by=asha, now=NOW)
    db.session.refresh(booking)
    assert booking.status is BookingStatus.OFFERED


def test_nobody_answers_for_themselves_by_the_link(browser: Browser, asha: Person, outbox: Outbox) -> None:
    request_place(session_of(ApprovalStyle.MANAGER), managed(asha))
    link = link_in(outbox()[-1])

    page = browser.signed_in(asha).fill(browser.get(link), button="Approve")

    assert "Nobody answers for themselves" in page.text


def test_a_coordinator_is_the_lead_of_the_agency(asha: Person, ben: Person, outbox: Outbox) -> None:
    request_place(session_of(ApprovalStyle.COORDINATOR), asha)

    assert outbox()[-1].to_address == ben.email
    assert "https://training.example.org/approvals" in outbox()[-1].body


def test_the_link_of_the_letter_approves_without_an_account(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    booking = request_place(session_of(ApprovalStyle.MANAGER), managed(asha))
    link = link_in(outbox()[-1])

    page = browser.get(link)
    assert page.h1 == "Approve a booking"
    assert "Asha Patel" in page.text
    assert status_of(booking) is BookingStatus.AWAITING_APPROVAL  # as when a mail scanner opens it
    page = browser.fill(page, button="Approve")

    assert page.h1 == "Approved"
    assert status_of(booking) is BookingStatus.CONFIRMED
    assert outbox()[-1].subject.startswith("Place confirmed")
    assert browser.get(link).h1 == "Approved"


def test_declining_needs_a_reason_and_passes_the_place_on(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    training_session = session_of(ApprovalStyle.MANAGER, capacity=1)
    booking = request_place(training_session, managed(asha))
    next_one = waiting(training_session)
    link = link_in(outbox()[-1])

    page = browser.fill(browser.get(link), button="Decline")
    assert page.errors == ["Enter the reason, so that the delegate knows why"]
    page = browser.fill(page, button="Decline", reason="No cover that week")

    assert page.h1 == "Declined"
    db.session.refresh(booking)
    db.session.refresh(next_one)
    assert (booking.status, next_one.status) == (BookingStatus.DECLINED, BookingStatus.OFFERED)
    declined = next(letter for letter in outbox() if letter.subject.startswith("Booking not approved"))
    assert declined.to_address == "asha@hill.example"
    assert "No cover that week" in declined.body
    assert "No cover that week" in browser.signed_in(asha).get(f"/bookings/{booking.id}").text


def test_a_link_that_was_made_up_or_signed_for_another_purpose_opens_nothing(
    browser: Browser, asha: Person
) -> None:
    booking = request_place(session_of(ApprovalStyle.MANAGER), managed(asha))

    for token in ("made-up", signed("something else", booking.approval_id)):
        browser.get(f"/approve/{token}", status=404)


def test_two_answers_at_once_are_one(asha: Person) -> None:
    booking = request_place(session_of(ApprovalStyle.MANAGER), managed(asha))
    assert booking.approval is not None
    with transaction():
        service.answer(booking.approval, approved=True, by=None, by_name="Mo Manager", now=NOW)

    with pytest.raises(BookingRefused, match="Mo Manager has approved this already"), transaction():
        service.answer(booking.approval, approved=False, reason="No", by=None, by_name="Jo", now=NOW)


def test_a_link_is_over_on_time_however_late_the_worker_is(
    browser: Browser, asha: Person, outbox: Outbox, at: Callable[[datetime], None]
) -> None:
    booking = request_place(session_of(ApprovalStyle.MANAGER), managed(asha))
    link = link_in(outbox()[-1])
    at(FRIDAY_CLOSE)

    page = browser.get(link)
    assert page.h1 == "Nothing left to approve"
    browser.post(link, {"answer": "approve"})

    assert status_of(booking) is BookingStatus.AWAITING_APPROVAL


def test_an_unanswered_request_reminds_once_then_lapses(asha: Person, outbox: Outbox) -> None:
    training_session = session_of(ApprovalStyle.MANAGER, capacity=1)
    booking = request_place(training_session, managed(asha))
    next_one = waiting(training_session)

    assert jobs.remind_approvers(NOW + timedelta(days=1)) == 0
    assert jobs.remind_approvers(NOW + timedelta(days=2)) == 1
    assert jobs.remind_approvers(NOW + timedelta(days=3)) == 0
    assert outbox()[-1].subject.startswith("Still to approve")
    assert jobs.lapse_approvals(FRIDAY_CLOSE - timedelta(seconds=1)) == 0
    assert jobs.lapse_approvals(FRIDAY_CLOSE) == 1
    assert jobs.lapse_approvals(FRIDAY_CLOSE) == 0

    db.session.refresh(booking)
    db.session.refresh(next_one)
    assert (booking.status, next_one.status) == (BookingStatus.LAPSED, BookingStatus.OFFERED)
    assert any(letter.subject.startswith("Not approved in time") for letter in outbox())


def test_an_accepted_offer_still_asks_the_manager(asha: Person) -> None:
    training_session = session_of(ApprovalStyle.MANAGER, capacity=1)
    booking = waiting(training_session, person=managed(asha))
    with transaction():
        offer_free_places(training_session, now=NOW)

    with transaction():
        service.accept_offer(booking, by=asha, now=NOW)

    assert booking.status is BookingStatus.AWAITING_APPROVAL


def test_whom_staff_chose_from_the_list_is_not_decided_about_twice(asha: Person, cara: Person) -> None:
    training_session = session_of(ApprovalStyle.COORDINATOR, capacity=2, most_per_agency=1)
    chosen = waiting(training_session, person=asha)
    next_one = waiting(training_session, person=make_person(agency=make_agency()))
    with transaction():
        offer_ahead(chosen, reason="To keep the mix", by=cara, now=NOW)
    with transaction():
        for booking in (chosen, next_one):
            service.accept_offer(booking, by=booking.person, now=NOW)

    assert status_of(chosen) is BookingStatus.CONFIRMED
    assert status_of(next_one) is BookingStatus.AWAITING_APPROVAL


def test_an_offer_that_is_over_cannot_be_accepted(browser: Browser, asha: Person) -> None:
    training_session = session_of(ApprovalStyle.DECLARED)
    booking = make_booking(
        training_session,
        person=asha,
        status=BookingStatus.OFFERED,
        offered_at=NOW - timedelta(days=3),
        offer_until=NOW,
    )

    page = browser.signed_in(asha).post(f"/bookings/{booking.id}/accept", status=409)

    assert "This offer is over" in page.text


def test_a_delegate_accepts_and_another_turns_down(browser: Browser, asha: Person, dev: Person) -> None:
    training_session = session_of(ApprovalStyle.DECLARED, capacity=2)
    waiting(training_session, person=asha)
    waiting(training_session, person=dev)
    with transaction():
        offer_free_places(training_session, now=NOW)

    accepted = queries.live_booking(training_session, asha)
    turned_down = queries.live_booking(training_session, dev)
    assert accepted is not None
    assert turned_down is not None
    browser.signed_in(asha).get(f"/bookings/{turned_down.id}", status=404)
    page = browser.fill(browser.get(f"/bookings/{accepted.id}"), button="Accept this place")
    assert page.h1 == "Place confirmed"
    page = browser.fill(
        browser.signed_in(dev).get(f"/bookings/{turned_down.id}"), button="Turn down this place"
    )
    assert "You turned the place down" in page.text
    assert page.h1.startswith("You turned this place down")


def test_approvals_shows_what_waits_for_whom(
    browser: Browser, asha: Person, ben: Person, cara: Person, dev: Person, hill_school: Agency
) -> None:
    mo = make_person("Mo Manager", email="mo@hill.example", agency=hill_school)
    for style in (ApprovalStyle.MANAGER, ApprovalStyle.COORDINATOR):
        booking = request_place(session_of(style), managed(asha))
    other_date = make_training_session(booking.training_session.course_version)
    make_booking(other_date, person=asha)
    make_booking(make_training_session(), person=asha)
    said = "Booked already on 7 December 2026"
    assert said in browser.signed_in(cara).get(f"/approvals/{booking.approval_id}").text

    for who, number in ((mo, 1), (ben, 2), (cara, 2), (dev, 0), (asha, 0)):
        page = browser.signed_in(who).get("/approvals")
        assert page.text.count("Look at it alone") == number, who.name
        assert page.text.count(said) == (who in (ben, cara))
        links = [link.get_text(strip=True) for link in page.soup.select("nav a")]
        assert ("Approvals" in links) == (who not in (dev, asha)), who.name


def test_a_manager_approves_many_at_once(browser: Browser, asha: Person, hill_school: Agency) -> None:
    mo = make_person("Mo Manager", email="mo@hill.example", agency=hill_school)
    other = managed(make_person("Olu", agency=hill_school))
    bookings = [request_place(session_of(ApprovalStyle.MANAGER), managed(who)) for who in (asha, other)]

    page = browser.signed_in(mo).get("/approvals")
    assert browser.fill(page, button="Approve").errors == ["Select what you want to approve or decline"]
    page = browser.post(
        "/approvals", {"approval": [str(b.approval_id) for b in bookings], "answer": "approve"}
    )

    assert "2 bookings are approved." in page.text
    assert "Nothing waits for you" in page.text
    for booking in bookings:
        db.session.refresh(booking)
        assert booking.status is BookingStatus.CONFIRMED


def test_nobody_approves_their_own_booking_or_anothers(
    browser: Browser, asha: Person, dev: Person, ben: Person, hill_school: Agency
) -> None:
    own = request_place(session_of(ApprovalStyle.MANAGER), managed(asha))
    changed(own.approval, approver_email="asha@hill.example")
    of_the_lead = make_membership(ben, hill_school, manager_email="mo@hill.example")
    leads_own = request_place(session_of(ApprovalStyle.COORDINATOR), ben, membership=of_the_lead)

    browser.signed_in(asha).get(f"/approvals/{own.approval_id}", status=404)
    browser.signed_in(dev).get(f"/approvals/{own.approval_id}", status=404)
    browser.signed_in(ben).get(f"/approvals/{leads_own.approval_id}", status=404)


def test_the_list_of_approvals_asks_as_often_for_three_as_for_one(
    browser: Browser, asha: Person, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def another() -> Booking:
        return request_place(session_of(ApprovalStyle.COORDINATOR), make_person(agency=make_agency()))

    another()
    browser.signed_in(cara).get("/approvals")
    one = count_queries(lambda: browser.get("/approvals"))
    another()
    another()

    assert count_queries(lambda: browser.get("/approvals")) == one
