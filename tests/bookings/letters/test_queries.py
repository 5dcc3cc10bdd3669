"""A letter whose reason is gone when it would be sent is dropped, and keeps why; one whose reason holds is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sscb_training.bookings.letters.queries import WHY_NOT, always
from sscb_training.bookings.models import Approval, BookingStatus, Outcome
from sscb_training.courses.models import ApprovalStyle, SessionStatus
from tests.factories import NOW, SOON, make_booking, make_course, make_training_session, make_version, saved

LATER = NOW + timedelta(days=1)
OFFERED = {"status": BookingStatus.OFFERED, "offer_until": LATER}


@pytest.mark.parametrize(
    ("template", "booking", "when", "why"),
    [
        ("confirmed", {}, NOW, ""),
        ("confirmed", {"status": BookingStatus.CANCELLED_BY_DELEGATE}, NOW, "Cancelled"),
        ("waitlisted", {"status": BookingStatus.WAITLISTED}, NOW, ""),
        ("waitlisted", {"status": BookingStatus.OFFERED}, NOW, "Place offered"),
        ("offered", OFFERED, NOW, ""),
        ("offered", OFFERED, LATER, "The time to answer is over"),
        ("offered", {"status": BookingStatus.LAPSED}, NOW, "Lapsed"),
        ("did_not_attend", {"outcome": Outcome.DID_NOT_ATTEND}, NOW, ""),
        ("did_not_attend", {"outcome": Outcome.ATTENDED}, NOW, "The register was corrected"),
        ("confirmed", {}, SOON, "The session has started"),
        ("moved", {"status": BookingStatus.SUBSTITUTED}, NOW, "Substituted"),
        ("substitute", {}, NOW, ""),
        ("moved_manager", {}, SOON, "The session has started"),
        ("waitlisted", {"status": BookingStatus.WAITLISTED}, SOON, "The session has started"),
        ("offer_lapsed", {"status": BookingStatus.LAPSED}, SOON, ""),
        ("offer_lapsed", {"status": BookingStatus.WAITLISTED}, NOW, "On the waiting list"),
        ("carried_over", {"status": BookingStatus.WAITLISTED}, NOW, ""),
        ("carried_over", {"status": BookingStatus.CANCELLED_BY_DELEGATE}, NOW, "Cancelled"),
        ("part_cancelled", {}, SOON, ""),
        ("part_cancelled_manager", {"status": BookingStatus.SUBSTITUTED}, NOW, "Substituted"),
        ("joining", {}, NOW, ""),
        ("joining", {"status": BookingStatus.SUBSTITUTED}, NOW, "Substituted"),
        ("joining_manager", {}, SOON, "The session has started"),
    ],
)
def test_why_not_of_a_booking(template: str, booking: dict[str, Any], when: datetime, why: str) -> None:
    row = make_booking(make_training_session(), **booking)

    said = WHY_NOT[f"bookings/{template}"](row.id, when)

    assert why in said
    assert bool(said) is bool(why)


RECEIPTS = (
    "approval_lapsed", "cancelled", "declined", "moved_from", "session_cancelled", "session_cancelled_manager",
    "session_cancelled_trainer", "substituted", "substituted_manager", "team_booked",
)  # fmt: skip


def test_a_receipt_is_always_true() -> None:
    assert {name for name, why_not in WHY_NOT.items() if why_not is always} == {
        f"bookings/{name}" for name in RECEIPTS
    }
    assert WHY_NOT["bookings/cancelled"](1, SOON) == ""


@pytest.mark.parametrize(
    ("session", "when", "why"),
    [
        ({}, NOW, ""),
        ({"status": SessionStatus.CANCELLED}, NOW, "The session is not on."),
        ({}, SOON, "The session has started."),
    ],
)
def test_why_not_of_a_new_date(session: dict[str, Any], when: datetime, why: str) -> None:
    row = make_training_session(**session)
    assert WHY_NOT["bookings/new_date"](row.id, when) == why


def test_why_not_of_a_date_whose_course_was_withdrawn() -> None:
    course = make_course(published_at=None)
    row = make_training_session(make_version(course))
    assert "catalogue" in WHY_NOT["bookings/new_date"](row.id, NOW)


def test_why_not_of_a_part_when_the_whole_session_was_called_off() -> None:
    on, off = make_training_session(), make_training_session(status=SessionStatus.CANCELLED)
    assert [WHY_NOT["bookings/part_cancelled_trainer"](row.id, NOW) for row in (on, off)] == [
        "", "The session is not on.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "when", "why"),
    [
        (BookingStatus.AWAITING_APPROVAL, NOW, ""),
        (BookingStatus.AWAITING_APPROVAL, LATER, "The time to answer is over."),
        (BookingStatus.CONFIRMED, NOW, "The booking’s state has changed: Confirmed."),
    ],
)
def test_why_not_of_a_booking_that_was_received(status: BookingStatus, when: datetime, why: str) -> None:
    approval = saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW, answer_by=LATER))
    row = make_booking(make_training_session(), status=status, approval=approval)
    assert WHY_NOT["bookings/received"](row.id, when) == why


def test_why_not_of_a_session_that_was_called_off() -> None:
    row = make_booking(make_training_session(status=SessionStatus.CANCELLED))
    assert WHY_NOT["bookings/joining"](row.id, NOW) == "The session is not on."


@pytest.mark.parametrize(
    ("approval", "status", "when", "why"),
    [
        ({}, BookingStatus.AWAITING_APPROVAL, NOW, ""),
        ({"approved": True, "answered_at": NOW}, BookingStatus.AWAITING_APPROVAL, NOW, "It was answered."),
        ({}, BookingStatus.AWAITING_APPROVAL, LATER, "The time to answer is over."),
        ({}, BookingStatus.CANCELLED_BY_DELEGATE, NOW, "Nothing waits for this approval any more."),
    ],
)
def test_why_not_of_an_approval(
    approval: dict[str, Any], status: BookingStatus, when: datetime, why: str
) -> None:
    row = saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW, answer_by=LATER, **approval))
    make_booking(make_training_session(), status=status, approval=row)

    assert WHY_NOT["bookings/approve_reminder"](row.id, when) == why
