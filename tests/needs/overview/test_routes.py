"""The needs' list, one need as a whole, and the page that chooses whom it is for."""

from typing import Any

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.core.db import db
from sscb_training.needs.models import NeedAudience
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    make_agency,
    make_headcount,
    make_need,
    make_person,
    make_staff_group,
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
