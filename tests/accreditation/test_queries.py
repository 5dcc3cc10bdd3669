from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sscb_training.accreditation import queries
from sscb_training.accreditation.models import Accreditation, AccreditationState
from sscb_training.accreditation.queries import Filters
from sscb_training.core.db import db, rows
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_membership,
    make_person,
    make_scheme,
    make_training_session,
)


def _names(filters: Filters) -> list[str]:
    return [accreditation.person.name for accreditation in rows(queries.register(filters))]


def test_accreditations_of_are_ones_own_without_the_withdrawn(asha: Person, dev: Person) -> None:
    scheme = make_scheme()
    old = make_accreditation(asha, scheme, awarded_on=date(2020, 1, 1), expires_on=date(2023, 1, 1))
    new = make_accreditation(asha, scheme)
    make_accreditation(asha, scheme, withdrawn_at=NOW)
    make_accreditation(dev, scheme)
    assert queries.accreditations_of(asha) == [new, old]


def test_standing_accreditation_is_of_this_booking_and_scheme(asha: Person) -> None:
    scheme, other = make_scheme(), make_scheme()
    booking, another = (
        make_booking(make_training_session(), person=asha),
        make_booking(make_training_session()),
    )
    make_accreditation(asha, scheme, booking_id=booking.id, withdrawn_at=NOW)
    earned = make_accreditation(asha, scheme, booking_id=booking.id)
    assert queries.standing_accreditation(booking, scheme) == earned
    assert queries.standing_accreditation(booking, other) is None
    assert queries.standing_accreditation(another, scheme) is None


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (None, ["Asha Patel", "Dev Outsider", "Eve Past"]),
        (AccreditationState.IN_FORCE, ["Asha Patel"]),
        (AccreditationState.REVOKED, ["Dev Outsider"]),
        (AccreditationState.EXPIRED, ["Eve Past"]),
    ],
)
def test_register_by_state(
    asha: Person, dev: Person, state: AccreditationState | None, names: list[str]
) -> None:
    scheme = make_scheme()
    make_accreditation(asha, scheme)
    make_accreditation(dev, scheme, revoked_on=TODAY)
    make_accreditation(make_person("Eve Past"), scheme, expires_on=TODAY - timedelta(days=1))
    make_accreditation(make_person("Fay Future"), scheme, awarded_on=TODAY + timedelta(days=1))
    make_accreditation(make_person("Gus Gone"), scheme, withdrawn_at=NOW)
    assert _names(Filters(as_at=TODAY, state=state)) == names
    for accreditation in rows(queries.register(Filters(as_at=TODAY, state=state))):
        assert state in (None, accreditation.state(TODAY))


def test_register_has_each_holder_once_unless_asked_for_earlier_awards(asha: Person, dev: Person) -> None:
    scheme, until = make_scheme(), date(2029, 5, 31)
    make_accreditation(asha, scheme, awarded_on=date(2017, 1, 1), expires_on=date(2020, 1, 1))
    late = make_accreditation(
        asha, scheme, awarded_on=date(2026, 6, 1), expires_on=until, revoked_on=date(2026, 10, 1)
    )
    back = make_accreditation(asha, scheme, awarded_on=date(2026, 11, 1), expires_on=until)
    make_accreditation(asha, scheme, awarded_on=date(2026, 11, 1), expires_on=date(2027, 1, 2))
    other = make_accreditation(asha, make_scheme(), expires_on=None)
    make_accreditation(dev, scheme, expires_on=TODAY)
    ever = make_accreditation(dev, scheme, expires_on=None)

    now, then = Filters(as_at=TODAY), Filters(as_at=date(2026, 10, 15))
    assert set(rows(queries.register(now))) == {back, other, ever}
    assert set(rows(queries.register(then))) == {late, other, ever}
    assert set(rows(queries.register(replace(now, state=AccreditationState.REVOKED)))) == set()
    assert len(rows(queries.register(replace(now, earlier=True)))) == 7
    assert len(queries.exported(now, today=TODAY)) == 3


def test_register_is_as_it_stood_on_the_day(asha: Person) -> None:
    make_accreditation(asha, make_scheme(), revoked_on=TODAY)
    yesterday = Filters(as_at=TODAY - timedelta(days=1), state=AccreditationState.IN_FORCE)
    assert _names(yesterday) == ["Asha Patel"]


def test_register_is_as_it_was_known_on_the_day(asha: Person, dev: Person) -> None:
    scheme, before = make_scheme(), TODAY - timedelta(days=3)
    make_accreditation(asha, scheme, revoked_on=TODAY - timedelta(days=9), revoked_recorded_at=NOW)
    make_accreditation(dev, scheme, recorded_at=NOW)
    make_accreditation(dev, scheme, withdrawn_at=NOW)

    known = Filters(as_at=TODAY, known_on=before)
    assert _names(known) == ["Asha Patel", "Dev Outsider"]
    assert _names(replace(known, state=AccreditationState.IN_FORCE)) == ["Asha Patel", "Dev Outsider"]
    assert [(line[0], line[6], line[7]) for line in queries.exported(known, today=TODAY)] == [
        ("Asha Patel", before, "In force"),
        ("Dev Outsider", before, "In force"),
    ]
    assert _names(Filters(as_at=TODAY, state=AccreditationState.REVOKED)) == ["Asha Patel"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("-name", "Dev Asha"),
        ("expires", "Dev Asha"),
        ("-expires", "Asha Dev"),
        ("-awarded", "Dev Asha"),
        ("scheme", "Asha Dev"),
    ],
)
def test_register_in_the_order_asked_for(asha: Person, dev: Person, sort: str, names: str) -> None:
    make_accreditation(asha, make_scheme(code="A"), expires_on=None)
    make_accreditation(dev, make_scheme(code="B"), awarded_on=date(2026, 3, 1))

    assert [name.split()[0] for name in _names(Filters(as_at=TODAY, sort=sort))] == names.split()


def test_register_by_agency_of_that_day(asha: Person) -> None:
    scheme, before = make_scheme(), make_agency()
    make_membership(asha, before, valid_to=date(2026, 10, 31))
    make_accreditation(asha, scheme)
    make_accreditation(make_person(agency=make_agency()), scheme)
    assert _names(Filters(as_at=date(2026, 10, 31), agency_id=before.id)) == ["Asha Patel"]
    assert _names(Filters(as_at=date(2026, 11, 1), agency_id=before.id)) == []


def test_register_by_scheme_and_name(asha: Person, dev: Person) -> None:
    scheme, other = make_scheme(), make_scheme()
    make_accreditation(asha, scheme)
    make_accreditation(dev, other)
    assert _names(Filters(as_at=TODAY, scheme_id=other.id)) == ["Dev Outsider"]
    assert _names(Filters(as_at=TODAY, search="PATEL")) == ["Asha Patel"]
    assert _names(Filters(as_at=TODAY, search="%")) == []


def test_register_asks_as_often_for_three_as_for_one(
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    scheme = make_scheme()

    def show() -> None:
        db.session.expunge_all()
        for found in rows(queries.register(Filters(as_at=TODAY))):
            accreditation: Accreditation = found
            assert [membership.agency.name for membership in accreditation.person.memberships]
            assert accreditation.scheme.name

    make_accreditation(make_person(agency=make_agency()), scheme)
    one = count_queries(show)
    for _ in range(2):
        make_accreditation(make_person(agency=make_agency()), scheme)
    assert count_queries(show) == one
