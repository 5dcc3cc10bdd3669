"""Which agencies are there, who sees them, and their latest headcounts."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from werkzeug.exceptions import NotFound

from sscb_training.agencies import queries
from sscb_training.agencies.models import Agency, Sector
from sscb_training.core.db import rows
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    make_agency,
    make_headcount,
    make_membership,
    make_person,
    make_staff_group,
)


def test_current_agencies_leaves_out_what_ended_or_has_not_begun() -> None:
    make_agency(name="Gone", valid_to=TODAY - timedelta(days=1))
    make_agency(name="Last day", valid_to=TODAY)
    make_agency(name="Not yet", valid_from=TODAY + timedelta(days=1))
    make_agency(name="Here")

    assert [agency.name for agency in queries.current_agencies(TODAY)] == ["Here", "Last day"]


def test_agencies_found_by_words_sector_and_whether_they_are_current() -> None:
    make_agency(
        name="Shropshire CCG", short_name="SCCG", sector=Sector.PRIMARY_CARE, valid_to=date(2022, 6, 30)
    )
    make_agency(name="Shropshire ICB", short_name="ICB", sector=Sector.PRIMARY_CARE)
    make_agency(name="100% Housing", sector=Sector.HOUSING)

    def found(**asked: object) -> list[str]:
        return [agency.name for agency in rows(queries.agencies_found(on=TODAY, **asked))]  # type: ignore[arg-type]

    assert found() == ["100% Housing", "Shropshire CCG", "Shropshire ICB"]
    assert found(search="icb shrop") == ["Shropshire ICB"]
    assert found(search="%") == ["100% Housing"]
    assert found(sector=Sector.PRIMARY_CARE, current=True) == ["Shropshire ICB"]
    assert found(current=False) == ["Shropshire CCG"]


def test_an_agency_is_seen_by_staff_and_by_its_own_lead(
    hill_school: Agency, asha: Person, ben: Person, cara: Person, dev: Person, ada: Person
) -> None:
    for viewer in (ben, cara, ada):
        assert queries.agency_seen_by(viewer, hill_school.id).id == hill_school.id
    for viewer in (asha, dev):
        with pytest.raises(NotFound):
            queries.agency_seen_by(viewer, hill_school.id)


def test_a_lead_does_not_see_another_agency(ben: Person) -> None:
    with pytest.raises(NotFound):
        queries.agency_seen_by(ben, make_agency().id)


def test_latest_headcounts_have_every_group_and_the_newest_return(hill_school: Agency) -> None:
    teachers, governors = a_staff_group(), make_staff_group(name="Governors", position=2)
    make_headcount(hill_school, teachers, 40, as_at=date(2025, 9, 1))
    make_headcount(hill_school, teachers, 43, as_at=date(2026, 9, 1), recorded_at=NOW - timedelta(days=2))
    make_headcount(hill_school, teachers, 42, as_at=date(2026, 9, 1), recorded_at=NOW - timedelta(days=1))
    make_headcount(make_agency(), governors, 9)

    latest = queries.latest_headcounts(hill_school, on=TODAY)

    assert [(row.staff_group.name, row.headcount and row.headcount.number) for row in latest] == [
        ("Teachers", 42),
        ("Governors", None),
    ]


def test_latest_headcounts_miss_a_return_only_where_people_work(hill_school: Agency) -> None:
    supplied, missed, nobody, left = (make_staff_group(position=position) for position in range(4))
    make_headcount(hill_school, supplied, 40)
    for group in (supplied, missed):
        make_person(agency=hill_school, staff_group=group)
    make_membership(make_person(), hill_school, staff_group=left, valid_to=TODAY - timedelta(days=1))
    make_person(agency=make_agency(), staff_group=nobody)

    latest = queries.latest_headcounts(hill_school, on=TODAY)

    assert [row.staff_group.name for row in latest if row.is_missed] == [missed.name]


def test_latest_headcounts_take_one_query_however_many_groups(
    hill_school: Agency, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for position in range(3):
        make_headcount(hill_school, make_staff_group(position=position), 5)
    hill_school.id  # noqa: B018 - read before counting

    assert (
        count_queries(
            lambda: [row.staff_group.name for row in queries.latest_headcounts(hill_school, on=TODAY)]
        )
        <= 2
    )
