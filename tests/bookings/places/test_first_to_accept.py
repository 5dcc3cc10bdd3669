"""Close to a date the board may have everybody told who waits: the first to accept has the place."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.attendance.parts.service import cancel_part
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.letters.queries import WHY_NOT
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places import service
from sscb_training.bookings.requests.service import accept_offer
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import move
from tests.bookings.verbs import cancel, request_place, verbs, waiting
from tests.browser import Browser
from tests.factories import NOW, changed, make_booking, make_person, make_training_session, saved

Outbox = Callable[[], list[Letter]]
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def near() -> TrainingSession:
    """Full, and tomorrow."""
    saved(BoardSetting(name="short_offers_to_all", value=1))
    return make_training_session(capacity=1, starts_at=TOMORROW)


def accept(booking: Booking) -> None:
    with transaction():
        accept_offer(booking, by=booking.person, now=NOW)


def statuses(*bookings: Booking) -> list[BookingStatus]:
    db.session.rollback()
    for booking in bookings:
        db.session.refresh(booking)
    return [booking.status for booking in bookings]


def test_everybody_who_waits_is_told_once(near: TrainingSession, outbox: Outbox) -> None:
    booking, first, second = make_booking(near), waiting(near), waiting(near)

    cancel(booking)
    with transaction():
        service.offer_free_places(near, now=NOW)

    told = [letter for letter in outbox() if letter.template == "bookings/first_to_accept"]
    assert [letter.to_address for letter in told] == [first.person.email, second.person.email]
    assert "Whoever accepts first has the place" in told[0].body
    assert statuses(first, second) == [BookingStatus.WAITLISTED] * 2
    assert verbs(first) == ["called to be first"]


def test_the_first_to_accept_has_the_place_and_the_other_stays_on_the_list(near: TrainingSession) -> None:
    booking, first, second = make_booking(near), waiting(near), waiting(near)
    cancel(booking)

    accept(second)
    with pytest.raises(BookingRefused, match="Somebody else was quicker"):
        accept(first)

    assert statuses(first, second) == [BookingStatus.WAITLISTED, BookingStatus.CONFIRMED]
    assert not first.is_called
    assert WHY_NOT["bookings/first_to_accept"](first.id, NOW) == "No place is left."
    cancel(second)
    assert first.is_called


def test_who_comes_new_waits_with_the_others_and_is_told_too(near: TrainingSession, asha: Person) -> None:
    booking, first = make_booking(near), waiting(near)
    cancel(booking)

    new = request_place(near, asha)

    assert statuses(first, new) == [BookingStatus.WAITLISTED] * 2
    assert new.is_called


def test_nobody_moves_into_a_place_for_which_others_were_called(near: TrainingSession, asha: Person) -> None:
    elsewhere = make_training_session(near.course_version, starts_at=NOW + timedelta(days=9))
    mine = make_booking(elsewhere, person=asha)
    booking, _first = make_booking(near), waiting(near)
    cancel(booking)

    with pytest.raises(BookingRefused, match="Others wait"), transaction():
        changes.move(mine, near, by=asha, now=NOW)


def test_the_mix_calls_only_whoever_could_have_the_place(near: TrainingSession, hill_school: Agency) -> None:
    with transaction():
        near.capacity, near.most_per_agency = 2, 1
    make_booking(near, person=make_person(agency=hill_school))
    booking = make_booking(near)
    colleague, other = waiting(near, person=make_person(agency=hill_school)), waiting(near)

    cancel(booking)

    assert (colleague.is_called, other.is_called) == (False, True)


@pytest.mark.parametrize("later", ["moved", "first part cancelled"])
def test_who_was_called_can_accept_until_it_starts_when_it_starts_later(later: str) -> None:
    saved(BoardSetting(name="short_offers_to_all", value=1))
    near = make_training_session(capacity=1, starts_at=TOMORROW, parts=1 if later == "moved" else 2)
    afternoon = TOMORROW + timedelta(hours=4), TOMORROW + timedelta(hours=6)
    for part in near.parts[1:]:
        changed(part, starts_at=afternoon[0], ends_at=afternoon[1])
        changed(near, ends_at=afternoon[1])
    booking, mine = make_booking(near), waiting(near)
    cancel(booking)
    if later == "moved":
        move(near, TOMORROW + timedelta(hours=3))
    else:
        with transaction():
            cancel_part(near.parts[0], reason="Snow", by=None, now=NOW)

    with transaction():
        accept_offer(mine, by=mine.person, now=TOMORROW + timedelta(hours=1))

    assert statuses(mine) == [BookingStatus.CONFIRMED]


def test_far_from_the_date_the_next_in_line_is_offered_it(near: TrainingSession) -> None:
    far = make_training_session(capacity=1, starts_at=NOW + timedelta(days=30))
    booking, first, second = make_booking(far), waiting(far), waiting(far)

    cancel(booking)

    assert statuses(first, second) == [BookingStatus.OFFERED, BookingStatus.WAITLISTED]


def test_somebody_accepts_on_the_page(browser: Browser, near: TrainingSession, asha: Person) -> None:
    booking, mine = make_booking(near), waiting(near, person=asha)
    cancel(booking)

    page = browser.signed_in(asha).get(f"/bookings/{mine.id}")
    assert page.h1 == "A place is free"
    page = browser.fill(page, button="Accept this place")

    assert page.h1 == "Place confirmed"
