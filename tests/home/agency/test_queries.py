from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import BookingStatus
from sscb_training.core.db import rows
from sscb_training.home.agency import queries
from sscb_training.home.agency.queries import Filters
from sscb_training.home.rules import Standing
from sscb_training.people.models import Membership, Person
from tests.factories import (
    LONG_AGO,
    NOW,
    SOON,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_booking,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
)

YESTERDAY = NOW - timedelta(days=1)
SOON_OVER, LATER = TODAY + timedelta(days=50), TODAY + timedelta(days=800)


@pytest.fixture
def standings(hill_school: Agency) -> dict[str, Person]:
    """One person of each standing, and a scheme that they stand in."""
    scheme = make_scheme(code="GCP2")
    people = {name: make_person(name, agency=hill_school) for name in ("Ida", "Dan", "Eve", "Rex", "Nia")}
    make_accreditation(people["Ida"], scheme, expires_on=LATER)
    make_accreditation(people["Ida"], scheme, expires_on=SOON_OVER)
    make_accreditation(people["Dan"], scheme, expires_on=SOON_OVER)
    make_accreditation(people["Eve"], scheme, expires_on=TODAY - timedelta(days=1))
    make_accreditation(people["Rex"], scheme, revoked_on=TODAY - timedelta(days=1))
    make_accreditation(people["Nia"], scheme, withdrawn_at=NOW)
    make_accreditation(people["Nia"], make_scheme())
    return people


@pytest.mark.parametrize(
    ("standing", "names"),
    [
        (Standing.IN_FORCE, ["Ida"]),
        (Standing.DUE, ["Dan"]),
        (Standing.ENDED, ["Eve", "Rex"]),
        (Standing.NONE, ["Nia"]),
    ],
)
def test_jobs_at_filters_by_standing_as_the_rule_sees_it(
    hill_school: Agency, standings: dict[str, Person], standing: Standing, names: list[str]
) -> None:
    [scheme_id] = rows(select(AccreditationScheme.id).where(AccreditationScheme.code == "GCP2"))
    jobs = rows(queries.jobs_at(hill_school, Filters(scheme_id=scheme_id, standing=standing), on=TODAY))

    assert [job.person.name for job in jobs] == names
    for worker in queries.workers(jobs, now=NOW, on=TODAY):
        found = worker.stands.get(scheme_id)
        assert (found.standing if found else Standing.NONE) is standing


def test_jobs_at_are_current_of_the_agency_and_found_by_name_and_group(
    hill_school: Agency, asha: Person, dev: Person
) -> None:
    nurses = make_staff_group()
    nurse = make_person("Nurse 100%", agency=hill_school, staff_group=nurses)
    gone = make_person("Gone", agency=hill_school)
    changed(gone.memberships[0], valid_to=TODAY - timedelta(days=1))

    def found(filters: Filters) -> list[str]:
        return [job.person.name for job in rows(queries.jobs_at(hill_school, filters, on=TODAY))]

    assert found(Filters()) == ["Asha Patel", nurse.name]
    assert found(Filters(search="patel asha")) == ["Asha Patel"]
    assert found(Filters(search="100%")) == ["Nurse 100%"]
    assert found(Filters(search="%")) == ["Nurse 100%"]
    assert found(Filters(search="dev")) == []
    assert found(Filters(staff_group_id=nurses.id)) == ["Nurse 100%"]


def test_workers_have_their_next_booking(asha: Person, ben: Person) -> None:
    later = make_training_session(starts_at=SOON + timedelta(days=3))
    make_booking(later, person=asha)
    first = make_booking(make_training_session(), person=asha, status=BookingStatus.WAITLISTED)
    jobs = rows(select(Membership).where(Membership.valid_from == LONG_AGO).order_by(Membership.id))

    found = {
        worker.membership.person.name: worker.next_booking
        for worker in queries.workers(jobs, now=NOW, on=TODAY)
    }

    assert found["Asha Patel"] is not None
    assert found["Asha Patel"].id == first.id
    assert found["Ben Lead"] is None


def test_workers_ask_as_often_for_one_as_for_three(
    hill_school: Agency, asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    scheme = make_scheme()

    def ask() -> None:
        jobs = rows(queries.jobs_at(hill_school, Filters(), on=TODAY))
        assert jobs
        for worker in queries.workers(jobs, now=NOW, on=TODAY):
            assert worker.next_booking is not None
            assert worker.next_booking.training_session.course.title
            assert worker.stands_in(scheme).standing is Standing.IN_FORCE

    def hold(person: Person) -> None:
        make_accreditation(person, scheme)
        make_booking(make_training_session(), person=person)

    hold(asha)
    once = count_queries(ask)
    for _ in range(2):
        hold(make_person(agency=hill_school))

    assert count_queries(ask) == once


def test_agencies_led_by_somebody(hill_school: Agency, ben: Person, asha: Person) -> None:
    make_agency()

    assert [agency.name for agency in queries.agencies_led_by(ben)] == ["Hill School"]
    assert queries.agencies_led_by(asha) == []
