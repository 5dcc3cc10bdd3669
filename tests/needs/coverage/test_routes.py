"""Pages of coverage by sector and staff group, of who waits, and of what may be published."""

from datetime import datetime, timedelta

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.bookings.models import BookingStatus
from sscb_training.core.transaction import transaction
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews.service import close_need
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    make_accreditation,
    make_agency,
    make_booking,
    make_headcount,
    make_membership,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
)


def make_a_county() -> TrainingNeed:
    """Four schools with 3, 8, 9 and 10 of 20 in force, and one of these waiting for a date, and 30 of 40 police officers."""
    version = make_version()
    scheme = make_scheme(version.course)
    group = a_staff_group()
    need = make_need(staff_groups=[group], scheme=scheme)
    for place, held in enumerate([3, 8, 9, 10]):
        school = make_agency(name=f"School {place}", sector=Sector.EDUCATION)
        make_headcount(school, group, 20)
        people = [make_person(f"Teacher {place}.{n}", agency=school, staff_group=group) for n in range(held)]
        for person in people:
            make_accreditation(person, scheme)
    police = make_agency(name="West Mercia", sector=Sector.POLICE)
    make_headcount(police, group, 40)
    for n in range(30):
        make_accreditation(make_person(f"Officer {n}", agency=police, staff_group=group), scheme)
    session = make_training_session(version, starts_at=NOW + timedelta(days=20))
    make_booking(session, person=people[0], status=BookingStatus.WAITLISTED)
    return need


def test_coverage_leads_from_a_sector_to_its_people_and_back(browser: Browser, cara: Person) -> None:
    need = make_a_county()

    table = browser.signed_in(cara).get(f"/needs/{need.id}/coverage?by=sector")
    page = browser.get(table.link("30 people of Police"))

    assert "Police: people in force" in page.text
    assert "Officer 9" in browser.get(page.link("Next page")).text
    assert "Teacher 0" not in page.text
    assert browser.get(page.link("Coverage")).status == 200


@pytest.mark.parametrize(
    ("page", "tiles"),
    [
        ("", ["In force everywhere", "Coverage"]),
        ("/coverage", ["Coverage of the county", "Gap", "In force everywhere", "Waiting"]),
        ("/coverage?sector=police", ["Coverage of the county", "Gap", "In force everywhere"]),
        ("/forecast", ["Coverage on 23 November 2026", "With what is scheduled, on 30 November 2027"]),
    ],
)
def test_the_tiles_of_a_need_open_whom_they_count(
    browser: Browser, cara: Person, page: str, tiles: list[str]
) -> None:
    need = make_a_county()

    shown = browser.signed_in(cara).get(f"/needs/{need.id}{page}")

    assert [link.get_text() for link in shown.soup.select(".app-stat__label a")] == tiles
    for tile in shown.soup.select(".app-stat:has(a[href*=everywhere], a[href*=waiting])"):
        link, value = tile.select_one("a"), tile.select_one(".app-stat__value")
        assert link
        assert value
        people = browser.get(f"{link['href']}&format=csv", check=False).response.get_data(as_text=True)
        assert len(people.splitlines()) - 1 == int(value.get_text())


def test_coverage_of_one_sector_lists_its_agencies_alone(browser: Browser, cara: Person) -> None:
    need = make_a_county()

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage?sector=education")

    assert "School 3" in page.text
    assert "West Mercia" not in page.text
    assert "38%" in page.text


def test_coverage_by_staff_group_names_who_waits(browser: Browser, cara: Person) -> None:
    need = make_a_county()

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage?by=staff_group")

    assert "Teacher 3.0" in browser.get(page.link("1 person of Teachers waiting")).text


def test_the_last_line_leads_to_everybody_once(browser: Browser, cara: Person) -> None:
    need = make_a_county()

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage")
    assert "60 people" in browser.get(page.link("60 people in force of all of these")).text
    assert "Teacher 3.0" in browser.get(page.link("1 person waiting of all of these")).text
    part = browser.get(f"/needs/{need.id}/coverage?sector=police")
    assert "Police: people in force" in browser.get(part.link("30 people in force of all of these")).text
    assert browser.get(f"/needs/{need.id}/people?staff_group=99999999999999999999").status == 200


@pytest.mark.one_database
def test_of_two_jobs_one_stands_behind_a_number_and_not_a_mixture(browser: Browser, cara: Person) -> None:
    nurses, advisers = make_staff_group(name="Nurses"), make_staff_group(name="Advisers")
    ward, school = make_agency(name="Ward"), make_agency(name="School")
    scheme = make_scheme()
    need = make_need(staff_groups=[nurses, advisers], scheme=scheme)
    person = make_person("Two Jobs")
    make_membership(person, ward, staff_group=nurses, job_title="Matron")
    make_membership(person, school, staff_group=advisers, job_title="Year head")
    make_accreditation(person, scheme)
    browser.signed_in(cara)

    assert (
        "Two Jobs Ward and 1 more Nurses Matron"
        in browser.get(f"/needs/{need.id}/people?show=everywhere").text
    )
    assert "Two Jobs Ward and 1 more Nurses" in browser.get("/reports/lapses/people").text


@pytest.mark.parametrize(
    ("status", "given", "kind"),
    [
        (BookingStatus.AWAITING_APPROVAL, {}, "Waiting for approval"),
        (BookingStatus.WAITLISTED, {"waitlisted_at": NOW}, "On the waiting list"),
        (
            BookingStatus.OFFERED,
            {"waitlisted_at": NOW - timedelta(days=3), "offered_at": NOW},
            "Place offered",
        ),
        (
            BookingStatus.OFFERED,
            {"waitlisted_at": NOW - timedelta(days=3), "offered_at": NOW + timedelta(days=2)},
            "On the waiting list",
        ),
    ],
)
def test_who_waits_is_shown_with_what_for(
    browser: Browser, cara: Person, status: BookingStatus, given: dict[str, datetime], kind: str
) -> None:
    version, group = make_version(), a_staff_group()
    need = make_need(staff_groups=[group], scheme=make_scheme(version.course))
    session = make_training_session(version, starts_at=NOW + timedelta(days=20))
    person = make_person(agency=make_agency(), staff_group=group)
    make_booking(session, person=person, status=status, requested_at=NOW - timedelta(days=5), **given)

    page = browser.signed_in(cara).get(f"/needs/{need.id}/people?show=waiting")

    assert kind in page.text
    assert page.text.count("Waiting for approval") == (kind == "Waiting for approval")


def test_coverage_says_where_the_need_stood_on_the_day(browser: Browser, cara: Person) -> None:
    need = make_a_county()
    with transaction():
        close_need(
            need, decided_on=TODAY, minute_reference="12", evidence="Seen", statement="Yes", review_on=None,
            by=cara, now=NOW,
        )  # fmt: skip

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage")
    earlier = browser.get(f"/needs/{need.id}/coverage?as_at={TODAY - timedelta(days=9)}")

    assert ["Closed" in str(one.soup.select(".govuk-tag")) for one in (page, earlier)] == [True, False]
    today = "Three things are read as they are today, whatever the days: the sector of each agency, the target of a need"
    assert [today in one.text for one in (page, earlier)] == [False, True]


def test_coverage_shows_how_far_agencies_lie_apart(browser: Browser, cara: Person) -> None:
    need = make_a_county()

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage")

    assert "Lowest 15%, middle 45%, highest 75%" in page.text
    assert "Half of the 5 agencies lie between 40% and 50%" in page.text


def test_published_coverage_shows_no_small_count_nor_what_would_tell_it(
    browser: Browser, cara: Person
) -> None:
    need = make_a_county()

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage/published")
    answer = browser.get(f"/needs/{need.id}/coverage/published?format=csv").response
    file = answer.get_data().decode("utf-8-sig")

    lines = {
        cells[1]: cells[2:6] for cells in (line.split(",") for line in file.splitlines()) if len(cells) > 5
    }
    assert lines["School 0"] == ["Withheld", "20", "Withheld", "Withheld"]
    assert lines["School 1"] == ["Withheld", "20", "Withheld", "Withheld"]
    assert lines["School 2"] == [
        "Withheld",
        "20",
        "Withheld",
        "Withheld",
    ]  # or who leads School 1 could work it out
    assert lines["School 3"] == ["10", "20", "50", "10"]
    assert lines["West Mercia"] == ["30", "40", "75", "10"]
    assert lines["Police"] == ["30", "40", "75", "10"]
    assert '"County, each person once",60,120,50,60,' in file
    assert "fewer than 5 people in force" in page.text
    assert "15%" not in page.text
    nobody = browser.get(f"/needs/{need.id}/coverage/published?as_at=2001-01-01&known_on=2001-01-01").text
    assert "Nobody to count on this day" in nobody
    assert "fewer than 5" not in nobody
