"""What booking one part leaves as it was: the turn of those who wait, access needs, what it costs, and deadlines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sscb_training.attendance.parts.service import cancel_part
from sscb_training.bookings.leavers.service import carry_over
from sscb_training.bookings.make_up import service
from sscb_training.bookings.models import Booking
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.board import BoardSetting
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import as_it_is, change
from tests.bookings.verbs import cancel, request_place, waiting
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_policy,
    make_training_session,
    make_version,
    saved,
)

Give = Callable[[Booking, TrainingSession], Booking]
DAY = timedelta(days=1)


@pytest.fixture
def snowed(asha: Person) -> Booking:
    """Asha's place on a session whose second part was cancelled."""
    version = make_version(make_course(approval=ApprovalStyle.DECLARED))
    booking = request_place(make_training_session(version, parts=2), asha, access_needs="A wheelchair")
    with transaction():
        cancel_part(booking.training_session.parts[1], reason="Snow", by=None, now=NOW)
    return booking


def another_date(snowed: Booking, days: int, capacity: int = 20) -> TrainingSession:
    version = snowed.training_session.course_version
    return make_training_session(version, starts_at=NOW + days * DAY, parts=2, capacity=capacity)


def book(snowed: Booking, date: TrainingSession) -> Booking:
    with transaction():
        return service.book_part(snowed, snowed.training_session.parts[1], date.parts[1], by=None, now=NOW)


def offer(snowed: Booking, date: TrainingSession) -> Booking:
    with transaction():
        [made] = service.offer_part(snowed.training_session.parts[1], date.parts[1], by=None, now=NOW)
    return made


@pytest.mark.parametrize("give", [book, offer])
def test_a_part_takes_no_place_to_which_others_were_called(give: Give, snowed: Booking) -> None:
    saved(BoardSetting(name="short_offers_to_all", value=1))
    near = another_date(snowed, 1, capacity=1)
    held, _first = make_booking(near), waiting(near)
    cancel(held)

    with pytest.raises(BookingRefused, match="Others wait"):
        give(snowed, near)


@pytest.mark.parametrize("give", [book, offer])
def test_access_needs_come_along(give: Give, snowed: Booking) -> None:
    made = give(snowed, another_date(snowed, 40))

    assert made.access_needs
    assert made.access_needs.text == "A wheelchair"


def test_carrying_it_over_to_a_new_job_costs_nothing_and_asks_nobody(
    snowed: Booking, asha: Person, ben: Person
) -> None:
    make_policy()
    made = book(snowed, another_date(snowed, 40))
    changed(asha.memberships[0], valid_to=TODAY)
    job = make_membership(asha, make_agency(), valid_from=TODAY + DAY)

    with transaction():
        carry_over(made, job, by=ben, now=NOW)

    assert (made.is_confirmed, made.membership, made.charge_terms) == (True, job, None)


def test_an_offer_of_a_later_part_outlasts_the_start_of_an_earlier_one(snowed: Booking) -> None:
    date = another_date(snowed, 1)
    made = offer(snowed, date)
    until = made.offer_until
    assert until
    assert until > date.starts_at
    first, second = as_it_is(date)

    change(date, replace(first, starts_at=first.starts_at - timedelta(hours=1)), second)

    assert made.offer_until == until
