"""A colleague takes the place, or the place moves to another date."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings import queries
from sscb_training.bookings.changes import service
from sscb_training.bookings.charges.models import ChargeTerms
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.models import AccessNeeds, Booking, BookingStatus, CancelReason
from sscb_training.bookings.requests.service import NotEligible
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db, get_or_404, rows
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, CourseVersion, TrainingSession
from sscb_training.people.models import Person
from sscb_training.people.service import PersonRefused
from tests.bookings.test_races import all_at_once
from tests.bookings.verbs import calendar_of, cancel, request_place, verbs, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_policy,
    make_staff_group,
    make_training_session,
    make_version,
    saved,
)

Outbox = Callable[[], list[Letter]]
LATER = SOON + timedelta(days=30)


def substitute(booking: Booking, colleague: Person, **given: Any) -> Booking:
    usual: dict[str, Any] = {"by": booking.person, "now": NOW}
    with transaction():
        return service.substitute(booking, colleague.memberships[0], **usual | given)


def substitute_somebody_new(booking: Booking, **given: Any) -> Booking:
    usual: dict[str, Any] = {
        "name": "Nora New",
        "email": "nora@hill.example",
        "job_title": "Teacher",
        "by": booking.person,
        "now": NOW,
    }
    with transaction():
        return service.substitute_somebody_new(booking, **usual | given)


def move(booking: Booking, training_session: TrainingSession, **given: Any) -> Booking:
    usual: dict[str, Any] = {"by": booking.person, "now": NOW}
    with transaction():
        return service.move(booking, training_session, **usual | given)


@pytest.fixture
def version() -> CourseVersion:
    return make_version()


@pytest.fixture
def colleague(hill_school: Agency) -> Person:
    return make_person("Col League", agency=hill_school, email="col@hill.example")


def test_cancel_keeps_the_reason_code_out_of_the_history(asha: Person, outbox: Outbox) -> None:
    booking = make_booking(make_training_session(), person=asha)

    cancel(booking, reason="An operation", reason_code=CancelReason.ILLNESS)

    assert booking.reason_code is CancelReason.ILLNESS
    assert "llness" not in str([entry.detail for entry in history.entries_about(booking)])
    [receipt] = outbox()
    assert receipt.to_address == "asha@hill.example"
    assert "The reason that was given: Illness" in receipt.body
    assert "operation" not in receipt.body


@pytest.mark.parametrize(
    ("reason_code", "is_said"), [(CancelReason.ILLNESS, False), (CancelReason.WORK_PRIORITIES, True)]
)
def test_a_receipt_in_a_shared_mailbox_says_nothing_of_health(
    asha: Person, outbox: Outbox, reason_code: CancelReason, is_said: bool
) -> None:
    changed(asha, email=None, email_key=None, contact_email="office@hill.example")
    cancel(make_booking(make_training_session(), person=asha), reason_code=reason_code)
    assert outbox()[0].to_address == "office@hill.example"
    assert (reason_code.label in outbox()[0].body) is is_said


def test_substitute_takes_the_place_before_anybody_who_waits(
    asha: Person, colleague: Person, outbox: Outbox
) -> None:
    full = make_training_session(capacity=1)
    booking = request_place(full, asha, access_needs="Large print")
    behind = waiting(full)

    taken = substitute(booking, colleague)

    assert (booking.status, booking.ended_at) == (BookingStatus.SUBSTITUTED, NOW)
    assert (taken.status, taken.replaces, taken.person) == (BookingStatus.CONFIRMED, booking, colleague)
    assert behind.status is BookingStatus.WAITLISTED
    assert queries.places_taken(full) == 1
    assert rows(db.select(AccessNeeds)) == []
    assert verbs(booking) == ["requested", "substituted"]
    assert history.entries_about(taken)[0].detail["replaces"] == booking.reference
    _, invitation, ending, to_manager = outbox()
    assert (invitation.to_address, invitation.calendar_method) == ("col@hill.example", "REQUEST")
    assert "Asha Patel" in invitation.body
    assert (ending.to_address, ending.calendar_method) == ("asha@hill.example", "CANCEL")
    assert "Col League takes your place" in ending.body
    assert to_manager.to_address == "mo@agency.example"
    assert "Col League takes the place of Asha Patel" in to_manager.body
    assert taken.reference in to_manager.body


def test_each_manager_hears_once_of_a_substitute_and_nobody_of_themselves(
    asha: Person, colleague: Person, outbox: Outbox
) -> None:
    def told() -> list[str]:
        return [one.to_address for one in outbox() if one.template == "bookings/substituted_manager"]

    changed(colleague.memberships[0], manager_email="other@work.example")
    substitute(make_booking(make_training_session(), person=asha), colleague)
    assert told() == ["other@work.example", "mo@agency.example"]
    changed(asha.memberships[0], manager_email="asha@hill.example")
    changed(colleague.memberships[0], manager_email="")
    substitute(make_booking(make_training_session(), person=asha), colleague)
    assert len(told()) == 2


def test_substitute_asks_for_approval_as_the_course_says(
    asha: Person, colleague: Person, outbox: Outbox
) -> None:
    version = make_version(make_course(approval=ApprovalStyle.MANAGER))
    booking = make_booking(make_training_session(version, capacity=1), person=asha)

    taken = substitute(booking, colleague)

    assert taken.status is BookingStatus.AWAITING_APPROVAL
    assert {letter.template for letter in outbox()} == {
        "bookings/received",
        "bookings/approve",
        "bookings/substituted",
        "bookings/substituted_manager",
    }


def test_substitute_refuses_another_agency_a_second_booking_and_a_session_that_began(
    asha: Person, dev: Person, colleague: Person
) -> None:
    training_session = make_training_session()
    booking = make_booking(training_session, person=asha)
    make_booking(training_session, person=colleague)

    with pytest.raises(BookingRefused, match="same agency"):
        substitute(booking, dev)
    with pytest.raises(BookingRefused, match="has this place already"):
        substitute(booking, asha)
    with pytest.raises(BookingRefused, match="already has booking"):
        substitute(booking, colleague)
    with pytest.raises(BookingRefused, match="has started"):
        substitute(booking, colleague, now=SOON)
    assert booking.status is BookingStatus.CONFIRMED


def test_substitute_refuses_whom_the_course_is_not_for(asha: Person, colleague: Person) -> None:
    training_session = make_training_session()
    booking = make_booking(training_session, person=asha)
    saved(BookingRule(course_id=training_session.course.id, staff_group=make_staff_group()))
    changed(training_session.course, has_booking_rules=True)

    with pytest.raises(NotEligible):
        substitute(booking, colleague)
    assert booking.status is BookingStatus.CONFIRMED


def test_substitute_refuses_a_wait(asha: Person, colleague: Person) -> None:
    with pytest.raises(BookingRefused, match="with a place"):
        substitute(waiting(make_training_session(), person=asha), colleague)


def test_substitute_somebody_new_makes_a_person_without_an_account(asha: Person) -> None:
    taken = substitute_somebody_new(make_booking(make_training_session(), person=asha))

    role = taken.membership
    assert role is not None
    assert (taken.person.name, taken.person.email, taken.person.password_hash) == (
        "Nora New",
        "nora@hill.example",
        None,
    )
    assert (role.agency, role.manager_email) == (
        asha.memberships[0].agency,
        asha.memberships[0].manager_email,
    )
    assert role.confirmed_at is None


def test_substitute_somebody_new_by_the_lead_confirms_where_they_work(asha: Person, ben: Person) -> None:
    taken = substitute_somebody_new(make_booking(make_training_session(), person=asha), by=ben)

    assert taken.membership is not None
    assert taken.membership.confirmed_at == NOW


def test_substitute_somebody_new_refuses_a_shared_mailbox(asha: Person) -> None:
    booking = make_booking(make_training_session(), person=asha)

    with pytest.raises(PersonRefused, match="shared mailbox"):
        substitute_somebody_new(booking, email="office@hill.example")
    assert booking.status is BookingStatus.CONFIRMED


def test_substitute_somebody_new_knows_a_colleague_and_no_stranger(
    asha: Person, dev: Person, colleague: Person
) -> None:
    booking = make_booking(make_training_session(), person=asha)

    with pytest.raises(BookingRefused, match="cannot be used"):
        substitute_somebody_new(booking, email="DEV@vale.example")
    assert substitute_somebody_new(booking, email="COL@hill.example").person == colleague


def test_move_takes_the_new_place_and_passes_the_old_one_on(
    asha: Person, version: CourseVersion, outbox: Outbox
) -> None:
    before, after = (
        make_training_session(version, capacity=1),
        make_training_session(version, starts_at=LATER),
    )
    booking = request_place(before, asha, access_needs="Large print")
    next_one = waiting(before)

    moved = move(booking, after)

    assert (booking.status, booking.reason_code) == (
        BookingStatus.CANCELLED_BY_DELEGATE,
        CancelReason.MOVED,
    )
    assert (moved.status, moved.replaces, moved.training_session) == (
        BookingStatus.CONFIRMED,
        booking,
        after,
    )
    assert moved.access_needs is not None
    assert moved.access_needs.text == "Large print"
    assert next_one.status is BookingStatus.OFFERED
    _, invitation, ending, to_manager, offer = outbox()
    assert [event["sequence"] for event in calendar_of(invitation).events] == [0]
    assert (invitation.template, invitation.calendar_method) == ("bookings/moved", "REQUEST")
    assert (ending.template, ending.calendar_method) == ("bookings/moved_from", "CANCEL")
    assert (to_manager.to_address, to_manager.about_id) == ("mo@agency.example", moved.id)
    assert "from Monday 7 December 2026 to another date" in to_manager.body
    assert offer.template == "bookings/offered"


def test_a_late_move_costs_what_a_late_cancellation_does(
    browser: Browser, asha: Person, version: CourseVersion, outbox: Outbox
) -> None:
    make_policy(free_days=20, late_fee=2500)
    booking = request_place(make_training_session(version), asha)
    after = make_training_session(version, starts_at=LATER)

    assert "£25" in browser.signed_in(asha).get(f"/bookings/{booking.id}/move").text
    moved = move(booking, after)

    db.session.refresh(booking)
    assert [charge.amount for charge in booking.charges] == [2500]
    [receipt] = [letter for letter in outbox() if letter.template == "bookings/moved_from"]
    assert "your agency is charged £25" in receipt.body
    assert db.session.scalars(
        db.select(ChargeTerms.late_fee).where(ChargeTerms.booking_id == moved.id)
    ).all() == [2500]


def test_a_late_substitute_costs_nothing(asha: Person, colleague: Person) -> None:
    make_policy(free_days=20, late_fee=2500)
    booking = request_place(make_training_session(), asha)

    substitute(booking, colleague)

    db.session.refresh(booking)
    assert booking.charges == []


def test_letters_of_a_discreet_course_do_not_name_it_outside(
    asha: Person, colleague: Person, outbox: Outbox
) -> None:
    version = make_version(make_course(title="Domestic abuse", is_discreet=True))
    booking = make_booking(make_training_session(version), person=asha)

    substitute(move(booking, make_training_session(version, starts_at=LATER)), colleague)

    assert len(outbox()) == 6
    assert not [letter.subject for letter in outbox() if "abuse" in letter.subject]


def test_move_is_not_approved_again(asha: Person) -> None:
    version = make_version(make_course(approval=ApprovalStyle.MANAGER))
    booking = make_booking(make_training_session(version), person=asha)

    assert move(booking, make_training_session(version, starts_at=LATER)).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("somebody_waits", [False, True])
def test_move_never_gives_up_a_place_for_none(
    asha: Person, version: CourseVersion, somebody_waits: bool
) -> None:
    """A place that is free while somebody waits there is theirs."""
    booking = make_booking(make_training_session(version), person=asha)
    after = make_training_session(version, starts_at=LATER, capacity=1)
    if somebody_waits:
        waiting(after)
    else:
        make_booking(after)

    with pytest.raises(BookingRefused, match="stays as it is"):
        move(booking, after)
    assert booking.status is BookingStatus.CONFIRMED


def test_move_refuses_another_course_and_what_is_not_confirmed(asha: Person, version: CourseVersion) -> None:
    booking = make_booking(make_training_session(version), person=asha)
    with pytest.raises(BookingRefused, match="same course"):
        move(booking, make_training_session(starts_at=LATER))
    with pytest.raises(BookingRefused, match="same course"):
        move(booking, booking.training_session)

    wait = waiting(make_training_session(version), person=asha)
    with pytest.raises(BookingRefused, match="confirmed place"):
        move(wait, make_training_session(version, starts_at=LATER))


def test_ten_substitutes_at_once_are_one(asha: Person, hill_school: Agency, app: Any) -> None:
    training_session = make_training_session(capacity=1)
    booking_id, session_id = make_booking(training_session, person=asha).id, training_session.id
    colleagues = [make_person(agency=hill_school).id for _ in range(10)]

    def put_in(number: int) -> str:
        try:
            substitute(get_or_404(Booking, booking_id), get_or_404(Person, colleagues[number]))
        except BookingRefused:
            return "refused"
        return "taken"

    answers = all_at_once(app, 10, put_in)

    assert sorted(answers) == ["refused"] * 9 + ["taken"]
    assert queries.places_taken(get_or_404(TrainingSession, session_id)) == 1


def test_a_place_is_never_free_while_a_colleague_takes_it(
    asha: Person, hill_school: Agency, app: Any
) -> None:
    """Others ask for a place on the full session at the same moment; none gets in between."""
    training_session = make_training_session(capacity=1)
    booking_id, session_id = make_booking(training_session, person=asha).id, training_session.id
    colleague_id = make_person(agency=hill_school).id
    others = [make_person(agency=make_agency()).id for _ in range(7)]

    def act(number: int) -> str:
        if number == 7:
            taken = substitute(get_or_404(Booking, booking_id), get_or_404(Person, colleague_id))
        else:
            taken = request_place(get_or_404(TrainingSession, session_id), get_or_404(Person, others[number]))
        return taken.status.value

    answers = all_at_once(app, 8, act)

    assert answers == ["waitlisted"] * 7 + ["confirmed"]


def test_opposite_moves_at_once_do_not_deadlock(version: CourseVersion, app: Any) -> None:
    one, other = make_training_session(version), make_training_session(version, starts_at=LATER)
    bookings = [make_booking(where).id for where in (one, other) * 4]
    targets = [other.id, one.id] * 4

    def swap(number: int) -> str:
        booking = get_or_404(Booking, bookings[number])
        return move(booking, get_or_404(TrainingSession, targets[number])).status.value

    assert all_at_once(app, 8, swap) == ["confirmed"] * 8


def test_a_delegate_substitutes_a_colleague_who_is_found(
    browser: Browser, asha: Person, colleague: Person, dev: Person
) -> None:
    booking = make_booking(make_training_session(), person=asha)

    browser.signed_in(asha).get(f"/bookings/{booking.id}")
    browser.click("Substitute someone")
    assert browser.page is not None
    assert "Nobody found" in browser.fill(browser.page, button="Find", search="Dev").text
    page = browser.fill(browser.page, button="Find", search="league")
    page = browser.fill(page, button="Substitute this person", membership_id=colleague.memberships[0].id)

    assert "Col League has the place" in page.text
    assert "Col League took this place" in page.text
    assert browser.get(f"/bookings/{booking.id}/substitute").url == f"/bookings/{booking.id}"


def test_a_lead_substitutes_somebody_new(browser: Browser, asha: Person, ben: Person) -> None:
    booking = make_booking(make_training_session(), person=asha)

    browser.signed_in(ben).get(f"/bookings/{booking.id}/substitute?search=nora")
    page = browser.click("Somebody who is not here")
    page = browser.fill(page, name="Nora New", email="office@hill.example", job_title="Teacher")
    assert "shared mailbox" in page.errors[0]
    page = browser.fill(page, name="Nora New", email="nora@hill.example", job_title="Teacher")

    assert "Nora New has the place" in page.text


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("ben", 200), ("cara", 200), ("tom", 404), ("dev", 404)]
)
def test_who_passes_a_booking_on(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, tom: Person, who: str, status: int
) -> None:
    booking = make_booking(make_training_session(trainers=[tom]), person=asha)

    browser.signed_in(request.getfixturevalue(who))
    for page in ("substitute", "substitute/new", "move"):
        browser.get(f"/bookings/{booking.id}/{page}", status=status)


def test_a_delegate_moves_to_another_date(browser: Browser, asha: Person, version: CourseVersion) -> None:
    booking = make_booking(make_training_session(version), person=asha)
    assert "No other date" in browser.signed_in(asha).get(f"/bookings/{booking.id}/move").text
    after = make_training_session(version, starts_at=LATER, capacity=1)
    full = make_training_session(version, starts_at=LATER + timedelta(days=1), capacity=0)
    make_training_session(version, starts_at=LATER, only_agency=make_agency())

    page = browser.get(f"/bookings/{booking.id}/move")
    assert "1 place left" in page.text
    assert len(page.soup.select("[name=training_session_id]")) == 1
    assert any(str(link["href"]).endswith(f"/{full.id}") for link in page.soup.select("main .govuk-list a"))
    page = browser.fill(page, button="Move to this date", training_session_id=after.id)

    assert "The place is moved" in page.text
    assert page.h1 == "Place confirmed"
    assert "This place was moved to" in browser.get(f"/bookings/{booking.id}").text
