"""One box finds people, bookings, sessions and courses, and nobody finds what they could not open."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from sscb_training.people.service import rename_person
from sscb_training.search.queries import people
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_training_session,
    make_venue,
    make_version,
)

Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def gcp2() -> TrainingSession:
    course = make_course(code="GCP2-PRAC", title="Graded Care Profile")
    return make_training_session(make_version(course), venue=make_venue(name="Shirehall"))


@pytest.fixture
def hers(gcp2: TrainingSession, asha: Person) -> Booking:
    return make_booking(gcp2, person=asha, reference="ASHA-2345")


@pytest.fixture
def devs(gcp2: TrainingSession, dev: Person) -> Booking:
    """The outsider's, which only staff may find."""
    return make_booking(gcp2, person=dev, reference="DEVX-2345")


def test_staff_find_every_kind_from_any_page(
    browser: Browser, cara: Person, hers: Booking, devs: Booking
) -> None:
    browser.signed_in(cara).get("/sessions")
    assert browser.page is not None
    box = browser.page.soup.select_one("form[role=search]")
    assert box is not None
    assert box["action"] == "/search"

    page = browser.get("/search?find=ASHA")
    for words in ("2 found", "People (1)", "Bookings (1)", "ASHA-2345", "Hill School"):
        assert words in page.text
    page = browser.get("/search?find=graded+shire")
    assert "Sessions (1)" in page.text
    assert "Courses" not in page.text
    page = browser.get("/search?find=gcp2")
    assert "Sessions (1)" in page.text
    assert "Courses (1)" in page.text
    assert browser.click("Graded Care Profile").h1 == "Graded Care Profile"


def test_sessions_to_come_are_found_first_and_the_latest_of_those_that_are_over_next(
    browser: Browser, cara: Person, gcp2: TrainingSession
) -> None:
    for days in (-400, -2, 60, -30):
        make_training_session(gcp2.course_version, starts_at=NOW + timedelta(days=days))

    page = browser.signed_in(cara).get("/search?find=graded")

    found = [row.get_text(" ").replace("\xa0", " ") for row in page.soup.select("tbody th")]
    assert [" ".join(day.split(",")[0].split()) for day in found][:5] == [
        "7 Dec 2026",
        "22 Jan 2027",
        "21 Nov 2026",
        "24 Oct 2026",
        "19 Oct 2025",
    ]


def test_staff_find_a_booking_by_its_reference_as_it_was_read_out(
    browser: Browser, cara: Person, hers: Booking, devs: Booking
) -> None:
    page = browser.signed_in(cara).get("/search?find=asha+2345")

    assert "Bookings (1)" in page.text
    assert browser.click("ASHA-2345").h1 == "Booking of Asha Patel"


def test_a_lead_finds_their_own_agencys_people_and_bookings_and_no_others(
    browser: Browser, ben: Person, hers: Booking, devs: Booking
) -> None:
    browser.signed_in(ben)

    assert "Bookings (1)" in browser.get("/search?find=asha").text
    assert browser.get("/search?find=a").text.count("Asha Patel") == 2
    for search in ("dev", "outsider", "vale", "DEVX-2345", "devx2345", "dev@vale.example", "%25", "_"):
        page = browser.get(f"/search?find={search}")
        assert "Nothing found" in page.text, search
        assert "DEVX" not in page.text.replace("“DEVX-2345”", "")


def test_a_lead_does_not_find_somebody_who_left_or_what_they_booked_elsewhere(
    browser: Browser, ben: Person, asha: Person, hers: Booking, gcp2: TrainingSession
) -> None:
    elsewhere = make_agency(name="Elsewhere")
    leaver = make_person("Lena Leaver", agency=elsewhere)
    make_booking(gcp2, person=leaver)
    changed(asha.memberships[0], valid_to=(NOW - timedelta(days=1)).date())
    browser.signed_in(ben)

    assert "Nothing found" in browser.get("/search?find=lena").text
    page = browser.get("/search?find=asha")
    assert "People" not in page.text
    assert "Bookings (1)" in page.text  # it was made for the lead's agency


def test_a_lead_is_not_told_where_else_somebody_works(
    browser: Browser, ben: Person, cara: Person, asha: Person
) -> None:
    make_membership(asha, make_agency(name="Night Shelter"))

    assert "Night Shelter" not in browser.signed_in(ben).get("/search?find=asha").text
    assert "Hill School, Night Shelter" in browser.signed_in(cara).get("/search?find=asha").text


def test_a_lead_finds_only_what_is_published(browser: Browser, ben: Person, cara: Person) -> None:
    draft_course = make_course(title="Secret plans", published_at=None)
    make_training_session(make_version(draft_course))
    make_training_session(make_version(make_course(title="Secret draft")), status=SessionStatus.DRAFT)

    page = browser.signed_in(ben).get("/search?find=secret")
    assert "Sessions" not in page.text
    assert "Secret plans" not in page.text
    assert browser.click("Secret draft").status == 200
    page = browser.signed_in(cara).get("/search?find=secret")
    assert "Sessions (2)" in page.text
    assert "Courses (2)" in page.text


def test_a_lead_does_not_find_a_date_for_another_agency_alone(
    browser: Browser, ben: Person, cara: Person, hill_school: Agency
) -> None:
    version = make_version(make_course(title="Team day"))
    theirs = make_training_session(version, only_agency=make_agency())
    browser.signed_in(ben)
    assert "Sessions" not in browser.get("/search?find=team").text

    changed(theirs, only_agency=hill_school)
    assert "Sessions (1)" in browser.get("/search?find=team").text


def test_a_professional_has_no_box(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/home")

    assert page.soup.select("form[role=search]") == []
    browser.get("/search?find=dev", status=403)


def test_search_without_words_says_what_to_type(browser: Browser, cara: Person) -> None:
    assert "Type a name" in browser.signed_in(cara).get("/search?find=+").text


def test_search_takes_the_same_queries_however_much_it_finds(
    browser: Browser, cara: Person, hill_school: Agency, gcp2: TrainingSession, count_queries: Count
) -> None:
    version = gcp2.course_version
    make_booking(gcp2, person=make_person("Graded Gil", agency=hill_school))
    browser.signed_in(cara)
    before = count_queries(lambda: browser.get("/search?find=graded"))

    for number in range(12):
        make_booking(gcp2, person=make_person(f"Graded Gil {number}", agency=hill_school))
        make_training_session(version)

    assert count_queries(lambda: browser.get("/search?find=graded")) == before
    assert "The first 10" in browser.get("/search?find=graded").text


def test_staff_find_a_former_name_and_a_lead_does_not(
    browser: Browser, asha: Person, ben: Person, cara: Person, hers: Booking
) -> None:
    with transaction():
        rename_person(asha, name="Asha Shah", by=asha, now=NOW)

    page = browser.signed_in(cara).get("/search?find=patel")
    assert "People (1)" in page.text
    assert "Asha Shah Formerly Asha Patel" in page.text
    assert "ASHA-2345" in page.text
    assert "Formerly Asha Patel" in browser.get("/people?q=patel").text
    assert "Formerly Asha Patel" in browser.get(f"/people/{asha.id}").text

    assert "Nothing found" in browser.signed_in(ben).get("/search?find=patel").text
    assert "Patel" not in browser.get("/search?find=shah").text
    assert "Patel" not in browser.get(f"/people/{asha.id}").text


def test_former_names_are_looked_up_once_and_not_for_each_person(
    cara: Person, explain: Callable[[Callable[[], object]], str]
) -> None:
    plan = explain(lambda: people(cara, "patel", on=TODAY))

    assert "former_name" in plan
    assert "ix_former_name_person_id" not in plan


@pytest.mark.parametrize("page", ["/search?find", "/people?q"])
def test_staff_find_somebody_by_their_address_however_it_is_spelt(
    browser: Browser, asha: Person, cara: Person, page: str
) -> None:
    assert "Asha Patel" in browser.signed_in(cara).get(f"{page}=ASHA@Hill").text
    assert "Asha Patel" not in browser.get(f"{page}=a_ha@hill").text
