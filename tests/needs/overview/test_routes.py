"""The needs' list, one need as a whole, and the page that chooses whom it is for."""

from datetime import timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.core.db import db
from sscb_training.needs.models import Intervention, NeedAudience, NeedStatus
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_action,
    make_agency,
    make_case_audit,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    saved,
)


def test_the_audience_page_says_how_many_that_is_before_it_is_saved(browser: Browser, cara: Person) -> None:
    group, other = make_staff_group(name="Nurses"), make_staff_group(name="Midwives")
    hill, vale = make_agency(name="Hill"), make_agency(name="Vale", sector=Sector.POLICE)
    make_headcount(hill, group, 12)
    make_person(agency=vale, staff_group=group)
    make_headcount(hill, other, 30)
    need = make_need(staff_groups=[group])
    need_id, groups, agencies = need.id, [str(group.id), str(other.id)], [str(hill.id)]

    page = browser.signed_in(cara).get(f"/needs/{need_id}/audience")
    assert "2 agencies, 12 people" in page.text
    assert "1 of the agencies has not supplied a headcount: Vale" in page.text

    page = browser.fill(page, staff_groups=groups, excluded_sectors=["police"], count="1")
    assert "1 agency, 42 people" in page.text
    assert db.session.query(NeedAudience).count() == 1, "nothing is saved yet"
    db.session.rollback()

    page = browser.submit(f"/needs/{need_id}/audience", staff_groups=groups, agencies=agencies)
    assert page.h1 == need.title
    assert "Only in Hill" in page.text
    assert "Agencies: was nothing, now Hill" in page.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"staff_groups": []}, "Select at least one staff group"),
        ({"sectors": ["police"], "excluded_sectors": ["police"]}, "both included and excluded"),
    ],
)
def test_an_audience_that_makes_no_sense_is_refused(
    browser: Browser, cara: Person, typed: dict[str, Any], says: str
) -> None:
    need = make_need()

    page = browser.signed_in(cara).submit(f"/needs/{need.id}/audience", count="1", **typed)

    assert says in page.errors[0]


def test_the_list_is_sorted_and_narrowed_by_its_address(browser: Browser, cara: Person) -> None:
    group, scheme = make_staff_group(), make_scheme()
    make_headcount(make_agency(), group, 10)
    waits = make_need(staff_groups=[group], code="N2", title="Core groups", owner="Training sub-group")
    action = make_action(make_case_audit())
    saved(Intervention(need=waits, waits_for=action, recorded_at=NOW))
    make_need(staff_groups=[group], scheme=scheme, code="N1", title="Neglect", target_percent=60)
    make_need(staff_groups=[make_staff_group()], code="N10", status=NeedStatus.CLOSED)

    def shown(asked: str) -> list[str]:
        page = browser.get(f"/needs?{asked}")
        return [row.get_text(strip=True).partition(":")[0] for row in page.soup.select("tbody th")]

    browser.signed_in(cara)
    assert shown("") == ["N1", "N2", "N10"]
    assert shown("sort=-gap") == ["N1", "N2", "N10"], "what is not known comes last"
    assert shown("sort=owner") == ["N2", "N1", "N10"]
    assert shown("sort=-code") == ["N10", "N2", "N1"]
    assert shown("status=closed") == ["N10"]
    assert shown("waits=1") == ["N2"]
    assert shown("below=1&sort=nonsense") == ["N1"]
    assert shown("owner=-") == ["N1", "N10"]
    page = browser.get("/needs?owner=Training sub-group&status=closed")
    assert "No need is like this" in page.text
    assert "Remove filter: Owner: Training sub-group" in page.text
    assert "Waiting for the course" in browser.get("/needs?waits=1").text


def test_the_list_says_how_coverage_moved_in_a_year(browser: Browser, cara: Person) -> None:
    group, scheme, agency = make_staff_group(), make_scheme(), make_agency()
    make_headcount(agency, group, 4, as_at=TODAY - timedelta(days=800))
    make_accreditation(
        make_person(agency=agency, staff_group=group), scheme, awarded_on=TODAY - timedelta(days=9)
    )
    need = make_need(staff_groups=[group], scheme=scheme, target_percent=60)

    assert "up 25 points in a year" in browser.signed_in(cara).get("/needs").text

    changed(need, recorded_at=NOW - timedelta(days=3))

    listed = browser.get("/needs").text
    assert "new on 20 Nov 2026" in listed
    assert "in a year" not in listed
    beginning = (
        "was recorded on 20 November 2026. How coverage moves is shown from the end of its first month on."
    )
    assert beginning in browser.get(f"/needs/{need.id}/coverage").text
    assert beginning in browser.get("/reports/dashboard").text
