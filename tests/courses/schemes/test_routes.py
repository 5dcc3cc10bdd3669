from typing import Any

import pytest
from flask import Flask

from sscb_training.accreditation import queries
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import make_course, make_scheme


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


def _scheme(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"code": "GCP2A", "name": "Antenatal", "pass_mark": "80", "valid_months": "36"}
    return usual | given


def test_a_scheme_is_added_and_changed(app: Flask, staff: Browser) -> None:
    course = make_course(title="Neglect")
    page = staff.submit(
        "/accreditations/schemes/add", button="Add the scheme", **_scheme(courses=[str(course.id)])
    )
    assert "Antenatal is added" in page.text
    assert "Antenatal (GCP2A) 80% 36 months Neglect" in page.text
    assert "not rules of the tools’ publishers" in page.text
    staff.click("Antenatal")
    assert staff.page is not None
    page = staff.fill(
        staff.page, button="Save the scheme", pass_mark="", valid_months="", first_use_weeks="5"
    )
    assert "No assessment Does not expire Neglect Anybody in the pool After 5 weeks" in page.text
    [scheme] = queries.schemes()
    assert (scheme.pass_mark, scheme.valid_months) == (None, None)
    assert scheme.courses == [course]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code": ""}, "Enter a code, like GCP2"),
        ({"pass_mark": "101"}, "Pass mark must be between 0 and 100"),
        (
            {"valid_months": "0"},
            "The number of months must be between 1 and 600",
        ),
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
    page = staff.submit(f"/accreditations/schemes/{other.id}", button="Save the scheme", code="gcp2")
    assert page.errors == ["Graded Care Profile 2 has this code already. Choose another code."]
