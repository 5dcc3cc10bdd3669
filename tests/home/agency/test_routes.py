import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.core.roles import Role
from sscb_training.people.models import Person, RoleGrant
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
    saved,
)

SOON_OVER = TODAY + timedelta(days=50)
Count = Callable[[Callable[[], object]], int]


def test_agency_lists_own_people_with_what_they_hold(
    browser: Browser, ben: Person, asha: Person, dev: Person
) -> None:
    scheme = make_scheme(code="GCP2")
    make_accreditation(asha, scheme, expires_on=SOON_OVER)
    make_accreditation(ben, scheme, revoked_on=TODAY, revoke_reason="A secret")
    training_session = make_training_session(make_version(make_course(title="Core groups")))
    make_booking(training_session, person=asha)

    page = browser.signed_in(ben).get("/my-agency")

    assert page.h1 == "My agency"
    assert "Asha Patel Teacher Teachers Core groups 7 Dec 2026 Due runs out 12 Jan 2027" in page.text
    assert "Not in force" in page.text
    assert "Not checked yet" not in page.text
    assert "A secret" not in page.text
    assert "Dev Outsider" not in page.text


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("q=asha", ["Asha Patel"]),
        ("q=dev", []),
        ("standing=due", ["Asha Patel"]),
        ("standing=none", ["Ben Lead"]),
        ("standing=nonsense&group=x&scheme=%00&page=99", ["Asha Patel", "Ben Lead"]),
    ],
)
def test_agency_is_filtered_by_its_address(
    browser: Browser, ben: Person, asha: Person, dev: Person, asked: str, seen: list[str]
) -> None:
    make_accreditation(asha, make_scheme(), expires_on=SOON_OVER)
    if "%00" in asked:
        asked = asked.replace("%00", "zz")

    page = browser.signed_in(ben).get(f"/my-agency?{asked}")

    assert [
        cell.get_text(" ", strip=True).split(" Teacher")[0] for cell in page.soup.select("tbody th")
    ] == seen
    if not seen:
        assert "Nobody is like that" in page.text


@pytest.mark.one_database
def test_who_is_not_in_the_matrix_yet_is_marked_in_the_agencys_list(browser: Browser, ben: Person) -> None:
    new = make_person("Nia New", agency=ben.memberships[0].agency)
    changed(new.memberships[0], confirmed_at=None)
    make_accreditation(new, make_scheme(code="GCP2"), expires_on=TODAY - timedelta(days=1))
    make_accreditation(ben, make_scheme(code="GCP3"), revoked_on=TODAY)
    browser.signed_in(ben)

    page = browser.get("/my-agency")
    assert "Nia New" in page.text
    assert page.text.count("Not checked yet") == 2  # beside her name, and what it means
    matrix = browser.get("/staff-matrix").text
    assert "Nia New" not in matrix
    assert "left out until the board has checked it" in matrix
    file = browser.get("/my-agency?format=csv").response.get_data(as_text=True)
    lines = {line["Name"]: line for line in csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))}
    assert [lines["Nia New"]["GCP2"], lines[ben.name]["GCP3"]] == ["Expired", "Not in force"]


def test_agency_without_people_says_how_they_appear(browser: Browser) -> None:
    agency = make_agency()
    lead = make_person(leads=agency)

    assert "Nobody works here yet" in browser.signed_in(lead).get("/my-agency").text


def test_agency_of_another_is_not_there(browser: Browser, ben: Person, dev: Person) -> None:
    other = dev.memberships[0].agency_id

    browser.signed_in(ben).get(f"/my-agency?agency={other}", status=404)
    browser.get(f"/my-agency?agency={other}&format=csv", status=404)
    browser.get("/my-agency?agency=zz", status=404)


def test_agency_of_somebody_who_leads_two_has_a_tab_for_each(
    browser: Browser, ben: Person, asha: Person, dev: Person
) -> None:
    other = dev.memberships[0].agency
    saved(RoleGrant(person_id=ben.id, role=Role.AGENCY_LEAD, agency_id=other.id, granted_at=NOW))

    page = browser.signed_in(ben).get("/my-agency")
    assert "Asha Patel" in page.text
    assert "Dev Outsider" not in page.text

    page = browser.click("Vale Housing")
    assert "Dev Outsider" in page.text
    assert "Asha Patel" not in page.text
    assert f"agency={other.id}" in page.link("Download CSV")


def test_agency_can_be_kept_as_a_file(browser: Browser, ben: Person, asha: Person, dev: Person) -> None:
    make_accreditation(asha, make_scheme(code="GCP2"), expires_on=SOON_OVER)
    make_booking(make_training_session(make_version(make_course(title="=1+1")), starts_at=SOON), person=asha)

    page = browser.signed_in(ben).get("/my-agency?q=asha")
    text = browser.get(page.link("Download CSV")).response.get_data().decode("utf-8-sig")
    [headings, line] = list(csv.reader(io.StringIO(text)))

    assert headings == [
        "Name", "Email", "Job title", "Staff group", "Next booking", "On", "As at", "GCP2", "GCP2 until",
    ]  # fmt: skip
    assert line == [
        "Asha Patel", "asha@hill.example", "Teacher", "Teachers", "'=1+1", "2026-12-07", "2026-11-23",
        "Due within 90 days", "2027-01-12",
    ]  # fmt: skip
    excel = browser.get(page.link("Download Excel")).response
    assert excel.headers["Content-Disposition"].endswith("my-agency.xlsx")


def test_agency_asks_as_often_for_three_as_for_one(
    browser: Browser, hill_school: Agency, ben: Person, count_queries: Count
) -> None:
    scheme = make_scheme()

    def more() -> None:
        person = make_person(agency=hill_school)
        make_accreditation(person, scheme)
        make_booking(make_training_session(), person=person)

    more()
    browser.signed_in(ben)
    once = count_queries(lambda: browser.get("/my-agency"))
    more()
    more()

    assert count_queries(lambda: browser.get("/my-agency")) == once


def test_a_booking_made_in_a_job_elsewhere_is_not_shown(browser: Browser, ben: Person, asha: Person) -> None:
    elsewhere = make_membership(asha, make_agency(name="Vale Charity"))
    secret = make_training_session(make_version(make_course(title="Secret course")))
    make_booking(secret, person=asha, membership=elsewhere)

    assert "Secret course" not in browser.signed_in(ben).get("/my-agency").text
    assert "Secret course" not in browser.get("/my-agency?format=csv").response.get_data(as_text=True)
