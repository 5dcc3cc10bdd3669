"""What the tests of bookings do again and again."""

from typing import Any

from icalendar import Calendar

from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.requests import service as requests
from sscb_training.core import history
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.factories import NOW, make_booking


def request_place(training_session: TrainingSession, person: Person, **given: Any) -> Booking:
    usual: dict[str, Any] = {"membership": person.memberships[0], "by": person, "now": NOW}
    with transaction():
        return requests.request_place(training_session, person, **usual | given)


def cancel(booking: Booking, **given: Any) -> None:
    usual: dict[str, Any] = {"reason": "", "by": booking.person, "now": NOW}
    with transaction():
        changes.cancel(booking, **usual | given)


def waiting(training_session: TrainingSession, **given: Any) -> Booking:
    return make_booking(training_session, status=BookingStatus.WAITLISTED, **given)


def calendar_of(letter: Letter) -> Any:
    return Calendar.from_ical(letter.calendar or "")


def verbs(row: Any) -> list[str]:
    return [entry.verb for entry in history.entries_about(row)]
