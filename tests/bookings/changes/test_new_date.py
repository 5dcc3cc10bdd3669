"""Whoever had a place on a session that was called off is offered another date, and confirms."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.bookings.changes import queries, service
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.bookings.places.service import turn_down
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
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_policy,
    make_training_session,
    make_version,
    saved,
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


def offer_all(snowed: TrainingSession, later: TrainingSession) -> service.Offers:
    with transaction():
        return service.offer_instead(snowed, later, by=None, now=NOW)


def offer(snowed: TrainingSession, later: TrainingSession) -> Sequence[Booking]:
    return offer_all(snowed, later).offered


def approved(**given: Any) -> Approval:
    usual: dict[str, Any] = {"style": ApprovalStyle.MANAGER, "asked_at": NOW, "answered_at": NOW}
    return saved(Approval(approved=True, answered_by="Mo", **usual | given))


def accept(booking: Booking) -> None:
    with transaction():
        accept_offer(booking, by=booking.person, now=NOW)


def test_who_had_a_place_is_offered_the_new_date_and_confirms_without_asking_the_manager_again(
    asha: Person, snowed: TrainingSession, later: TrainingSession, outbox: Outbox
) -> None:
    changed(asha.memberships[0], manager_name="Mo Manager", manager_email="Mo@school.example")
    approval = approved(approver_email="mo@school.example")
    booking = make_booking(snowed, person=asha, confirmed_at=NOW, approval=approval)
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

    assert (made.status, made.approval) == (BookingStatus.CONFIRMED, approval)
    invitation, to_manager = outbox()[-2:]
    assert invitation.calendar_method == "REQUEST"
    assert (to_manager.template, to_manager.to_address) == ("bookings/moved_manager", "Mo@school.example")
    assert "from Monday 7 December 2026 to another date" in to_manager.body


@pytest.mark.parametrize(
    ("style", "approver", "expected"),
    [
        (ApprovalStyle.MANAGER, "old@school.example", BookingStatus.AWAITING_APPROVAL),
        (ApprovalStyle.COORDINATOR, "", BookingStatus.CONFIRMED),
    ],
)
def test_only_who_would_be_asked_now_is_not_asked_again(
    asha: Person,
    snowed: TrainingSession,
    later: TrainingSession,
    style: ApprovalStyle,
    approver: str,
    expected: BookingStatus,
) -> None:
    changed(snowed.course, approval=style)
    changed(asha.memberships[0], manager_name="Mo", manager_email="new@school.example")
    approval = approved(style=style, approver_email=approver)
    make_booking(snowed, person=asha, confirmed_at=NOW, approval=approval)
    call_off(snowed)

    [made] = offer(snowed, later)
    accept(made)

    assert made.status is expected


def test_another_job_approves_for_itself_what_was_offered_in_the_one_before(
    asha: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    changed(asha.memberships[0], manager_name="Mo", manager_email="mo@school.example")
    approval = approved(approver_email="mo@school.example")
    make_booking(snowed, person=asha, confirmed_at=NOW, approval=approval)
    call_off(snowed)
    [made] = offer(snowed, later)
    role = make_membership(asha, make_agency(), manager_name="Mo", manager_email="mo@school.example")
    changed(made, membership=role)

    accept(made)

    assert made.awaits_approval
    assert made.approval != approval


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

    offers = offer_all(snowed, later)

    [made], [waits] = offers.offered, offers.waiting
    assert (patient.status, made.replaces, waits.replaces) == (BookingStatus.OFFERED, first, second)
    with pytest.raises(BookingRefused, match="Nobody is left"):
        offer(snowed, later)


def test_whom_the_mix_keeps_out_waits_in_turn_is_told_so_and_is_offered_the_next_place(
    snowed: TrainingSession, version: CourseVersion, outbox: Outbox
) -> None:
    large, small = make_agency(), make_agency()
    for number, agency in enumerate((large, large, small, small)):
        requested_at = NOW - timedelta(days=9 - number)
        make_booking(
            snowed,
            person=make_person(f"P{number}", agency=agency, email=f"p{number}@a.example"),
            requested_at=requested_at,
            confirmed_at=NOW,
        )
    call_off(snowed)
    later = make_training_session(version, starts_at=LATER, capacity=3, most_per_agency=1)

    offers = offer_all(snowed, later)

    assert [one.person.name for one in offers.offered] == ["P0", "P2"]
    assert [one.person.name for one in offers.waiting] == ["P1", "P3"]
    assert "as many places as one agency may have" in offers.waiting[0].passed_over
    told = [letter for letter in outbox() if letter.template == "bookings/waiting_instead"]
    assert [letter.to_address for letter in told] == ["p1@a.example", "p3@a.example"]
    assert "on Monday 7 December 2026 was cancelled" in told[0].body
    with transaction():
        turn_down(offers.offered[0], by=None, now=NOW)
    assert offers.waiting[0].is_offered
    assert outbox()[-1].template == "bookings/offered_instead"


def test_whose_offer_stood_is_moved_and_who_was_only_called_to_be_first_is_not(
    snowed: TrainingSession, later: TrainingSession
) -> None:
    offered = make_booking(
        snowed,
        status=BookingStatus.OFFERED,
        waitlisted_at=NOW - timedelta(days=7),
        offered_at=NOW,
        offer_until=NOW + timedelta(days=2),
    )
    waiting(snowed, offered_at=NOW, offer_until=snowed.starts_at)
    call_off(snowed)

    assert queries.concerned(snowed, now=NOW).waited == 1
    assert [made.replaces for made in offer(snowed, later)] == [offered]


def test_who_cannot_have_the_date_is_left_out_and_named(
    snowed: TrainingSession, later: TrainingSession, asha: Person, dev: Person
) -> None:
    leaver, other, stays = (make_booking(snowed, person=one, confirmed_at=NOW) for one in (asha, dev, None))
    nobodys = make_booking(snowed, person=make_person("Wanda Walkin"), confirmed_at=NOW)
    call_off(snowed)
    changed(asha.memberships[0], valid_to=(NOW + timedelta(days=20)).date())
    changed(dev, suspended_at=NOW)

    offers = offer_all(snowed, later)

    assert [made.replaces for made in offers.offered] == [stays]
    assert dict(offers.left_out) == {
        leaver: "the job ends before that date is over",
        other: "the account is suspended",
    }
    assert "Asha Patel (the job ends before that date is over)" in offers.not_made
    assert queries.concerned(snowed, now=NOW).without_their_job == [nobodys]


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
    with pytest.raises(BookingRefused, match="that date was offered already"):
        offer(snowed, later)
    [again] = offer(snowed, make_training_session(version, starts_at=LATER + timedelta(days=1)))

    assert again.person == asha
    assert again.replaces is not None
    db.session.refresh(made)
    assert made.replaces is None
    changed(again, status=BookingStatus.CANCELLED_BY_DELEGATE, confirmed_at=NOW)
    assert queries.to_move(snowed, now=NOW) == []


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
    approval = approved(approver_email=asha.memberships[0].manager_email)
    booking_id = make_booking(snowed, person=asha, confirmed_at=NOW, approval=approval).id
    snowed_id = snowed.id
    make_booking(snowed, person=make_person("Left Already"), confirmed_at=NOW)
    assert browser.signed_in(cara).get(f"/sessions/{snowed_id}/move").url == f"/sessions/{snowed_id}"
    call_off(snowed)
    url = browser.get(f"/sessions/{snowed_id}").link("Move delegates to a new date")
    page = browser.get(url)
    assert "Had a place 2 Waited 0" in page.text
    assert "Not in that job any more, so not offered a date: Left Already" in page.text
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
