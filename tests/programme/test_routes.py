"""Staff look at the year, and at what to schedule next."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import BookingStatus
from sscb_training.courses.models import SessionStatus
from sscb_training.needs.models import Intervention
from sscb_training.people.models import Person
from sscb_training.programme import queries
from tests.bookings.interest.test_service import note
from tests.browser import Browser, Page
from tests.factories import (
    LONG_AGO,
    NOW,
    SOON,
    TODAY,
    a_staff_group,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    saved,
)


def row(page: Page, title: str) -> list[str]:
    """The cells of a course in the year, the empty ones too."""
    for line in page.soup.select(".app-year tbody tr"):
        cells = [cell.get_text(" ", strip=True) for cell in line.find_all(["th", "td"])]
        if cells[0] == title:
            return cells
    raise AssertionError(f"No {title} in {page.text}")


def test_staff_see_a_year_by_course_and_month(browser: Browser, cara: Person, asha: Person) -> None:
    version = make_version(make_course(title="Core groups"))
    hall = make_venue(name="Shirehall")
    december = make_training_session(
        version, starts_at=datetime(2026, 12, 3, 9, 30, tzinfo=UTC), parts=2, venue=hall
    )
    make_booking(december)
    make_booking(december, status=BookingStatus.WAITLISTED)
    make_training_session(
        version, starts_at=datetime(2027, 3, 31, 23, 30, tzinfo=UTC), status=SessionStatus.DRAFT
    )  # in London it is the first of April
    make_training_session(
        version,
        starts_at=datetime(2027, 3, 31, 8, 0, tzinfo=UTC),
        status=SessionStatus.DRAFT,
        fewest=4,
        decide_by=TODAY,
    )
    make_training_session(version, status=SessionStatus.CANCELLED)
    make_training_session(version, repeats_part=2)
    make_version(make_course(title="Never planned"))
    browser.signed_in(cara)

    page = browser.get(browser.get("/sessions").link("Year"))
    assert page.h1 == "Training programme, April 2026 to March 2027"
    in_december, in_march = (
        "Core groups, 3 December 2026 Thu 3 1/20 2 parts",
        "Core groups, 31 March 2027 Wed 31 draft",
    )
    assert row(page, "Core groups") == ["Core groups", *[""] * 8, in_december, *[""] * 2, in_march, "2", "1"]
    assert row(page, "Never planned")[-2:] == ["0", ""]

    published = browser.get("/sessions/year?year=2026&show=published")
    assert row(published, "Core groups")[12] == in_december
    assert row(published, "Core groups")[-2] == "1"
    assert "Published only" in published.text
    assert row(browser.get("/sessions/year?year=2027-28"), "Core groups")[1].startswith(
        "Core groups, 1 April 2027"
    )
    assert row(browser.get(f"/sessions/year?venue={hall.id}"), "Core groups")[-2] == "1"
    for nothing in ("theme=9999", "course=9999"):
        assert "No course is published" in browser.get(f"/sessions/year?{nothing}").text

    csv = browser.get(page.link("Download CSV"), check=False).response.get_data(as_text=True)
    assert (
        f"Neglect,Core groups,{version.course.code},1,Published,2026-12-03 09:30,2026-12-10 12:30,2,Shirehall,,20,1,1,,"
        in csv
    )
    assert "Draft,2027-03-31 09:00" in csv
    assert browser.get(page.link("Download Excel"), check=False).response.data[:2] == b"PK"


def test_the_year_and_the_demand_ask_as_often_with_three_as_with_one(
    browser: Browser, cara: Person, tom: Person, hill_school: Agency, count_queries: Callable[..., int]
) -> None:
    browser.signed_in(cara)

    def add() -> None:
        version, asker = make_version(), make_person(agency=hill_school)
        make_training_session(version, trainers=[tom], venue=make_venue(), parts=2)
        make_training_session(version, status=SessionStatus.DRAFT)
        note(version.course, asker)
        make_need(from_version=version)
        make_headcount(hill_school, a_staff_group(), 5, as_at=TODAY - timedelta(days=len(counts)))

    counts: list[tuple[int, int]] = []
    for rows in (1, 2):
        for _ in range(rows):
            add()
        counts.append(
            (
                count_queries(lambda: browser.get("/sessions/year")),
                count_queries(lambda: browser.get("/sessions/what-to-schedule-next")),
            )
        )
    assert counts[0] == counts[1]


def test_staff_see_what_people_wait_for(browser: Browser, asha: Person, dev: Person, cara: Person) -> None:
    assert "Nobody waits" in browser.signed_in(cara).get("/sessions/what-to-schedule-next").text
    course, full = make_course(title="Core groups"), make_version(make_course(title="Full course"))
    note(course, asha)
    for status in (BookingStatus.WAITLISTED, BookingStatus.WAITLISTED, BookingStatus.CONFIRMED):
        make_booking(make_training_session(full, capacity=1), status=status)
    make_training_session(full, capacity=9, status=SessionStatus.DRAFT)

    page = browser.get(browser.get("/sessions").link("What to schedule next"))
    assert "Full course 0 2 2 1 Plan a date of Full course" in page.text
    assert page.text.index("Full course") < page.text.index("Core groups")
    assert "Core groups Hill School Any 1 1 23 November 2026" in page.text
    assert "Asha" not in page.text
    page = browser.get(browser.get(f"/manage/courses/{course.id}").link("Who waits for new dates"))
    assert "See all courses" in page.text
    assert "Full course" not in page.text
    assert f"Core groups,{course.code},Hill School,1,1,2026-11-23 09:00," in browser.get(
        page.link("Download CSV"), check=False
    ).response.get_data(as_text=True)
    assert browser.get(page.link("Download Excel"), check=False).response.data[:2] == b"PK"


def test_staff_see_from_which_version_on_people_wait(
    browser: Browser, asha: Person, dev: Person, cara: Person
) -> None:
    course = make_course(title="Core groups")
    old, new = make_version(course), make_version(course)
    make_training_session(old, capacity=7)
    note(course, asha)
    note(course, dev, from_version=new)

    page = browser.signed_in(cara).get("/sessions/what-to-schedule-next")

    assert (
        "Core groups 2 1 only from version 2 0 7 0 of version 2 or later 0 Plan a date of Core groups"
        in page.text
    )
    make_training_session(new, capacity=5)
    assert "2 0 12 5 of version 2 or later 0 Plan" in browser.get(page.url).text
    assert "Core groups Vale Housing 2 or later 1 2 23 November 2026" in page.text
    file = browser.get(page.link("Download CSV"), check=False).response.get_data(as_text=True)
    assert f"Core groups,{course.code},Vale Housing,1,2,2026-11-23 09:00,2" in file


def test_needs_are_set_beside_the_places_that_would_meet_them(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    old = make_version(make_course(title="Core groups"))
    revised = make_version(old.course, number=2, valid_from=LONG_AGO)
    leading = make_version(make_course(title="GCP2 practitioner"))
    named = make_need(from_version=revised, code="N2", title="Core groups")
    by_scheme = make_need(scheme=make_scheme(leading.course), code="N1", title="Neglect")
    make_headcount(hill_school, a_staff_group(), 30)
    make_person(agency=hill_school)
    make_training_session(old, capacity=40)  # content from before does not count
    revised_date = make_training_session(revised, capacity=6)
    make_booking(revised_date, person=make_person(agency=hill_school))
    make_training_session(revised, capacity=8, status=SessionStatus.DRAFT)
    make_training_session(revised, starts_at=NOW - timedelta(days=3), capacity=50)
    make_training_session(revised, starts_at=SOON, status=SessionStatus.CANCELLED, capacity=50)

    found = {one.need.code: one for one in queries.unmet_needs(on=TODAY, now=NOW)}
    core = found[named.code]
    assert (core.gap, core.booked, core.left, core.in_drafts, core.unplanned) == (30, 1, 5, 8, 16)
    assert core.courses == [("Core groups", revised.id)]
    assert (found[by_scheme.code].unplanned, found[by_scheme.code].courses) == (
        30,
        [("GCP2 practitioner", leading.id)],
    )

    page = browser.signed_in(cara).get("/sessions/what-to-schedule-next")
    assert (
        "N2: Core groups What would close the gap of N2 30 1 5 8 16 Plan a date of Core groups" in page.text
    )
    assert page.text.index("N1: Neglect") < page.text.index("N2: Core groups")
    file = browser.get("/sessions/what-to-schedule-next?format=csv&of=needs").text
    assert "N2,Core groups,30,1,5,8,16,Core groups" in file


def test_a_refresher_brings_no_place_to_whoever_holds_nothing(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    practitioner, refresher = (make_course(title=title) for title in ("GCP2 practitioner", "GCP2 refresher"))
    scheme = make_scheme(practitioner, refresher)
    changed(scheme.ways[1], is_refresher=True)
    need = make_need(scheme=scheme)
    make_headcount(hill_school, a_staff_group(), 30)
    make_training_session(make_version(practitioner), capacity=7)
    renewing = make_version(refresher)
    soon = make_training_session(renewing, capacity=12)
    make_booking(soon, person=make_person(agency=hill_school))
    make_training_session(renewing, capacity=5, status=SessionStatus.DRAFT)

    [one] = queries.unmet_needs(on=TODAY, now=NOW)
    assert (one.gap, one.booked, one.left, one.in_drafts, one.unplanned) == (30, 0, 7, 0, 23)
    assert [title for title, _ in one.courses] == ["GCP2 practitioner"]
    page = browser.signed_in(cara).get("/sessions/what-to-schedule-next")
    assert "Plan a date of GCP2 refresher" not in page.text
    assert "A refresher’s dates bring nobody new and are left out." in page.text

    saved(Intervention(need=need, from_version=renewing, recorded_at=NOW))  # attending it counts by itself
    [one] = queries.unmet_needs(on=TODAY, now=NOW)
    assert (one.booked, one.left, one.in_drafts) == (1, 18, 5)


def test_a_need_without_a_headcount_has_no_number(cara: Person) -> None:
    make_need(from_version=make_version())
    make_person(agency=make_agency())
    [one] = queries.unmet_needs(on=TODAY, now=NOW)
    assert (one.gap, one.unplanned) == (None, None)
