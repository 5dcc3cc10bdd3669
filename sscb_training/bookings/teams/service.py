"""What books several people at once, and what closes a date to other agencies."""

from datetime import datetime

from sscb_training.agencies.models import Agency
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import queries
from sscb_training.core import history
from sscb_training.core.db import lock
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person


def close_to_others(
    training_session: TrainingSession, agency: Agency | None, *, by: Person | None, now: datetime
) -> None:
    """Keep a date for the staff of one agency, or open it to all again. Nobody loses a place that they hold."""
    lock(training_session)
    if agency is not None and (number := queries.number_from_elsewhere(training_session, agency)):
        people = "1 person" if number == 1 else f"{number} people"
        raise BookingRefused(
            f"{people} from elsewhere booked this date or wait for it. Cancel those bookings first, "
            "or plan another date for this agency."
        )
    before = training_session.only_agency
    if before is agency:
        return
    training_session.only_agency = agency
    words = [one.name if one else "All agencies" for one in (before, agency)]
    history.record("kept for one agency", training_session, by=by, at=now, only_for=words)
