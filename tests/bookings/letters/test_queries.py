"""A letter whose reason is gone when it would be sent is dropped, and keeps why; one whose reason holds is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sscb_training.bookings.letters.queries import WHY_NOT
from sscb_training.bookings.models import Approval, BookingStatus, Outcome
from sscb_training.courses.models import ApprovalStyle, SessionStatus
from tests.factories import NOW, SOON, make_booking, make_training_session, saved

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
