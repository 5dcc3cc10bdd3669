from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_person,
    make_scheme,
)


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


@pytest.fixture
def accreditation(asha: Person) -> Accreditation:
    return make_accreditation(asha, make_scheme(code="GCP2", name="Graded Care Profile 2"))


def test_the_list_shows_who_holds_what(staff: Browser, accreditation: Accreditation) -> None:
    page = staff.get("/accreditations")
    assert "Asha Patel Hill School GCP2 15 Jan 2026 15 Jan 2029 In force" in page.text
    assert "1 accreditation" in page.text


def test_the_list_shows_earlier_awards_when_asked(
    staff: Browser, accreditation: Accreditation, asha: Person
) -> None:
    make_accreditation(asha, accreditation.scheme, awarded_on=TODAY - timedelta(days=900), expires_on=TODAY)
    page = staff.get("/accreditations")
    assert "1 accreditation" in page.text
    page = staff.fill(page, button="Show results", earlier="1")
    assert "2 accreditations" in page.text
    assert "Remove filter: Earlier awards: shown as well" in page.text


def test_an_empty_list_says_what_to_do(staff: Browser) -> None:
    assert "No accreditations yet" in staff.get("/accreditations").text
    assert "No accreditation is like that" in staff.get("/accreditations?q=nobody").text


def test_the_filters_narrow_the_list_and_stay_in_the_address(
    staff: Browser, accreditation: Accreditation, dev: Person
) -> None:
    make_accreditation(dev, accreditation.scheme, revoked_on=TODAY)
    form = staff.get("/accreditations")
    page = staff.fill(form, button="Show results", state="revoked", q="dev", as_at=TODAY.isoformat())
    assert "Dev Outsider" in page.text
    assert "Asha Patel" not in page.text
    assert "Remove filter: State: Revoked" in page.text
    assert "state=revoked" in page.link("Download CSV")
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert "Dev Outsider" not in staff.get(f"/accreditations?state=revoked&as_at={yesterday}").text


@pytest.mark.parametrize("bad", ["state=odd", "scheme=-1", "agency=x", "page=%F0", "scheme=99999999999"])
def test_a_filter_that_makes_no_sense_is_not_asked(
    staff: Browser, accreditation: Accreditation, bad: str
) -> None:
    assert "Asha Patel" in staff.get(f"/accreditations?{bad}").text


def test_a_day_that_cannot_be_read_is_today_and_said_so(staff: Browser, accreditation: Accreditation) -> None:
    page = staff.get("/accreditations?as_at=soon&format=csv")

    assert page.errors == ["As at must be a real date, like 2026-03-27. “soon” could not be read"]
    assert "as at 23 November 2026" in page.text
    assert "Asha Patel" in page.text


def test_a_day_to_come_is_a_look_ahead(staff: Browser, accreditation: Accreditation) -> None:
    assert "a look ahead and not a result" in staff.get("/accreditations?as_at=2090-01-01").text


def test_the_list_asks_as_often_for_three_as_for_one(
    staff: Browser,
    accreditation: Accreditation,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    one = count_queries(lambda: staff.get("/accreditations"))
    for _ in range(2):
        make_accreditation(make_person(agency=make_agency()), accreditation.scheme)
    assert count_queries(lambda: staff.get("/accreditations")) == one


def test_a_long_list_has_pages(staff: Browser, accreditation: Accreditation) -> None:
    for _ in range(25):
        make_accreditation(make_person("Zed Last"), accreditation.scheme)
    assert "Showing 1 to 25 of 26 accreditations" in staff.get("/accreditations").text
    assert "Asha Patel" not in staff.get("/accreditations?page=2").text


def test_the_list_as_files(staff: Browser, accreditation: Accreditation) -> None:
    make_accreditation(make_person("=1+1"), accreditation.scheme)
    answer = staff.get("/accreditations?format=csv", check=False).response
    text = answer.get_data().decode("utf-8-sig").splitlines()
    assert text[0].startswith(
        "Name,Agency,Scheme,Awarded on,Expires on,As at,As known on,State,Revoked on,Rests on"
    )
    assert text[1].startswith("'=1+1,")
    assert text[2].startswith(
        "Asha Patel,Hill School,GCP2,2026-01-15,2029-01-15,2026-11-23,2026-11-23,In force,,"
    )
    excel = staff.get("/accreditations?format=xlsx", check=False).response
    assert excel.headers["Content-Disposition"] == "attachment; filename=accreditations.xlsx"
    assert staff.get("/accreditations?state=pending_external").url == "/external-accreditations"


def _decision(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "on": ["23", "11", "2026"],
        "reason": "The tool was lent to a colleague.",
        "reference": "QP-7",
    }
    return usual | given


def test_board_staff_revoke(staff: Browser, accreditation: Accreditation) -> None:
    staff.get("/accreditations")
    url = staff.page.link("Revoke the accreditation of Asha Patel in GCP2") if staff.page else ""
    page = staff.submit(url, button="Revoke this accreditation", **_decision())
    assert "The accreditation of Asha Patel is revoked" in page.text
    assert "Revoked" in page.text
    db.session.refresh(accreditation)
    assert accreditation.revoked_on == TODAY


def test_board_staff_reinstate_what_was_revoked(
    staff: Browser, accreditation: Accreditation, asha: Person
) -> None:
    other = make_accreditation(asha, accreditation.scheme, awarded_on=TODAY)
    url = f"/accreditations/{accreditation.id}"
    assert "the accreditation awarded on 23 November 2026" in staff.get(f"{url}/revoke").text
    staff.submit(f"{url}/revoke", button="Revoke this accreditation", **_decision())
    reinstate = staff.get(url).link("Reinstate")
    assert "Revoked from 23 November 2026" in staff.get(reinstate).text
    too_soon = staff.submit(
        reinstate, button="Reinstate this accreditation", **_decision(on=["1", "11", "2026"])
    )
    assert "from 23 November 2026, when it was revoked, until today" in too_soon.errors[0]
    page = staff.submit(reinstate, button="Reinstate this accreditation", **_decision(reference="QP-9"))
    assert "The accreditation of Asha Patel is reinstated" in page.text
    assert "Accredited today Yes This award In force" in page.text
    for words in ("History of GCP2", "Revoked by Cara", "Reinstated by Cara", "Reference: QP-9"):
        assert words in page.text, words
    assert "Reinstate this" not in staff.get(url).text
    db.session.refresh(other)
    assert other.revoked_on == TODAY


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reason": ""}, "Enter the reason"),
        ({"reason": " "}, "Enter the reason"),
        ({"reference": ""}, "Enter the reference of the decision"),
        ({"on": ["", "", ""]}, "Enter the date from which it no longer counts"),
        (
            {"on": ["24", "11", "2026"]},
            "The date must be from 15 January 2026, when it was awarded, until today.",
        ),
    ],
)
def test_revoke_says_what_is_missing(
    staff: Browser, accreditation: Accreditation, given: dict[str, str], error: str
) -> None:
    page = staff.submit(
        f"/accreditations/{accreditation.id}/revoke", button="Revoke this accreditation", **_decision(**given)
    )
    assert page.errors == [error]
    db.session.refresh(accreditation)
    assert accreditation.revoked_on is None


def test_what_was_withdrawn_cannot_be_revoked(staff: Browser, asha: Person) -> None:
    gone = make_accreditation(asha, make_scheme(), withdrawn_at=NOW)
    staff.get(f"/accreditations/{gone.id}/revoke", status=404)


@pytest.mark.parametrize("who", ["asha", "ben", "dev", "tom"])
def test_the_pages_are_for_board_staff_alone(
    request: pytest.FixtureRequest, browser: Browser, accreditation: Accreditation, who: str
) -> None:
    browser.signed_in(request.getfixturevalue(who))
    browser.get(f"/accreditations/{accreditation.id}/reinstate", status=403)
    for url in ("/accreditations", f"/accreditations/{accreditation.id}/revoke", "/accreditations/schemes"):
        browser.get(url, status=403)
