"""The month of sessions for staff."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from sscb_training.bookings.sessions import rules
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import make_booking, make_course, make_training_session, make_venue, make_version

Count = Callable[[Callable[[], object]], int]


def on_day(browser: Browser, query: str = "") -> dict[str, str]:
    """What the calendar shows, by the day as a phone says it."""
    page = browser.get(f"/sessions/calendar?{query}")
    return {
        " ".join(cell.p.get_text().split()): " ".join(cell.ul.get_text(" ").split())
        for cell in page.soup.select("td")
        if cell.p and cell.ul
    }


def test_weeks_of_a_month_are_whole() -> None:
    weeks = rules.weeks_of(date(2026, 12, 1))

    assert (weeks[0][0], weeks[-1][-1]) == (date(2026, 11, 30), date(2027, 1, 3))


def test_the_calendar_shows_each_part_on_its_day_in_london(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(
        make_version(make_course(title="GCP2")),
        starts_at=datetime(
            2027, 3, 28, 23, 30, tzinfo=UTC
        ),  # 0:30 on the 29th: clocks went forward on the 28th
        parts=2,
        capacity=8,
        venue=make_venue(name="Shirehall"),
    )
    make_booking(training_session)
    make_training_session(
        make_version(make_course(title="Called off")),
        starts_at=datetime(2027, 3, 1, 10, tzinfo=UTC),
        status=SessionStatus.CANCELLED,
    )
    browser.signed_in(cara)

    assert on_day(browser, "month=2027-03") == {
        "Monday 1 March": "10am Called off Online Cancelled",
        "Monday 29 March": "12:30am GCP2 Shirehall, 1 of 8",
    }
    assert on_day(browser, "month=2027-04") == {"Monday 5 April": "12:30am GCP2: Part 2 Shirehall, 1 of 8"}


def test_the_calendar_turns_to_the_months_beside_it_and_keeps_its_filters(
    browser: Browser, cara: Person
) -> None:
    hall = make_venue(name="Hall")
    kept = make_training_session(make_version(make_course(title="Kept")), venue=hall)
    make_training_session(make_version(make_course(title="Elsewhere")))
    browser.signed_in(cara)

    page = browser.get(f"/sessions/calendar?month=2026-12&venue={hall.id}")
    assert page.h1 == "Sessions in December 2026"
    assert page.link("January 2027") == f"/sessions/calendar?venue={hall.id}&month=2027-01"
    assert page.link("November 2026") == f"/sessions/calendar?venue={hall.id}&month=2026-11"
    assert "Elsewhere" not in " ".join(on_day(browser, f"month=2026-12&venue={hall.id}").values())
    assert list(on_day(browser, f"month=2026-12&course={kept.course.id}")) == ["Monday 7 December"]
    browser.get(f"/sessions/calendar?month=2026-12&venue={hall.id}")
    listed = browser.click("List")
    assert "Remove filter: Hall" in listed.text
    assert [cell.get_text(strip=True) for cell in listed.soup.select("td[data-label=Course]")] == ["Kept"]
    assert browser.click("Calendar").h1 == "Sessions in December 2026"


def test_the_calendar_without_a_month_is_of_this_one(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/sessions/calendar?month=soon&venue=x")

    assert page.h1 == "Sessions in November 2026"
    assert "Nothing is planned in this month" in page.text


def test_the_calendar_takes_the_same_queries_however_full(
    browser: Browser, cara: Person, count_queries: Count
) -> None:
    make_training_session(venue=make_venue())
    browser.signed_in(cara)
    before = count_queries(lambda: browser.get("/sessions/calendar?month=2026-12"))

    for _ in range(3):
        make_booking(make_training_session(parts=2, venue=make_venue()))

    assert count_queries(lambda: browser.get("/sessions/calendar?month=2026-12")) == before
