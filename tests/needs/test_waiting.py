"""A need that waits for a course: nobody counts until the version that answers it is published, and then by itself."""

import csv
import re
from datetime import date, timedelta

import pytest

from sscb_training.bookings.models import Outcome
from sscb_training.case_audits import service as audits
from sscb_training.case_audits.models import Action
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries, service
from sscb_training.needs.coverage.queries import county_coverage
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_action,
    make_agency,
    make_booking,
    make_case_audit,
    make_course,
    make_headcount,
    make_need,
    make_person,
    make_training_session,
    make_version,
)

NEXT_MONTH = TODAY + timedelta(days=30)


@pytest.fixture
def action() -> Action:
    return make_action(make_case_audit(), code="ACT-DA-2")


@pytest.fixture
def versions() -> tuple[CourseVersion, CourseVersion]:
    course = make_course(published_at=NOW - timedelta(days=900))
    return make_version(course), make_version(course, valid_from=NEXT_MONTH)


@pytest.fixture
def need(action: Action, cara: Person) -> TrainingNeed:
    need = make_need()
    with transaction():
        service.add_intervention(need, action, counts=True, by=cara, now=NOW - timedelta(days=60))
    return need


def in_force(need: TrainingNeed, as_at: date, known_on: date = NEXT_MONTH) -> int:
    return county_coverage(need, as_at=as_at, known_on=known_on).everywhere


def attend(version: CourseVersion, on: date) -> None:
    person = make_person(agency=make_agency(), staff_group=a_staff_group())
    held = make_training_session(version, starts_at=at_london(on))
    changed(
        make_booking(held, person=person, outcome=Outcome.ATTENDED, outcome_on=on),
        outcome_recorded_at=at_london(on),
    )


def test_nobody_counts_until_the_version_that_answers_is_published(
    need: TrainingNeed, action: Action, versions: tuple[CourseVersion, CourseVersion], cara: Person
) -> None:
    old, new = versions
    attend(old, TODAY - timedelta(days=20))
    attend(new, TODAY - timedelta(days=2))
    assert in_force(need, TODAY) == 0

    with transaction():
        audits.answer_actions(new, [action], by=cara, now=NOW)

    before = NEXT_MONTH - timedelta(days=1)
    assert (in_force(need, before), in_force(need, NEXT_MONTH)) == (0, 1)
    assert in_force(need, NEXT_MONTH, known_on=TODAY - timedelta(days=1)) == 0
    assert [need.id in queries.waiting(as_at=day, known_on=NEXT_MONTH) for day in (before, NEXT_MONTH)] == [
        True, False,
    ]  # fmt: skip
    assert need.interventions[0].waits(before)
    assert need.interventions[0].first_version(NEXT_MONTH) is new


def test_a_course_that_is_not_published_is_waited_for(
    need: TrainingNeed, action: Action, versions: tuple[CourseVersion, CourseVersion], cara: Person
) -> None:
    old, _ = versions
    attend(old, TODAY - timedelta(days=20))
    with transaction():
        audits.answer_actions(old, [action], by=cara, now=NOW)
    assert in_force(need, TODAY) == 1

    changed(old.course, published_at=None)

    assert in_force(need, TODAY) == 0
    assert queries.waiting(as_at=TODAY, known_on=TODAY) == {need.id: need.interventions}


def test_an_answer_that_is_taken_back_was_known_until_then(
    need: TrainingNeed, action: Action, versions: tuple[CourseVersion, CourseVersion], cara: Person
) -> None:
    old, _ = versions
    attend(old, TODAY - timedelta(days=20))
    with transaction():
        audits.answer_actions(old, [action], by=cara, now=NOW - timedelta(days=9))

    with transaction():
        audits.answer_actions(old, [], by=cara, now=at_london(TODAY))

    yesterday = TODAY - timedelta(days=1)
    assert (in_force(need, TODAY, known_on=yesterday), in_force(need, TODAY)) == (1, 0)


@pytest.mark.one_database
def test_wherever_its_coverage_stands_it_says_that_a_need_waits_for_its_course(
    need: TrainingNeed, versions: tuple[CourseVersion, CourseVersion], browser: Browser, cara: Person
) -> None:
    agency = make_agency()
    make_headcount(agency, a_staff_group(), 4)
    changed(need, target_percent=60, title="Far")
    make_need(from_version=versions[0], target_percent=50, title="Near")

    home = browser.signed_in(cara).get("/home").text
    assert "Open Waiting for the course" in home.split("Needs that fall behind")[1]
    for address in (f"/needs/{need.id}/coverage?format=csv", "/reports/coverage?format=csv"):
        file = list(csv.DictReader(browser.get(address).response.get_data().decode("utf-8-sig").splitlines()))
        assert "ACT-DA-2" in {line["Waits for the course of"] for line in file}
    page = browser.get("/reports/dashboard").text
    assert "Near. People still to train" in page
    assert "target 60% waiting for the course" in page
    page = browser.get(f"/reports/dashboard?need={need.id}").text
    assert "Far. Waiting for the course, so nobody can be trained for it yet." in page
    forecast = browser.get(f"/needs/{need.id}/forecast").text
    assert f"{need.code} waits for the course that ACT-DA-2 changes" in forecast
    assert "Sessions to schedule Waiting for the course" in forecast
    assert not re.search("Plan (a session|one)|What more sessions", forecast)
