"""The page of one person: who sees it, and how much."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_earlier_training,
    make_membership,
    make_scheme,
    make_training_session,
    make_version,
)

Count = Callable[[Callable[[], object]], int]


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("ben", 200), ("cara", 200), ("ada", 200), ("dev", 404), ("tom", 404)]
)
def test_who_sees_asha(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, who: str, status: int
) -> None:
    page = browser.signed_in(request.getfixturevalue(who)).get(f"/people/{asha.id}", status=status)

    assert ("asha@hill.example" in page.text) == (status == 200)
    assert ("Suspend" in page.text) == (who in {"cara", "ada"})


def test_a_lead_sees_nobody_who_left_and_no_job_elsewhere(
    browser: Browser, ben: Person, asha: Person, hill_school: Agency
) -> None:
    make_membership(asha, make_agency(name="Vale Charity"))
    assert "Vale Charity" not in browser.signed_in(ben).get(f"/people/{asha.id}").text

    with transaction():
        service.end_membership(asha.memberships[0], on=TODAY.replace(day=1), by=None, now=NOW)

    browser.get(f"/people/{asha.id}", status=404)


def test_staff_see_what_somebody_holds_and_has_booked(
    browser: Browser, cara: Person, asha: Person, dev: Person
) -> None:
    held = make_accreditation(asha, make_scheme(name="GCP2"), awarded_on=TODAY, expires_on=None)
    make_accreditation(asha, make_scheme(name="Taken"), revoked_on=TODAY, revoke_reason="A secret")
    make_accreditation(asha, make_scheme(name="In error"), withdrawn_at=NOW)
    make_accreditation(dev, make_scheme(name="Of another"))
    core_groups, marac = (
        make_version(make_course(title="Core groups")),
        make_version(make_course(title="MARAC")),
    )
    coming = make_booking(make_training_session(core_groups, parts=2), person=asha)
    make_booking(make_training_session(marac), person=asha, status=BookingStatus.CANCELLED_BY_DELEGATE)
    long_ago = make_training_session(marac, starts_at=NOW - timedelta(days=40))
    make_booking(long_ago, person=asha, outcome=Outcome.DID_NOT_ATTEND, outcome_on=TODAY)

    page = browser.signed_in(cara).get(f"/people/{asha.id}")

    assert "GCP2 of 23 November 2026 In force 23 Nov 2026 Does not expire" in page.text
    assert "Taken of 15 January 2026 Revoked 15 Jan 2026 23 Nov 2026" in page.text
    assert "In error" not in page.text
    assert "Of another" not in page.text
    assert (
        "Coming bookings Coming bookings Course Date State Core groups 7 Dec 2026 to 14 Dec 2026 Confirmed"
        in page.text
    )
    past = page.text[page.text.index("Past and cancelled") :]
    assert "MARAC 7 Dec 2026 Cancelled MARAC 14 Oct 2026 Did not attend" in past
    assert page.link("Core groups") == f"/bookings/{coming.id}"
    page = browser.get(page.link("GCP2 of 23 November 2026"))
    assert page.url == f"/accreditations/{held.id}"
    assert browser.click("Asha Patel").url == f"/people/{asha.id}"


def test_a_lead_sees_only_bookings_for_their_own_agency_and_not_why_something_ended(
    browser: Browser, ben: Person, asha: Person
) -> None:
    elsewhere = make_membership(asha, make_agency(name="Vale Charity"))
    for title, job in (("Core groups", asha.memberships[0]), ("MARAC", elsewhere)):
        session = make_training_session(make_version(make_course(title=title)))
        make_booking(session, person=asha, membership=job)
    make_accreditation(asha, make_scheme(name="Taken"), revoked_on=TODAY)

    page = browser.signed_in(ben).get(f"/people/{asha.id}")

    assert "Core groups" in page.text
    assert "MARAC" not in page.text
    assert "Not in force 15 Jan 2026" in page.text
    assert "Revoked" not in page.text
    browser.get(page.link("Core groups"))


def test_somebody_without_anything_shows_so(browser: Browser, cara: Person, dev: Person) -> None:
    page = browser.signed_in(cara).get(f"/people/{dev.id}")

    for words in ("No accreditation.", "Nothing booked that is to come.", "No past booking."):
        assert words in page.text


def test_the_page_asks_as_often_for_three_bookings_as_for_one(
    browser: Browser, cara: Person, asha: Person, count_queries: Count
) -> None:
    def more() -> None:
        make_accreditation(asha, make_scheme())
        make_booking(make_training_session(), person=asha)

    more()
    browser.signed_in(cara)
    once = count_queries(lambda: browser.get(f"/people/{asha.id}"))
    more()
    more()

    assert count_queries(lambda: browser.get(f"/people/{asha.id}")) == once


@pytest.mark.one_database
def test_a_lead_sees_earlier_training_without_the_boards_file(
    browser: Browser, asha: Person, ben: Person, cara: Person
) -> None:
    make_earlier_training(asha, title="Neglect briefing", source="old list.csv, row 7")

    seen = browser.signed_in(ben).get(f"/people/{asha.id}").text
    told = browser.signed_in(cara).get(f"/people/{asha.id}").text

    assert ("Neglect briefing" in seen, "row 7" in seen, "row 7" in told) == (True, False, True)
