"""Access needs are forgotten when their time is over."""

from datetime import timedelta

from sqlalchemy import select

from sscb_training.bookings import jobs
from sscb_training.bookings.models import AccessNeeds
from sscb_training.core.db import db
from tests.factories import NOW, TODAY, make_booking, make_training_session, saved


def test_forget_access_needs_the_day_after_their_last() -> None:
    for text, last_day in (("due", TODAY - timedelta(days=1)), ("kept", TODAY)):
        saved(
            AccessNeeds(booking_id=make_booking(make_training_session()).id, text=text, delete_after=last_day)
        )

    assert jobs.forget_access_needs(NOW) == 1
    assert jobs.forget_access_needs(NOW) == 0
    assert db.session.scalars(select(AccessNeeds.text)).all() == ["kept"]
