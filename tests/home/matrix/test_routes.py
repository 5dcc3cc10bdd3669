import csv
import io
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    TODAY,
    make_accreditation,
    make_agency,
    make_course,
    make_membership,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)


@pytest.mark.one_database
def test_a_lead_books_those_who_are_due(
    browser: Browser, hill_school: Agency, ben: Person, asha: Person
) -> None:
    version = make_version(make_course(code="GCP2-PRAC", title="Graded Care Profile 2"))
    scheme = make_scheme(version.course, code="GCP2", name="Graded Care Profile 2")
    make_accreditation(asha, scheme, expires_on=TODAY + timedelta(days=10))
    make_accreditation(make_person("Rex Revoked", agency=hill_school), scheme, revoked_on=TODAY)
    make_training_session(version)
    make_training_session()

    browser.signed_in(ben).get("/my-agency")
    page = browser.click("Staff matrix")
    assert "Revoked" not in page.text.replace("Rex Revoked", "")
    assert "Not in force" in page.text
    page = browser.get(f"/staff-matrix?state=to_book&in=s{scheme.id}")
    assert not browser.click("Tick nobody").soup.select("input[name=people][checked]")
    assert len(browser.click("Tick all on this page").soup.select("input[name=people][checked]")) == 2
    page = browser.fill(page, button="Book those who are ticked")
    assert "2 people are chosen" in page.text
    assert page.soup.select("tbody tr")[1:] == []
    page = browser.click("Graded Care Profile 2 on 7 December 2026 at 9am")
    ticked = page.soup.select("input[name=people][checked]")
    assert len(ticked) == 2
    assert "2 people are chosen" in browser.get(f"/staff-matrix?state=to_book&in=s{scheme.id}&book=1").text


def test_a_matrix_is_kept_as_a_file_with_its_columns(
    browser: Browser, hill_school: Agency, ben: Person, asha: Person
) -> None:
    scheme = make_scheme(code="GCP2")
    make_scheme(code="OTHER")
    make_accreditation(asha, scheme)
    page = browser.signed_in(ben).get(f"/staff-matrix?col=s{scheme.id}&col=nonsense")
    assert "OTHER" not in " ".join(th.text for th in page.soup.select("th"))

    answer = browser.get(page.link("Download CSV"), check=False)
    lines = list(csv.DictReader(io.StringIO(answer.response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(line["Name"], line["GCP2"], line["GCP2 until"]) for line in lines] == [
        ("Asha Patel", "In force", "2029-01-15"),
        ("Ben Lead", "Never", ""),
    ]
    browser.get(page.link("Download Excel"), check=False)


def test_nobody_sees_people_who_are_not_theirs(
    browser: Browser, hill_school: Agency, ben: Person, asha: Person, dev: Person, cara: Person
) -> None:
    elsewhere = make_agency(name="Elsewhere")
    make_person("Otto Other", agency=elsewhere)
    manager = make_person("Mo Manager", email="mo@agency.example")
    make_membership(make_person("Mia Minded"), elsewhere, manager_email="mo@agency.example")
    make_membership(make_person("Not Minded"), elsewhere, manager_email="else@agency.example")

    assert "Otto" not in browser.signed_in(ben).get("/staff-matrix").text
    browser.get(f"/staff-matrix?team={elsewhere.id}", status=404)
    browser.get("/staff-matrix?team=mine", status=404)
    browser.signed_in(dev).get("/staff-matrix", status=404)
    mine = browser.signed_in(manager).get("/staff-matrix")
    assert "Mia Minded" in mine.text
    assert "Not Minded" not in mine.text
    assert "Book those" not in mine.text
    assert "Otto Other" in browser.signed_in(cara).get(f"/staff-matrix?team={elsewhere.id}").text
