"""Whoever came without booking is accredited like anyone else, once what the course needs first is on record."""

from collections.abc import Sequence
from typing import Any

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import Accreditation
from sscb_training.attendance import queries, service
from sscb_training.attendance.models import DoorRequest
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.models import Outcome
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    saved,
)


def _held(person: Person) -> Sequence[Accreditation]:
    db.session.rollback()
    return accreditation.accreditations_of(person)


def test_a_walk_in_is_accredited_once_what_is_needed_first_is_on_record(
    browser: Browser, asha: Person, dev: Person, tom: Person
) -> None:
    first, course = make_course(title="Basic awareness"), make_course(has_booking_rules=True)
    saved(BookingRule(course_id=course.id, attended_course=first))
    make_scheme(course, pass_mark=None)
    day = make_training_session(
        make_version(course), starts_at=NOW, trainers=[tom], venue=make_venue(capacity=1)
    )
    make_booking(day, person=dev)  # whoever booked was asked then
    saved(DoorRequest(session_part=day.parts[0], person=asha, asked_at=NOW))

    register = browser.signed_in(tom).get(f"/registers/{day.id}")
    assert register.text.count("Basic awareness must be attended first") == 1
    assert "The room holds 1 and 1 is on the register" in register.text
    register = browser.fill(register, button="Let in Asha Patel")
    assert register.text.count("Basic awareness must be attended first") == 1
    part = day.parts[0].id
    cells: dict[str, Any] = {
        f"mark-{booking.id}-{part}": "attended" for booking in queries.sheet(day).delegates
    }
    closing = browser.fill(register, button="Close the register", **cells)
    assert "Came without booking, and cannot be accredited yet Asha Patel: Basic awareness" in closing.text
    browser.fill(closing)
    assert (len(_held(dev)), len(_held(asha))) == (1, 0)

    earlier = make_training_session(make_version(first), starts_at=NOW.replace(year=2025))
    make_booking(earlier, person=asha, outcome=Outcome.ATTENDED, outcome_on=earlier.starts_at.date())
    with transaction():
        service.reopen_register(day, reason="On record now", by=tom, now=NOW)
        service.close_register(day, by=tom, now=NOW)

    assert (len(_held(dev)), len(_held(asha))) == (1, 1)
