"""What the tests of evaluations do again and again."""

from datetime import datetime
from typing import Any

from flask import current_app

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.signing import signed
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.queries import SIGNED_FOR
from sscb_training.people.models import Person
from tests.factories import NOW, make_booking, make_training_session


def came(person: Person, *, starts_at: datetime, **given: Any) -> Booking:
    """Somebody's booking of a session that they attended, with two outcomes."""
    session = make_training_session(starts_at=starts_at, **given)
    return make_booking(session, person=person, outcome=Outcome.ATTENDED, outcome_on=NOW.date())


def link(booking: Booking, stage: Stage | str) -> str:
    with current_app.test_request_context():
        return f"/evaluate/{signed(SIGNED_FOR, [booking.id, str(stage)])}"
