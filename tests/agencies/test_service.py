"""Agencies begin, change and end; headcounts are added and never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from sscb_training.agencies import queries, service
from sscb_training.agencies.models import Agency, Confidence, Headcount, NamedWorkforce, Sector, StaffGroup
from sscb_training.agencies.service import AgencyRefused, Line
from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.times import short_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_agency,
    make_headcount,
    make_headcount_request,
    make_staff_group,
)

YESTERDAY = TODAY - timedelta(days=1)


def test_add_agency_is_recorded(cara: Person) -> None:
    with transaction():
        agency = service.add_agency(
            name="Vale Trust", short_name="VT", sector=Sector.HOSPITAL, valid_from=TODAY, by=cara, now=NOW
        )

    assert queries.current_agencies(TODAY) == [agency]
    assert [(entry.verb, entry.actor_id) for entry in history.entries_about(agency)] == [("added", cara.id)]


def test_add_agency_refuses_a_name_that_is_taken(hill_school: Agency) -> None:
    with pytest.raises(AgencyRefused, match="already an agency called Hill School"), transaction():
        service.add_agency(name="hill school", sector=Sector.OTHER, valid_from=TODAY, by=None, now=NOW)


def test_change_agency_keeps_what_was(hill_school: Agency, cara: Person) -> None:
    with transaction():
        service.change_agency(
            hill_school,
            name="Hill Academy",
            short_name="",
            sector=Sector.EDUCATION,
            valid_from=hill_school.valid_from,
            by=cara,
            now=NOW,
        )

    assert hill_school.name == "Hill Academy"
    assert history.entries_about(hill_school)[-1].detail == {"name": ["Hill School", "Hill Academy"]}


def test_end_agency_with_a_successor(cara: Person) -> None:
    ccg, icb = make_agency(name="CCG"), make_agency(name="ICB", valid_from=date(2022, 7, 1))

    with transaction():
        service.end_agency(ccg, valid_to=date(2022, 6, 30), successor=icb, by=cara, now=NOW)

    assert ccg.successor == icb
    assert ccg.is_current(date(2022, 6, 30))
    assert not ccg.is_current(date(2022, 7, 1))
    assert queries.predecessors(icb) == [ccg]


def test_end_agency_refuses_a_successor_that_it_followed_itself() -> None:
    first, second, third = make_agency(), make_agency(), make_agency()
    with transaction():
        service.end_agency(first, valid_to=YESTERDAY - timedelta(days=2), successor=second, by=None, now=NOW)
        service.end_agency(second, valid_to=YESTERDAY - timedelta(days=1), successor=third, by=None, now=NOW)

    with pytest.raises(AgencyRefused, match="cannot follow"), transaction():
        service.end_agency(third, valid_to=YESTERDAY, successor=first, by=None, now=NOW)
    with pytest.raises(AgencyRefused, match="cannot follow"), transaction():
        service.end_agency(third, valid_to=YESTERDAY, successor=third, by=None, now=NOW)

    db.session.rollback()
    assert third.valid_to is None


def test_end_agency_refuses_a_successor_that_ended_before_and_a_day_before_the_first(
    hill_school: Agency,
) -> None:
    gone = make_agency(valid_to=YESTERDAY)
    with pytest.raises(AgencyRefused, match="itself ended"), transaction():
        service.end_agency(hill_school, valid_to=TODAY, successor=gone, by=None, now=NOW)
    with pytest.raises(AgencyRefused, match="began on"), transaction():
        service.end_agency(hill_school, valid_to=date(1999, 1, 1), by=None, now=NOW)


def test_reopen_agency_takes_the_ending_back(hill_school: Agency) -> None:
    other = make_agency()
    with transaction():
        service.end_agency(hill_school, valid_to=YESTERDAY, successor=other, by=None, now=NOW)
    with transaction():
        service.reopen_agency(hill_school, by=None, now=NOW)

    assert hill_school.valid_to is None
    assert hill_school.successor_id is None


def test_record_headcount_adds_and_leaves_the_one_before(hill_school: Agency, ben: Person) -> None:
    teachers = a_staff_group()
    make_headcount(hill_school, teachers, 40)

    with transaction():
        service.record_headcount(
            hill_school, staff_group=teachers, number=41, as_at=TODAY, source="Census", by=ben, now=NOW
        )

    assert sorted(row.number for row in rows(db.select(Headcount))) == [40, 41]
    recorded = history.entries_about(hill_school)[-1]
    assert (recorded.verb, recorded.detail["number"]) == ("headcount recorded", 41)


def test_record_headcount_refuses_a_source_with_what_is_a_childs(hill_school: Agency) -> None:
    said: dict[str, Any] = {
        "staff_group": a_staff_group(),
        "number": 41,
        "as_at": TODAY,
        "by": None,
        "now": NOW,
    }

    with pytest.raises(service.AgencyRefused, match="an NHS number") as refusal, transaction():
        service.record_headcount(hill_school, **said, source="943 476 5919")
    assert refusal.value.about == "source"

    with transaction():
        service.record_headcount(hill_school, **said, source="School census, 01/10/2026")


@pytest.mark.parametrize(
    ("as_at", "words"), [(TODAY + timedelta(days=1), "still to come"), (date(2009, 12, 31), "did not exist")]
)
def test_record_headcount_refuses_days_that_cannot_be(hill_school: Agency, as_at: date, words: str) -> None:
    teachers = a_staff_group()
    with pytest.raises(AgencyRefused, match=words), transaction():
        service.record_headcount(
            hill_school, staff_group=teachers, number=41, as_at=as_at, source="Census", by=None, now=NOW
        )
    assert rows(db.select(Headcount)) == []


def test_staff_groups_are_added_last_renamed_and_moved_up() -> None:
    with transaction():
        for name in ("Nurses", "Teachers", "Police officers"):
            service.add_staff_group(name, by=None, now=NOW)
    police = queries.staff_groups()[2]
    with transaction():
        service.rename_staff_group(police, name="Constables", by=None, now=NOW)
        service.move_staff_group_up(police, by=None, now=NOW)

    assert [group.name for group in queries.staff_groups()] == ["Nurses", "Constables", "Teachers"]

    with transaction():
        service.move_staff_group_up(queries.staff_groups()[0], by=None, now=NOW)
    assert queries.staff_groups()[0].name == "Nurses"


@pytest.mark.parametrize(
    "act",
    [
        lambda group: service.add_staff_group("nurses", by=None, now=NOW),
        lambda group: service.rename_staff_group(group, name="NURSES", by=None, now=NOW),
    ],
)
def test_a_staff_group_needs_a_name_of_its_own(act: Callable[[object], object]) -> None:
    make_staff_group(name="Nurses")
    other = make_staff_group(name="Teachers")
    with pytest.raises(AgencyRefused, match="already a staff group called Nurses"), transaction():
        act(other)


def test_a_name_is_taken_whatever_the_case_of_its_accents(cara: Person) -> None:
    make_agency(name="École du Lac")

    with pytest.raises(AgencyRefused, match="École du Lac"), transaction():
        service.add_agency(name="ÉCOLE DU LAC", sector=Sector.EDUCATION, valid_from=TODAY, by=cara, now=NOW)


def said(number: int | None, *, group: StaffGroup | None = None, as_at: date = TODAY) -> Line:
    return Line(group or a_staff_group(), number, as_at, "Census", Confidence.COUNTED)


def test_a_return_sent_twice_stands_once_and_a_correction_is_a_new_row(hill_school: Agency) -> None:
    for lines in ([said(40)], [said(40)], [said(41)], [said(40)]):
        with transaction():
            service.record_return(hill_school, lines, by=None, now=NOW)

    found = rows(db.select(Headcount).order_by(Headcount.id))
    assert [(one.number, one.corrects_id) for one in found] == [
        (40, None),
        (41, found[0].id),
        (40, found[1].id),
    ]
    assert history.entries_about(hill_school)[-2].detail["number"] == [40, 41]


def test_a_return_is_recorded_whole_or_not_at_all(hill_school: Agency) -> None:
    with pytest.raises(AgencyRefused, match="still to come"), transaction():
        service.record_return(
            hill_school, [said(40), said(3, as_at=TODAY + timedelta(days=1))], by=None, now=NOW
        )
    assert rows(db.select(Headcount)) == []


def test_a_request_is_sent_in_once_every_staff_group_has_an_answer(hill_school: Agency, ben: Person) -> None:
    heads = make_staff_group(name="Heads")
    request = make_headcount_request(hill_school, a_staff_group(), heads)

    with transaction():
        service.record_return(hill_school, [said(40)], by=ben, now=NOW)
    assert request.is_open

    with transaction():
        service.record_return(hill_school, [said(None, group=heads)], by=ben, now=NOW)
    assert (request.sent_in_at, request.sent_in_by_id) == (NOW, ben.id)
    assert [one.staff_group for one in request.groups if one.cannot_tell] == [heads]
    assert [row.number for row in rows(db.select(Headcount))] == [40]


def test_a_withdrawn_return_stands_no_more_and_what_it_corrected_does(
    hill_school: Agency, ben: Person
) -> None:
    heads = make_staff_group(name="Heads")
    request = make_headcount_request(hill_school, a_staff_group(), heads)
    with transaction():
        service.record_return(hill_school, [said(41)], by=None, now=NOW)
        later = service.record_return(hill_school, [said(410), said(3, group=heads)], by=ben, now=NOW)
    wrong = later[0][1]
    assert wrong is not None
    assert wrong.corrects is not None
    assert not request.is_open
    withdraw = partial(service.withdraw_return, reason="A slip of the pen", by=ben, now=NOW)
    with pytest.raises(AgencyRefused, match="corrected since"):
        withdraw(wrong.corrects, others_too=False)

    with transaction():
        assert len(withdraw(wrong, others_too=True)) == 2

    latest = [one.headcount for one in queries.latest_headcounts(hill_school, on=TODAY)]
    assert [one.number for one in latest if one] == [41]
    assert [request.is_open, *(asked.is_answered for asked in request.groups)] == [True, False, False]
    last = history.entries_about(hill_school)[-1]
    assert (last.verb, last.detail["number"]) == ("headcount withdrawn", 3)
    with pytest.raises(AgencyRefused, match="withdrawn already"):
        withdraw(wrong, others_too=False)
    with transaction():  # the same again is a new return
        service.record_return(hill_school, [said(410), said(3, group=heads)], by=ben, now=NOW)
    assert len(rows(db.select(Headcount))) == 5


def told(agency: Agency, *lines: Line, days: int = 0) -> list[Headcount | None]:
    """What is recorded of these lines, so many days from now."""
    with transaction():
        found = service.record_return(agency, lines, by=None, now=NOW + timedelta(days=days))
    return [headcount for _, headcount in found]


def not_told(agency: Agency) -> list[str]:
    return [one.words for one in queries.not_told([agency.id]).get(agency.id, ())]


def test_a_number_said_since_answers_what_could_not_be_told_whatever_became_of_another(
    hill_school: Agency,
) -> None:
    teachers, heads = a_staff_group(), make_staff_group(name="Heads")
    request = make_headcount_request(hill_school, teachers, heads)
    ten, _ = told(hill_school, said(10), said(None, group=heads))
    assert not_told(hill_school) == ["Heads"]
    (five,) = told(hill_school, said(5, group=heads), days=1)
    assert not_told(hill_school) == []
    assert ten
    assert five

    withdraw = partial(service.withdraw_return, reason="Wrong", others_too=False, by=None, now=NOW)
    with transaction():
        withdraw(ten)
    assert not_told(hill_school) == []
    assert [one.staff_group for one in request.groups if not one.is_answered] == [teachers]

    told(hill_school, said(11), days=2)
    assert history.entries_about(hill_school)[-1].detail == {}  # "headcounts sent in", and all of them told
    with transaction():
        withdraw(five)
    assert not_told(hill_school) == []
    assert [one.staff_group for one in request.groups if not one.is_answered] == [heads]

    told(hill_school, said(None, group=heads), days=3)
    assert not_told(hill_school) == ["Heads"]
    assert not request.is_open


def test_a_number_said_again_answers_what_could_not_be_told(hill_school: Agency) -> None:
    make_headcount_request(hill_school, a_staff_group())
    told(hill_school, said(19, as_at=YESTERDAY))
    make_headcount_request(hill_school, a_staff_group())
    told(hill_school, said(None), days=1)
    assert not_told(hill_school) == [f"Teachers (19 as at {short_date(YESTERDAY)} stays)"]

    told(hill_school, said(19, as_at=YESTERDAY), days=2)

    assert not_told(hill_school) == []
    assert [row.number for row in rows(db.select(Headcount))] == [19]


def test_what_was_told_stays_told_when_the_board_stops_asking_again(hill_school: Agency) -> None:
    make_headcount_request(hill_school, a_staff_group())
    told(hill_school, said(None))
    again = make_headcount_request(hill_school, a_staff_group(), make_staff_group(name="Heads"))
    told(hill_school, said(5), days=1)
    changed(again, withdrawn_at=NOW + timedelta(days=2))
    assert not_told(hill_school) == []


def test_keeping_people_here_is_known_from_when_it_was_recorded_until_it_was_withdrawn(
    hill_school: Agency,
) -> None:
    with transaction():
        service.keep_people_here(hill_school, by=None, now=NOW)
        service.keep_people_here(hill_school, by=None, now=NOW)
    assert hill_school.keeps_people_here
    with transaction():
        service.stop_keeping_people_here(hill_school, by=None, now=NOW + timedelta(days=1))
    (named,) = rows(db.select(NamedWorkforce))
    assert (named.recorded_at, named.withdrawn_at) == (NOW, NOW + timedelta(days=1))
    assert not hill_school.keeps_people_here


def test_the_same_return_sent_by_two_at_once_makes_one_row(app: Flask, hill_school: Agency) -> None:
    agency_id, group_id = hill_school.id, a_staff_group().id
    db.session.remove()
    start = Barrier(4)

    def send(_: int) -> None:
        with app.app_context():
            start.wait()
            with transaction():
                agency = db.session.get_one(Agency, agency_id)
                line = said(40, group=db.session.get_one(StaffGroup, group_id))
                service.record_return(agency, [line], by=None, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert [row.number for row in rows(db.select(Headcount))] == [40]


@pytest.mark.one_database
def test_without_the_lock_the_table_refuses_a_second_first_return_of_a_day(hill_school: Agency) -> None:
    make_headcount(hill_school, a_staff_group(), 40, as_at=TODAY)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            Headcount(
                agency_id=hill_school.id, staff_group_id=a_staff_group().id, number=40, as_at=TODAY,
                source="Census", recorded_at=NOW,
            )
        )  # fmt: skip
