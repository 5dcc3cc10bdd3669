"""What the verbs of bookings share."""

from datetime import timedelta

from sscb_training.bookings import service
from sscb_training.bookings.models import Outcome
from sscb_training.core.transaction import transaction
from tests.factories import NOW, TODAY, make_booking, make_training_session


def test_settle_outcome_and_unsettle_it() -> None:
    booking = make_booking(make_training_session())

    with transaction():
        service.settle_outcome(booking, Outcome.PART_ATTENDED, on=TODAY, now=NOW)
    assert (booking.outcome, booking.outcome_on) == (Outcome.PART_ATTENDED, TODAY)

    with transaction():
        service.settle_outcome(booking, None, on=TODAY, now=NOW)
    assert (booking.outcome, booking.outcome_on, booking.outcome_recorded_at) == (None, None, None)


def test_settle_outcome_keeps_when_it_was_first_recorded_until_it_changes() -> None:
    booking = make_booking(make_training_session())
    recorded = []

    for days, outcome in enumerate([Outcome.ATTENDED, Outcome.ATTENDED, Outcome.DID_NOT_ATTEND]):
        with transaction():
            service.settle_outcome(booking, outcome, on=TODAY, now=NOW + timedelta(days=days))
        recorded.append(booking.outcome_recorded_at)

    assert recorded == [NOW, NOW, NOW + timedelta(days=2)]
