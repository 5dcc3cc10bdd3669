"""Frozen copies: kept as printed, set beside today's figures, and deleted for a reason alone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.reports.board.models import FrozenReport
from tests import paper
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_frozen_report,
    make_person,
    make_register,
    make_training_session,
    make_version,
    only,
)


@pytest.fixture
def booking() -> Booking:
    """Somebody who attended the only date of the year."""
    held = make_training_session(
        make_version(make_course(title="Core groups")), starts_at=NOW - timedelta(days=30), capacity=10
    )
    make_register(held)
    return make_booking(held, outcome=Outcome.ATTENDED)


def test_a_frozen_copy_keeps_what_was_printed(browser: Browser, cara: Person, booking: Booking) -> None:
    browser.signed_in(cara).get("/reports/board?period=last-12-months")
    page = browser.fill(browser.click("Keep a frozen copy"), title="Board meeting", note="Before it.")
    url = f"/reports/copies/{only(FrozenReport).id}"
    assert page.h1 == "Board meeting"

    changed(booking, outcome=Outcome.DID_NOT_ATTEND)

    assert "0 of 10 places" in browser.get("/reports/board").text
    assert "1 of 10 places" in paper.words(browser.get(f"{url}?format=pdf", check=False).response.data)
    browser.get("/reports")
    page = browser.click("Board meeting")
    assert "1 of 10 places" in page.text
    assert "Before it." in page.text
    page = browser.click("Compare with today")
    assert "Seats filled 10.0% (1 of 10 places) 0.0% (0 of 10 places)" in page.text


def test_a_copy_that_nothing_moved_differs_in_nothing(
    browser: Browser, cara: Person, booking: Booking
) -> None:
    copy = make_frozen_report(cara).id

    page = browser.signed_in(cara).get(f"/reports/copies/{copy}/compare")
    assert "told by whole days" in page.text
    assert "Nothing differs" in page.text


def test_a_copy_is_deleted_for_a_reason_and_its_line_stays(browser: Browser, cara: Person) -> None:
    copy = make_frozen_report(cara).id
    url = f"/reports/copies/{copy}/delete"

    assert browser.signed_in(cara).submit(url, because="").errors == ["Enter a reason"]
    page = browser.submit(url, because="Wrong year.")

    assert "Deleted 23 Nov 2026: Wrong year." in page.text.replace("\xa0", " ")
    page = browser.get(f"/reports/copies/{copy}")
    assert "Wrong year." in page.text
    assert "Seats filled" not in page.text
    assert "was deleted" in browser.get(f"/reports/copies/{copy}/compare").text
    assert browser.submit(url, because="Again").errors == ["This copy is deleted already."]
    kept = make_frozen_report(cara)
    with pytest.raises(IntegrityError), transaction():
        kept.content = None


@pytest.mark.parametrize("about", ["title", "note"])
def test_a_copy_says_nothing_of_a_child(browser: Browser, cara: Person, about: str) -> None:
    said: dict[str, Any] = {"title": "Board meeting", "note": ""} | {about: "The child 943 476 5919"}
    page = browser.signed_in(cara).submit("/reports/board/freeze", **said)

    assert page.errors == [
        f"{about.capitalize()} holds what looks like an NHS number. Take it out: no child’s details belong here"
    ]
    assert "No frozen copies yet" in browser.get("/reports/copies").text


def test_nor_does_the_reason_for_deleting_one(browser: Browser, cara: Person) -> None:
    copy = make_frozen_report(cara, title="Autumn meeting")
    page = browser.signed_in(cara).submit(f"/reports/copies/{copy.id}/delete", because="Names 943 476 5919")

    assert page.errors == [
        "Reason holds what looks like an NHS number. Take it out: no child’s details belong here"
    ]
    assert copy.deleted_at is None


def test_a_published_copy_of_the_same_day_warns_too(browser: Browser, cara: Person) -> None:
    url = "/reports/board/freeze?figures=published"
    assert "are kept already" not in browser.signed_in(cara).get(url).text
    make_frozen_report(cara, is_published=True, note="For the minutes")

    assert "between the two copies. Give out one of them." in browser.get(url).text
    browser.get("/reports/copies")
    assert "For the minutes. These are" in browser.click("Board meeting").text


def test_a_lead_freezes_the_report_of_their_own_agency(browser: Browser, booking: Booking) -> None:
    hill = make_agency(name="Hill")
    lead = make_person(leads=hill, agency=hill)

    browser.signed_in(lead).submit("/reports/board/freeze", title="For our head")
    for days in ("since=2099-01-01", "known_on=soon"):
        browser.get(f"/reports/board/freeze?{days}", status=404)

    page = browser.get("/reports/copies")
    assert "For our head Hill" in page.text
    assert browser.click("For our head").h1 == "For our head"
    assert only(FrozenReport).agency_id == hill.id
    browser.get(f"/reports/copies/{only(FrozenReport).id}/delete", status=403)
