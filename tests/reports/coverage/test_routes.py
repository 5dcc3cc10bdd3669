"""The front page of the reports: the coverage of every need, and its files."""

import csv
import io

import pytest

from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_accreditation,
    make_agency,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
)


def test_the_report_shows_needs(browser: Browser, cara: Person) -> None:
    scheme, group, agency = make_scheme(), make_staff_group(), make_agency(name="Hill")
    need = make_need(scheme=scheme, staff_groups=[group], code="N1", title="Neglect", target_percent=80)
    make_need(code="N2", title="Nobody’s", staff_groups=[make_staff_group()])
    make_accreditation(make_person(agency=agency, staff_group=group), scheme)
    make_headcount(agency, group, 4)

    page = browser.signed_in(cara).get("/reports/coverage")

    assert "N1: Neglect Open 1 4 25% 3 80%" in page.text
    assert "N2: Nobody’s Open 0 Headcount not supplied Not known Not known" in page.text
    assert page.link("N1: Neglect").startswith(f"/needs/{need.id}/coverage")


@pytest.mark.parametrize("url", ["/reports/coverage?", "/reports/board?to=2026-10-31&"])
def test_a_report_leaves_out_a_need_that_nobody_knew_of_then(
    browser: Browser, cara: Person, url: str
) -> None:
    make_need(title="Known then")
    make_need(title="Recorded since", recorded_at=NOW)

    page = browser.signed_in(cara).get(f"{url}known_on=2026-10-31")

    assert "Known then" in page.text
    assert "Recorded since" not in page.text
    assert "Recorded since" in browser.get(url).text


def test_the_report_of_nothing_says_what_to_do(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports/coverage")

    assert "No needs yet" in page.text
    assert "No training dates in the last 12 months" in page.text


def test_the_report_says_which_days_it_could_not_read(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports/coverage?as_at=2026-02-30&known_on=soon&format=csv")

    assert [error.split(" must")[0] for error in page.errors] == ["As at", "As known on"]
    assert "as at 23 November 2026" in page.text


def test_the_report_of_a_day_to_come_is_a_look_ahead(browser: Browser, cara: Person) -> None:
    assert (
        "a look ahead and not a result"
        in browser.signed_in(cara).get("/reports/coverage?as_at=2090-01-01").text
    )


@pytest.mark.one_database
def test_the_report_goes_to_files(browser: Browser, cara: Person) -> None:
    make_need(code="N1", title="Neglect")
    browser.signed_in(cara)

    answer = (
        browser.get("/reports/coverage?format=csv&as_at=2026-01-31").response.get_data().decode("utf-8-sig")
    )
    needs = list(csv.reader(io.StringIO(answer)))

    assert needs[1][:5] == ["N1", "Neglect", "Open", "0", "Headcount not supplied"]
    assert needs[1][-2:] == ["2026-01-31", "2026-11-23"]
    assert browser.get("/reports/coverage?format=xlsx").response.data[:2] == b"PK"


def test_the_report_is_for_board_staff(browser: Browser, asha: Person, ben: Person) -> None:
    for person in (asha, ben):
        browser.signed_in(person).get("/reports/coverage", status=403)
