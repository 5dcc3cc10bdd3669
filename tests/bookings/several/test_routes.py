"""Several bookings of a session are cancelled, approved or put ahead at once, and what became of each is said."""

from collections.abc import Callable
from datetime import timedelta

from sscb_training.bookings.models import Approval, Booking, BookingStatus, CancelReason
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import waiting
from tests.browser import Browser, Page
from tests.factories import NOW, make_agency, make_booking, make_person, make_training_session, saved

Outbox = Callable[[], list[Letter]]


def statuses(*bookings: Booking) -> list[BookingStatus]:
    for booking in bookings:
        db.session.refresh(booking)
    return [booking.status for booking in bookings]


def chosen(browser: Browser, training_session: TrainingSession, button: str, *bookings: Booking) -> Page:
    """The page that asks, after these were ticked on the session's page."""
    page = browser.get(f"/sessions/{training_session.id}")
    return browser.fill(page, button=button, booking=[str(booking.id) for booking in bookings])


def awaiting(training_session: TrainingSession, *people: Person) -> list[Booking]:
    """Bookings that one answer decides about."""
    approval = saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW, answer_by=NOW + timedelta(days=3)))
    return [
        make_booking(
            training_session, person=person, status=BookingStatus.AWAITING_APPROVAL, approval=approval
        )
        for person in people
    ]


def test_cancel_several_asks_first_and_says_what_became_of_each(
    browser: Browser, asha: Person, cara: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    hers, other, kept = (
        make_booking(training_session, person=asha),
        make_booking(training_session),
        make_booking(training_session),
    )
    page = chosen(browser.signed_in(cara), training_session, "Cancel those chosen : delegates", hers, other)
    assert page.h1 == "Cancel these bookings"
    assert statuses(hers, other) == [BookingStatus.CONFIRMED] * 2

    page = browser.fill(page, button="Cancel bookings")
    assert page.errors == ["Select who decided this", "Enter a reason"]
    page = browser.fill(page, button="Cancel bookings", whose="board", reason="Wrong course")

    assert page.h1 == "2 of 2 done"
    assert f"Asha Patel {hers.reference} Cancelled by board" in page.text
    assert statuses(hers, other, kept) == [BookingStatus.CANCELLED_BY_BOARD] * 2 + [BookingStatus.CONFIRMED]
    assert len(outbox()) == 2


def test_cancel_several_offers_no_place_to_somebody_who_is_cancelled_with_them(
    browser: Browser, cara: Person, outbox: Outbox
) -> None:
    full = make_training_session(capacity=1)
    holds, first, second = make_booking(full), waiting(full), waiting(full)

    browser.signed_in(cara).get(f"/sessions/{full.id}/bookings?booking={holds.id}&booking={first.id}")
    page = browser.page
    assert page is not None
    browser.fill(
        page, button="Cancel bookings", whose="delegate", reason_code="work_priorities", reason="Team day"
    )

    assert statuses(holds, first, second) == [
        BookingStatus.CANCELLED_BY_DELEGATE, BookingStatus.CANCELLED_BY_DELEGATE, BookingStatus.OFFERED,
    ]  # fmt: skip
    assert holds.reason_code is CancelReason.WORK_PRIORITIES
    assert [letter.template for letter in outbox() if letter.to_address == first.person.email] == [
        "bookings/cancelled"
    ]


def test_approve_several_says_who_else_the_same_answer_approves(
    browser: Browser, asha: Person, ben: Person, cara: Person
) -> None:
    training_session = make_training_session()
    hers, his = awaiting(training_session, asha, ben)

    page = chosen(
        browser.signed_in(cara), training_session, "Approve those chosen : waiting for approval", hers
    )
    assert "The same answer approves Ben Lead" in page.text
    page = browser.fill(page, button="Approve")

    assert page.h1 == "1 of 1 done"
    assert statuses(hers, his) == [BookingStatus.CONFIRMED] * 2


def test_approve_several_of_one_approval_is_one_answer(
    browser: Browser, asha: Person, ben: Person, cara: Person
) -> None:
    training_session = make_training_session()
    both = awaiting(training_session, asha, ben)

    page = chosen(
        browser.signed_in(cara), training_session, "Approve those chosen : waiting for approval", *both
    )
    page = browser.fill(page, button="Approve")

    assert page.h1 == "2 of 2 done"


def test_approve_several_leaves_out_ones_own(browser: Browser, asha: Person, cara: Person) -> None:
    training_session = make_training_session()
    (own,), (hers,) = awaiting(training_session, cara), awaiting(training_session, asha)

    page = chosen(
        browser.signed_in(cara), training_session, "Approve those chosen : waiting for approval", own, hers
    )
    page = browser.fill(page, button="Approve")

    assert page.h1 == "1 of 2 done"
    assert "Nobody answers for themselves" in page.text
    assert statuses(own, hers) == [BookingStatus.AWAITING_APPROVAL, BookingStatus.CONFIRMED]


def test_offer_several_puts_them_ahead_while_places_are_free(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(capacity=1, most_per_agency=0)
    agency = make_agency()
    first, second, third = (waiting(training_session, person=make_person(agency=agency)) for _ in range(3))

    page = chosen(
        browser.signed_in(cara), training_session, "Offer places out of turn : waiting list", second, third
    )
    page = browser.fill(page, button="Offer")
    assert page.errors == ["Enter a reason"]
    page = browser.fill(page, button="Offer", reason="New in post")

    assert page.h1 == "1 of 2 done"
    assert "No place is free" in page.text
    assert statuses(first, second, third) == [
        BookingStatus.WAITLISTED, BookingStatus.OFFERED, BookingStatus.WAITLISTED,
    ]  # fmt: skip
    page = browser.click("Back to the session")
    assert "Passed over because" in page.text
    assert page.text.count("New in post") >= 2


def test_nothing_chosen_and_another_sessions_booking_change_nothing(browser: Browser, cara: Person) -> None:
    training_session = make_training_session()
    elsewhere = make_booking(make_training_session())
    over = make_booking(training_session, status=BookingStatus.CANCELLED_BY_BOARD)
    browser.signed_in(cara)

    nothing, not_here = "Choose at least one booking", "None of those bookings can be changed here any more"
    for query, why in (
        ("", nothing),
        ("?booking=x&do=offer", nothing),
        (f"?booking={elsewhere.id}", not_here),
        (f"?booking={over.id}", not_here),
    ):
        assert why in browser.get(f"/sessions/{training_session.id}/bookings{query}").text
    browser.get(f"/sessions/{training_session.id}/bookings?do=explode&booking={elsewhere.id}", status=404)
    browser.post(
        f"/sessions/{training_session.id}/bookings",
        {"do": "cancel", "booking": str(elsewhere.id), "whose": "board", "reason": "x"},
    )
    assert statuses(elsewhere) == [BookingStatus.CONFIRMED]


def test_several_is_for_staff(browser: Browser, ben: Person, tom: Person) -> None:
    training_session = make_training_session(trainers=[tom])

    for person in (ben, tom):
        browser.signed_in(person).get(f"/sessions/{training_session.id}/bookings", status=403)
