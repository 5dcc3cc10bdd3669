"""Cells, filters and order against the one rule of `home.rules.stands`; and how often the database is asked."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion
from sscb_training.home import queries as own
from sscb_training.home.matrix import queries, rules
from sscb_training.home.matrix.queries import Filters, Team
from sscb_training.home.matrix.rules import Asked, Column
from sscb_training.home.rules import stands
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_accreditation,
    make_booking,
    make_course,
    make_earlier_training,
    make_membership,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
)

YESTERDAY, SOON_OVER, LATER = (
    TODAY - timedelta(days=1),
    TODAY + timedelta(days=50),
    TODAY + timedelta(days=800),
)
EARLIER = NOW - timedelta(days=60)


class Ground:
    """A scheme with its course, a course without one, and people who stand in every way."""

    def __init__(self, agency: Agency) -> None:
        self.version: CourseVersion = make_version(make_course(code="GCP2-PRAC", title="Practitioners"))
        self.scheme: AccreditationScheme = make_scheme(self.version.course, code="GCP2")
        make_scheme(code="OTHER")
        other = make_version(make_course(code="CORE", title="Core groups"))
        coming, past = make_training_session(self.version), make_training_session(other, starts_at=EARLIER)
        self.people = {
            name: make_person(name, agency=agency)
            for name in ("Ida", "Max", "Dan", "Eve", "Rex", "Nia", "Bob")
        }
        hold = self.people.__getitem__
        make_accreditation(hold("Ida"), self.scheme, expires_on=LATER)
        make_accreditation(hold("Ida"), self.scheme, expires_on=SOON_OVER)
        make_accreditation(hold("Max"), self.scheme, expires_on=None)
        make_accreditation(hold("Dan"), self.scheme, expires_on=SOON_OVER)
        make_accreditation(hold("Eve"), self.scheme, expires_on=YESTERDAY)
        make_accreditation(hold("Rex"), self.scheme, revoked_on=YESTERDAY)
        make_accreditation(hold("Nia"), self.scheme, withdrawn_at=NOW)
        make_accreditation(hold("Bob"), self.scheme, expires_on=YESTERDAY)
        make_booking(coming, person=hold("Bob"))
        make_booking(coming, person=hold("Nia"), status=BookingStatus.WAITLISTED)
        for name, outcome in [
            ("Ida", Outcome.ATTENDED),
            ("Dan", Outcome.PART_ATTENDED),
            ("Eve", Outcome.DID_NOT_ATTEND),
        ]:
            make_booking(past, person=hold(name), outcome=outcome, outcome_on=london_date(EARLIER))
        self.team = Team(str(agency.id), agency.name, agency.id)
        every = queries.every_column(on=TODAY)
        by_code = {column.code: column for column in every}
        self.gcp2, self.other = by_code["GCP2"], by_code["OTHER"]
        self.practitioners, self.core = by_code["GCP2-PRAC"], by_code["CORE"]

    def lines(self, filters: Filters, *columns: Column) -> dict[str, queries.Line]:
        asked = columns or (self.gcp2, self.core)
        found = queries.page_of_lines(self.team, filters, asked, page=1, on=TODAY, now=NOW)
        assert found.total == len(found.items)
        return {line.name: line for line in found.items}


@pytest.fixture
def ground(hill_school: Agency) -> Ground:
    return Ground(hill_school)


def test_lines_show_each_person_in_each_column(ground: Ground) -> None:
    lines = ground.lines(Filters())

    assert list(lines) == ["Bob", "Dan", "Eve", "Ida", "Max", "Nia", "Rex"]
    for name, line in lines.items():
        held = rows(own.held_by([ground.people[name].id], on=TODAY))
        cell, as_ruled = line.cell(ground.gcp2), stands([own.as_held(one, TODAY) for one in held], on=TODAY)
        assert (cell.standing, cell.day) == as_ruled
    assert lines["Bob"].cell(ground.gcp2).booked_at == SOON
    assert lines["Nia"].cell(ground.gcp2).waits_for == SOON
    assert lines["Ida"].cell(ground.core).day == london_date(EARLIER)
    assert lines["Dan"].cell(ground.core).part_on == london_date(EARLIER)
    assert lines["Eve"].cell(ground.core) == rules.Cell()


@pytest.mark.parametrize(
    ("asked", "in_scheme", "anywhere"),
    [
        (Asked.IN_FORCE, "Ida Max", "Ida Max"),
        (Asked.DUE, "Dan", "Dan"),
        (Asked.LAPSED, "Bob Eve Rex", "Bob Eve Rex"),
        (Asked.NEVER, "Nia", "Bob Dan Eve Max Nia Rex"),
        (Asked.BOOKED, "Bob Nia", "Bob Nia"),
        (Asked.TO_BOOK, "Dan Eve Rex", "Dan Eve Rex"),
    ],
)
def test_lines_are_narrowed_to_a_state(ground: Ground, asked: Asked, in_scheme: str, anywhere: str) -> None:
    lines = ground.lines(Filters(asked=asked, column=ground.gcp2))
    assert " ".join(lines) == in_scheme
    assert " ".join(ground.lines(Filters(asked=asked))) == anywhere
    if asked is Asked.TO_BOOK:
        assert all(line.cell(ground.gcp2).is_to_book for line in lines.values())
    in_a_course = ground.lines(Filters(asked=asked, column=ground.core), ground.core)
    assert ("Ida" in in_a_course) == (asked is Asked.IN_FORCE)


def test_lines_are_those_of_confirmed_current_jobs_found_by_name_group_and_manager(
    ground: Ground, hill_school: Agency, dev: Person
) -> None:
    nurses = make_staff_group()
    make_membership(ground.people["Ida"], hill_school, staff_group=nurses, manager_name="Ann Head")
    changed(ground.people["Bob"].memberships[0], valid_to=YESTERDAY)
    changed(ground.people["Max"].memberships[0], confirmed_at=None)

    assert list(ground.lines(Filters())) == ["Dan", "Eve", "Ida", "Nia", "Rex"]
    assert list(ground.lines(Filters(search="ida teach"))) == ["Ida"]
    assert list(ground.lines(Filters(search="%"))) == []
    assert list(ground.lines(Filters(manager="ann"))) == ["Ida"]
    [ida] = ground.lines(Filters(staff_group_id=nurses.id)).values()
    assert ida.staff_group == nurses.name


def test_earlier_training_of_a_course_counts_by_its_latest_day(ground: Ground) -> None:
    [course_id] = ground.core.course_ids
    for name, day in [("Ida", date(2019, 5, 1)), ("Rex", date(2018, 5, 1)), ("Rex", date(2017, 5, 1))]:
        make_earlier_training(ground.people[name], course_id=course_id, attended_on=day)
    make_earlier_training(ground.people["Eve"], course_id=course_id, withdrawn_at=NOW)

    lines = ground.lines(Filters(asked=Asked.IN_FORCE, column=ground.core))
    assert {name: line.cell(ground.core).day for name, line in lines.items()} == {
        "Ida": london_date(EARLIER),
        "Rex": date(2018, 5, 1),
    }


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("-name", "Rex Nia Max Ida"),
        ("scheme", "Bob Eve Nia Rex"),
        ("-scheme", "Max Ida Dan"),
        ("-course", "Ida"),
    ],
)
def test_lines_stand_in_the_order_asked_for(ground: Ground, sort: str, names: str) -> None:
    key = sort.replace("scheme", ground.gcp2.key).replace("course", ground.core.key)

    assert " ".join(ground.lines(Filters(sort=key))).startswith(names)


def test_a_page_past_the_end_shows_the_last(ground: Ground) -> None:
    page = queries.page_of_lines(ground.team, Filters(), [ground.gcp2], page=9, on=TODAY, now=NOW)

    assert (page.page, page.total, len(page.items)) == (1, 7, 7)


def test_the_matrix_is_one_query_for_one_person_and_column_and_for_more(
    ground: Ground, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def ask(search: str, *columns: Column) -> int:
        filters = Filters(search=search, asked=Asked.TO_BOOK)
        return count_queries(lambda: queries.every_line(ground.team, filters, columns, on=TODAY, now=NOW))

    assert ask("Dan", ground.gcp2) == ask("", ground.gcp2, ground.other, ground.practitioners) == 1
