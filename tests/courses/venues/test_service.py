"""Venues are kept, closed when nothing is to come there, and opened again."""

import pytest

from sscb_training.core import history
from sscb_training.core.transaction import transaction
from sscb_training.courses.service import CourseRefused
from sscb_training.courses.venues import queries, service
from sscb_training.people.models import Person
from tests.factories import NOW, make_training_session, make_venue


def test_add_venue_refuses_a_name_that_is_taken() -> None:
    make_venue(name="The Hall")
    with pytest.raises(CourseRefused, match="already a venue called The Hall"), transaction():
        service.add_venue(name="THE HALL", address="", capacity=1, by=None, now=NOW)


def test_change_venue_keeps_what_was(cara: Person) -> None:
    hall = make_venue(name="Hall", capacity=30)
    with transaction():
        service.change_venue(
            hall, name="Hall", address=hall.address, capacity=25, access="A ramp", by=cara, now=NOW
        )
    assert history.entries_about(hall)[-1].detail == {"capacity": [30, 25], "access": ["", "A ramp"]}


def test_a_venue_closes_only_when_no_dates_are_to_come() -> None:
    hall = make_venue()
    training_session = make_training_session(venue=hall)
    with pytest.raises(CourseRefused, match="1 date still to come"), transaction():
        service.close_venue(hall, by=None, now=NOW)
    with transaction():
        service.close_venue(hall, by=None, now=training_session.ends_at)
    assert queries.venues() == []
    assert queries.venues(closed=True) == [hall]
    with transaction():
        service.reopen_venue(hall, by=None, now=NOW)
    assert queries.venues() == [hall]
