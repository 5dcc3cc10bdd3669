from typing import Any

import pytest
from flask import Flask

from sscb_training.accreditation import queries
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import make_accreditation, make_course, make_scheme, make_terms, make_version


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


def _scheme(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "code": "GCP2A", "name": "Antenatal", "pass_mark": "80", "valid_months": "36", "reminder_days": "30, 90",
    }  # fmt: skip
    return usual | given


def test_a_scheme_is_added_and_changed(app: Flask, staff: Browser) -> None:
    course = make_course(title="Neglect")
    page = staff.submit(
        "/accreditations/schemes/add", button="Add the scheme", **_scheme(courses=[str(course.id)])
    )
    assert "Antenatal is added" in page.text
    assert "Pass mark 80%" in page.text
    assert "None is a rule of the tool’s publisher" in page.text
    staff.click("Change the scheme")
    assert staff.page is not None
    page = staff.fill(staff.page, button="Save the scheme", first_use_weeks="5")
    assert "Asks whether it is used After 5 weeks" in page.text
    assert "Reminder days: 90, 30" in page.text
    assert "Antenatal (GCP2A) 80% 36 months Neglect Anybody in the pool After 5 weeks" in (
        staff.get("/accreditations/schemes").text
    )
    [scheme] = queries.schemes()
    assert (scheme.courses, scheme.terms[0].reminder_days) == ([course], [90, 30])


def test_terms_to_come_are_added_changed_and_taken_back(staff: Browser) -> None:
    scheme = make_scheme(pass_mark=80, attempts_allowed=2, waiting_days=14)
    url = f"/accreditations/schemes/{scheme.id}"
    page = staff.get(url)
    assert "From the beginning. They cannot be edited" in page.text
    assert "Attempts 2 for each attendance Between attempts At least 14 days" in page.text
    page = staff.submit(
        f"{url}/terms/add",
        button="Add these terms",
        holds_from=["1", "1", "2027"],
        pass_mark="",
        valid_months="",
    )
    assert "Terms to come From 1 January 2027 Change" in page.text
    assert "Assessment None: attending is enough" in page.text
    assert "From the beginning until 31 December 2026" in page.text
    staff.click("Change the terms from 1 January 2027")
    assert staff.page is not None
    page = staff.fill(staff.page, button="Save these terms", holds_from=["1", "11", "2026"])
    assert "today or later" in page.errors[0]
    page = staff.fill(page, button="Save these terms", holds_from=["2", "1", "2027"], pass_mark="75")
    assert "From 2 January 2027" in page.text
    page = staff.fill(page, button="Take back the terms from 2 January 2027")
    assert "Terms to come" not in page.text
    make_terms(scheme, pass_mark=60)
    assert "Earlier terms What was decided under them stands From the beginning until" in staff.get(url).text


def test_first_terms_to_come_are_not_said_to_be_in_force(staff: Browser) -> None:
    day = {"holds_from": ["1", "1", "2027"]}
    page = staff.submit("/accreditations/schemes/add", button="Add the scheme", **_scheme(**day))
    assert "First terms" in page.text
    assert "From 1 January 2027. Days before that go by them as well" in page.text
    assert "cannot be edited" not in page.text
    change = page.link("Change the first terms")
    refused = staff.post(change.replace("/change", "/remove"), status=409)
    assert "A scheme needs terms" in refused.text
    page = staff.submit(change, button="Save these terms", holds_from=["23", "11", "2026"], pass_mark="75")
    assert "Terms in force" in page.text
    page = staff.submit(
        "/accreditations/schemes/add", button="Add the scheme", **_scheme(holds_from=["31", "2", "2027"])
    )
    assert "The date must be a real date, like 27 3 2026" in page.errors


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code": ""}, "Enter a code, like GCP2"),
        ({"pass_mark": "101"}, "Pass mark must be between 0 and 100"),
        (
            {"valid_months": "0"},
            "The number of months must be between 1 and 600",
        ),
        ({"reminder_days": "soon"}, "Enter up to 5 numbers of days between 1 and 730, like 90, 30"),
        (
            {"name": "graded care profile 2"},
            "Graded Care Profile 2 has this name already. Choose another name.",
        ),
    ],
)
def test_a_scheme_says_what_is_wrong(staff: Browser, given: dict[str, str], error: str) -> None:
    make_scheme(code="GCP2", name="Graded Care Profile 2")
    page = staff.submit("/accreditations/schemes/add", button="Add the scheme", **_scheme(**given))
    assert page.errors == [error]
    assert db.session.scalar(db.select(db.func.count(AccreditationScheme.id))) == 1


def test_a_course_that_does_not_exist_is_refused(staff: Browser) -> None:
    make_course()
    assert staff.post("/accreditations/schemes/add", _scheme(courses="99999")).errors
    assert queries.schemes() == []


def test_a_change_that_collides_is_refused(staff: Browser) -> None:
    make_scheme(code="GCP2", name="Graded Care Profile 2")
    other = make_scheme()
    page = staff.submit(f"/accreditations/schemes/{other.id}/change", button="Save the scheme", code="gcp2")
    assert page.errors == ["Graded Care Profile 2 has this code already. Choose another code."]


def test_how_a_course_leads_to_a_scheme_is_changed(staff: Browser) -> None:
    course = make_course(title="Neglect")
    version = make_version(course)
    scheme = make_scheme(course, code="GCP2")
    url = f"/accreditations/schemes/{scheme.id}"
    assert "Neglect The accreditation Every version Every part" in staff.get(url).text
    staff.click("Change how Neglect leads to it")
    assert staff.page is not None
    page = staff.fill(
        staff.page, button="Save", is_refresher="y", from_version_id=str(version.id), parts=["2", "1"]
    )
    assert "Neglect A renewal, as a refresher 1 Part 1 and part 2" in page.text
    assert "From version: was any, now 1" in page.text
    assert "renewal of GCP2 accreditation" in staff.get(f"/courses/{course.code}").text


def test_an_earlier_scheme_gives_nothing_and_its_holders_are_told(staff: Browser, asha: Person) -> None:
    course = make_course(title="Neglect")
    earlier = make_scheme(code="GCP", name="Graded Care Profile")
    later = make_scheme(course, code="GCP2", name="Graded Care Profile 2")
    make_accreditation(asha, earlier)
    page = staff.submit(
        f"/accreditations/schemes/{later.id}/change", button="Save the scheme", earlier=str(earlier.id)
    )
    assert "Does not carry over from Graded Care Profile (GCP): holding it gives nothing here" in page.text
    page = staff.get(f"/accreditations/schemes/{earlier.id}")
    assert "Holding GCP gives nothing for GCP2: it does not carry over" in page.text
    page = staff.submit(
        f"/accreditations/schemes/{earlier.id}/change", button="Save the scheme", earlier=str(later.id)
    )
    assert page.errors == ["A scheme cannot come before itself. Choose another earlier scheme."]
    record = Browser(staff.app).signed_in(asha).get("/my-training-record").text
    assert "Does not carry over to GCP2, which takes its own course" in record
