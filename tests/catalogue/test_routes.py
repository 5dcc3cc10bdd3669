"""The public pages: the courses, one course, one date."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.bookings.models import BookingStatus
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Level, LevelScheme, SessionStatus, Theme
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_action,
    make_agency,
    make_booking,
    make_case_audit,
    make_course,
    make_finding,
    make_need,
    make_person,
    make_published_briefing,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

Count = Callable[[Callable[[], object]], int]


def test_the_months_to_choose_from_end_with_the_last_date(browser: Browser) -> None:
    def months() -> list[str]:
        return [
            option.get_text(strip=True)
            for option in browser.get("/courses").soup.select("#filter-month option")
        ]

    hidden = make_version(make_course(published_at=None))
    make_training_session(hidden, starts_at=NOW + timedelta(days=400))
    assert months() == ["Any", "November 2026"]

    make_training_session(starts_at=NOW + timedelta(days=70))
    make_training_session(starts_at=NOW + timedelta(days=400), status=SessionStatus.DRAFT)
    assert months() == ["Any", "November 2026", "December 2026", "January 2027", "February 2027"]


def test_a_date_at_several_places_names_them_in_turn(browser: Browser, count_queries: Count) -> None:
    version = make_version(make_course(title="Neglect"))
    online = make_training_session(version, parts=3)
    assert "3 parts, until" in browser.get(f"/courses/{version.course.code}").text
    alone = count_queries(lambda: browser.get("/programme"))

    library, arms = make_venue(name="The Old Library"), make_venue(name="Arms Hall")
    for part, venue in zip(online.parts, (library, arms, arms), strict=True):
        changed(part, venue_id=venue.id)

    for page in (f"/courses/{version.course.code}", "/programme", "/courses"):
        assert "The Old Library and Arms Hall" in browser.get(page).text
    assert count_queries(lambda: browser.get("/programme")) == alone + 1
    make_training_session(version, parts=2, venue=library)
    assert count_queries(lambda: browser.get("/programme")) == alone + 1
    changed(online.parts[0], cancelled_at=NOW)
    assert "The Old Library and Arms Hall" not in browser.get("/programme").text


def test_the_front_door_leads_to_the_courses(browser: Browser) -> None:
    assert browser.get("/").url == "/courses"


def test_the_front_door_leads_whoever_is_signed_in_home(browser: Browser, asha: Person) -> None:
    assert browser.signed_in(asha).get("/").url == "/home"


def test_the_catalogue_shows_courses_by_theme_with_their_next_dates(browser: Browser) -> None:
    neglect = make_course(title="Working with neglect")
    abuse = make_course(
        title="Domestic abuse", theme=saved(Theme(slug="abuse", name="Domestic abuse", position=1))
    )
    version = make_version(neglect)
    for week in range(5):
        make_training_session(version, starts_at=SOON + timedelta(weeks=week), capacity=7)
    make_training_session(version, starts_at=NOW - timedelta(days=1))

    page = browser.get("/courses")

    assert [heading.get_text(strip=True) for heading in page.soup.select("h2:has(+ ul)")] == [
        "Neglect",
        "Domestic abuse",
    ]
    assert "2 courses" in page.text
    assert page.link("Monday 7 December 2026")
    assert "9am to midday, Online" in page.text
    assert page.text.count("7 places left") == 3
    assert page.link("All 5 dates of Working with neglect") == f"/courses/{neglect.code}#dates"
    assert "No dates at the moment" in page.text
    assert page.link(abuse.title)


@pytest.mark.parametrize(
    ("capacity", "booked", "words"),
    [(7, 0, "7 places left"), (2, 1, "1 place left"), (1, 1, "Fully booked"), (1, 2, "Fully booked")],
)
def test_the_places_left_in_words(browser: Browser, capacity: int, booked: int, words: str) -> None:
    training_session = make_training_session(capacity=capacity)
    for _ in range(booked):
        make_booking(training_session)
    make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)

    assert words in browser.get("/courses").text
    assert words in browser.get(f"/courses/{training_session.course.code}").text
    assert words in browser.get(f"/dates/{training_session.id}").text


@pytest.fixture
def three_courses() -> None:
    version = make_version(make_course(title="GCP2", summary="Assess 100% of neglect"))
    abuse = saved(Theme(slug="abuse", name="Domestic abuse", position=1))
    make_training_session(version, starts_at=SOON, venue=make_venue(name="Shirehall"))
    full = make_training_session(
        make_version(make_course(title="MARAC", theme=abuse)), starts_at=SOON + timedelta(weeks=4), capacity=1
    )
    make_booking(full)
    make_course(title="Early help", theme=version.course.theme)


@pytest.mark.usefixtures("three_courses")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Early help", "GCP2", "MARAC"]),
        ("q=gcp2", ["GCP2"]),
        ("q=assess+neglect", ["GCP2"]),
        ("q=100%25", ["GCP2"]),
        ("q=abuse", ["MARAC"]),
        ("theme=abuse", ["MARAC"]),
        ("theme=nowhere", []),
        ("how=online", ["MARAC"]),
        ("how=place", ["GCP2"]),
        ("month=2026-12", ["GCP2"]),
        ("month=2027-01", ["MARAC"]),
        ("month=2027-02", []),
        ("places=1", ["GCP2"]),
        ("how=online&places=1", []),
        ("level=x&month=99&how=x&places=x&page=x", ["Early help", "GCP2", "MARAC"]),
        ("level=999999", []),
    ],
)
def test_the_catalogue_is_searched_and_filtered(browser: Browser, query: str, titles: list[str]) -> None:
    page = browser.get(f"/courses?{query}")

    assert [heading.get_text(strip=True) for heading in page.soup.select("main h3")] == titles
    assert titles or "No course matches" in page.text


@pytest.mark.usefixtures("three_courses")
def test_filters_stay_in_the_address_and_each_can_be_taken_away(browser: Browser) -> None:
    page = browser.submit(
        "/courses", button="Show results", q="gcp2", how="place", places="1", month="2026-12"
    )

    assert "1 course" in page.text
    assert page.soup.select_one("#filter-q")["value"] == "gcp2"  # type: ignore[index]
    assert "month" not in page.link("Remove filter: December 2026")
    assert "q=gcp2" in page.link("Remove filter: December 2026")
    assert page.link("Clear all filters") == "/courses"


def test_a_level_filters(browser: Browser) -> None:
    scheme = saved(LevelScheme(name="Shropshire", levels=[Level(name="Targeted", position=1)]))
    make_course(title="GCP2", levels=scheme.levels)
    make_course(title="Other")

    page = browser.get(f"/courses?level={scheme.levels[0].id}")

    assert [heading.get_text(strip=True) for heading in page.soup.select("main h3")] == ["GCP2"]
    assert page.link("Remove filter: Targeted (Shropshire)")


def test_an_empty_catalogue_says_so(browser: Browser) -> None:
    assert "No courses yet" in browser.get("/courses").text


def test_a_long_catalogue_is_paged(browser: Browser) -> None:
    for _ in range(26):
        make_course()

    assert "Showing 1 to 25 of 26 courses" in browser.get("/courses").text
    assert "Showing 26 to 26 of 26 courses" in browser.get("/courses?page=2").text


def test_drafts_and_unpublished_courses_are_not_there_for_the_public(browser: Browser, cara: Person) -> None:
    hidden = make_training_session(make_version(make_course(title="Secret", published_at=None)))
    draft = make_training_session(status=SessionStatus.DRAFT, starts_at=SOON)

    for viewer in (browser, browser.signed_in(cara)):
        assert "Secret" not in viewer.get("/courses").text
        viewer.get(f"/courses/{hidden.course.code}", status=404)
        viewer.get(f"/dates/{hidden.id}", status=404)
        viewer.get(f"/dates/{draft.id}", status=404)
        assert "There are no dates" in viewer.get(f"/courses/{draft.course.code}").text


def test_the_catalogue_takes_the_same_queries_however_long(browser: Browser, count_queries: Count) -> None:
    def open_it() -> None:
        browser.get("/courses")

    make_booking(make_training_session())
    one = count_queries(open_it)
    for _ in range(2):
        make_booking(make_training_session(parts=2, venue=make_venue()))

    assert count_queries(open_it) == one
    assert one <= 6


def test_a_course_says_what_it_is_about(browser: Browser) -> None:
    course = make_course(title="Using GCP2", for_whom="Health visitors", summary="How to assess neglect.")
    version = make_version(course, length_minutes=390, what_to_bring="A laptop")
    make_scheme(course, code="GCP2", name="Graded Care Profile 2")
    make_training_session(version)

    page = browser.get(f"/courses/{course.code.lower()}")

    assert page.h1 == "Using GCP2"
    for words in (
        "How to assess neglect.", "The signs", "Recognise the signs", "Health visitors", "6 hours 30 minutes",
        "A laptop", "Leads to GCP2 accreditation", "20 places left",
    ):  # fmt: skip
        assert words in page.text


def test_a_course_shows_the_content_of_today(browser: Browser) -> None:
    course = make_course()
    make_version(course, covers="Old content")
    make_version(course, covers="New content", valid_from=NOW.date())
    make_version(course, covers="Next year's content", valid_from=NOW.date() + timedelta(days=1))

    text = browser.get(f"/courses/{course.code}").text

    assert "New content" in text
    assert "Old content" not in text
    assert "Next year's content" not in text


def test_a_course_without_dates_or_content_says_what_to_do(browser: Browser) -> None:
    course = make_course()

    assert browser.get(f"/courses/{course.code}").link("Tell me about new dates")


def test_a_course_says_which_needs_and_audits_it_answers(browser: Browser, cara: Person) -> None:
    course = make_course()
    audit = make_case_audit(title="Neglect audit")
    finding = make_finding(audit, text="Neglect was not raised.")
    make_action(audit, finding)
    need = make_need(finding, scheme=make_scheme(course), title="See neglect early")
    make_need(make_finding(text="Another matter."), from_version=make_version(), title="Another need")

    make_published_briefing(audit, by=cara)

    public = browser.get(f"/courses/{course.code}")
    staff = browser.signed_in(cara).get(f"/courses/{course.code}")

    for page in (public, staff):
        for words in ("See neglect early", "Neglect was not raised.", "Neglect audit, May 2016"):
            assert words in page.text
        assert "Another need" not in page.text
    assert staff.link("See neglect early") == f"/needs/{need.id}"
    assert staff.link("Neglect audit, May 2016") == f"/audits/{audit.id}"
    assert "/needs" not in str(public.soup.main)
    assert "/audits" not in str(public.soup.main)


def test_a_date_gives_parts_trainers_and_places_but_never_the_address_online(
    browser: Browser, tom: Person
) -> None:
    training_session = make_training_session(make_version(what_to_bring="A pen"), parts=2, trainers=[tom])
    at_a_venue = make_training_session(
        venue=make_venue(name="Shirehall", address="Abbey Foregate\nSY2 6ND", access="Level access")
    )
    with transaction():
        training_session.parts[0].online_url = "https://meet.example/secret"

    page = browser.get(f"/dates/{training_session.id}")

    for words in (
        "Part 1",
        "Monday 7 December 2026, 9am to midday",
        "Tom Trainer",
        "A pen",
        "20 places left",
    ):
        assert words in page.text
    assert "meet.example" not in str(page.soup)
    assert page.link("Book a place") == f"/dates/{training_session.id}/book"
    page = browser.get(f"/dates/{at_a_venue.id}")
    assert "Shirehall, Abbey Foregate, SY2 6ND" in page.text
    assert "Level access" in page.text


def test_from_a_full_date_one_joins_the_waiting_list(browser: Browser) -> None:
    full = make_training_session(capacity=0)

    page = browser.get(f"/dates/{full.id}")

    assert page.link("Join the waiting list") == f"/dates/{full.id}/book"
    assert "whoever has waited longest" in page.text


def test_a_date_says_to_whom_none_of_its_free_places_can_be_given(
    browser: Browser, asha: Person, dev: Person
) -> None:
    capped = make_training_session(capacity=2, most_per_agency=1)
    make_booking(capped, person=make_person(agency=asha.memberships[0].agency))
    assert browser.get(f"/dates/{capped.id}").link("Book a place") == f"/dates/{capped.id}/book"

    page = browser.signed_in(asha).get(f"/dates/{capped.id}")
    assert page.link("Join the waiting list") == f"/dates/{capped.id}/book"
    assert "Your agency has all the places that one agency may have for now." in page.text

    page = browser.signed_in(dev).get(f"/dates/{capped.id}")
    assert page.link("Book a place") == f"/dates/{capped.id}/book"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (BookingStatus.CONFIRMED, "You have a place"),
        (BookingStatus.WAITLISTED, "You are on the waiting list"),
        (BookingStatus.OFFERED, "A place is offered to you"),
        (BookingStatus.AWAITING_APPROVAL, "A place is held for you until it is approved"),
    ],
)
def test_a_date_knows_its_viewers_own_booking(
    browser: Browser, asha: Person, dev: Person, status: BookingStatus, words: str
) -> None:
    training_session = make_training_session()
    booking = make_booking(training_session, person=asha, status=status)

    page = browser.signed_in(asha).get(f"/dates/{training_session.id}")

    assert words in page.text
    assert page.link(f"See your booking {booking.reference}") == f"/bookings/{booking.id}"
    assert "Book a place" not in page.text
    assert words not in browser.signed_in(dev).get(f"/dates/{training_session.id}").text


def test_a_cancelled_date_says_so_and_not_why(browser: Browser) -> None:
    training_session = make_training_session(status=SessionStatus.CANCELLED, cancel_reason="Flooded")

    page = browser.get(f"/dates/{training_session.id}")

    assert "Cancelled: this session will not take place." in page.text
    assert "Flooded" not in page.text
    assert "Book a place" not in page.text


def test_a_date_that_has_started_cannot_be_booked(browser: Browser) -> None:
    training_session = make_training_session(starts_at=NOW)

    page = browser.get(f"/dates/{training_session.id}")

    assert "This session has started" in page.text
    assert "Book a place" not in page.text


def test_the_pages_of_a_course_and_a_date_take_the_same_queries_however_much_there_is(
    browser: Browser, count_queries: Count
) -> None:
    course = make_course()
    version = make_version(course)
    training_session = make_training_session(version)
    make_need(make_finding(), scheme=make_scheme(course))

    def both() -> tuple[int, int]:
        return (
            count_queries(lambda: browser.get(f"/courses/{course.code}")),
            count_queries(lambda: browser.get(f"/dates/{training_session.id}")),
        )

    before = both()
    agency = make_agency()
    for _ in range(2):
        make_booking(training_session, person=make_person(agency=agency))
        make_training_session(version, parts=2, venue=make_venue())
        make_need(make_finding(), make_finding(), scheme=make_scheme(course))
    assert both() == before


def test_the_programme_lists_every_date_to_come_by_month(
    browser: Browser, asha: Person, count_queries: Count
) -> None:
    assert "No date is planned" in browser.get("/programme").text
    course = make_version(make_course(title="Core groups"))
    hall, elsewhere = make_venue(name="Shirehall"), make_agency()
    later = make_training_session(
        course, starts_at=SOON + timedelta(days=40), parts=2, venue=hall, capacity=1
    )
    make_booking(later)
    one = count_queries(lambda: browser.get("/programme"))
    make_training_session(course, capacity=1)
    make_training_session(
        make_version(make_course(title="Other", theme=saved(Theme(slug="other", name="Other"))))
    )
    make_training_session(course, only_agency_id=elsewhere.id)
    for hidden in ({"status": SessionStatus.DRAFT}, {"repeats_part": 1}):
        make_training_session(course, **hidden)
    make_training_session(make_version(make_course(published_at=None)))

    assert count_queries(lambda: browser.get("/programme")) == one
    page = browser.get(browser.get("/courses").link("All dates on one page, to print"))
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows[0] == "Monday 7 December 2026 , Core groups Core groups Online 1 place left"
    assert rows[2].endswith("2 parts, until 23 January 2027 Core groups Shirehall Fully booked")
    assert len(rows) == 3
    assert [cell.get_text() for cell in page.soup.select("caption")] == ["December 2026", "January 2027"]
    only_other = browser.get("/programme?theme=other")
    assert only_other.h1 == "Training programme: Other"
    assert len(only_other.soup.select("tbody tr")) == 1
