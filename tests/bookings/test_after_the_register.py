"""What a closed register has settled is not undone from the side of the booking."""

from datetime import timedelta

import pytest

from sscb_training.bookings.changes import service
from sscb_training.bookings.models import Outcome
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel
from tests.factories import NOW, TODAY, make_booking, make_training_session


def test_a_session_whose_register_was_closed_is_not_cancelled(cara: Person) -> None:
    under_way = make_training_session(starts_at=NOW - timedelta(hours=1))
    booking = make_booking(under_way, outcome=Outcome.ATTENDED, outcome_on=TODAY)

    with pytest.raises(BookingRefused, match="register of this session was closed"), transaction():
        service.cancel_session(under_way, reason="Snow", by=cara, now=NOW)

    assert booking.outcome is Outcome.ATTENDED


def test_a_session_of_which_the_board_cancelled_a_booking_can_still_be_cancelled(cara: Person) -> None:
    """What the board decided is no outcome of the day."""
    training_session = make_training_session()
    cancel(make_booking(training_session), reason="Double booked", board_decided=True, by=cara)

    with transaction():
        service.cancel_session(training_session, reason="Snow", by=cara, now=NOW)

    assert training_session.status is SessionStatus.CANCELLED
