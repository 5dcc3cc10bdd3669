"""The pages of figures: what staff ask of them, and what a lead sees of their own agency and of no other."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import BookingStatus, CancelReason, Outcome
from sscb_training.core.db import db
from sscb_training.courses.models import Course
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_agency,
    make_booking,
    make_charge,
    make_course,
    make_person,
    make_register,
    make_training_session,
    make_version,
)

PAST = NOW - timedelta(days=30)


def make_used_date(course_title: str = "Core groups", *, agency: Agency | None = None) -> None:
    """A date a month ago where each thing happened once, and somebody came without booking."""
    held = make_training_session(make_version(make_course(title=course_title)), starts_at=PAST, capacity=10)
    make_register(held)
    at = agency or make_agency()

    def book(**given: object) -> None:
        make_booking(held, person=make_person(agency=at), **given)

    book(outcome=Outcome.ATTENDED)
    book(outcome=Outcome.ATTENDED, unscheduled=True)
    book(outcome=Outcome.PART_ATTENDED)
    absent = make_booking(held, person=make_person(agency=at), outcome=Outcome.DID_NOT_ATTEND)
    make_charge(absent, state="excused")
    book(
        status=BookingStatus.CANCELLED_BY_DELEGATE,
        confirmed_at=PAST,
        cancelled_late=True,
        reason_code=CancelReason.CARING,
    )
    book(status=BookingStatus.DECLINED)
    book(status=BookingStatus.CANCELLED_BY_BOARD, confirmed_at=PAST)


def test_staff_go_from_a_course_to_its_dates_and_to_one_of_them(browser: Browser, cara: Person) -> None:
    make_used_date()
    make_used_date("Neglect")

    page = browser.signed_in(cara).get("/reports/coverage")
    page = browser.get(page.link("All figures of training dates"))

    assert (
        "Core groups 1 10 4 1 1 late 2 1 unscheduled 1 1 1 excused 33.3% 1 of 3 33.3% 1 of 3 20.0% 2 of 10 1"
        in (page.text)
    )
    assert "All courses 2 20 8 2 2 late 4 2 unscheduled 2 2 2 excused" in page.text
    assert "Caring for somebody 2 100.0%" in page.text
    assert "2 requests were declined, and 0 lapsed" in page.text
    page = browser.get(page.link("Neglect"))
    assert "All dates 1 10 4" in page.text
    page = browser.get(page.link("24 October 2026: Neglect"))
    assert page.h1 == "Neglect"


def test_staff_go_from_an_agency_to_its_line_for_each_course(browser: Browser, cara: Person) -> None:
    make_used_date(agency=make_agency(name="Hill"))
    make_used_date("Neglect", agency=make_agency(name="Vale"))

    page = browser.signed_in(cara).get("/reports/use?by=agency")

    assert (
        "Vale 1 4 1 1 late 2 1 unscheduled 1 1 1 excused 33.3% 1 of 3 33.3% 1 of 3 50.0% 2 of 4 1"
        in page.text
    )
    page = browser.get(page.link("Vale"))
    assert "Neglect 1 4" in page.text
    assert "Core groups 1" not in page.text
    assert "Seats filled" not in page.text
    assert "Hill 1 4" in browser.get("/reports/use?by=agency&sector=education&sort=-name").text


def test_a_date_whose_register_is_open_is_in_no_rate_and_is_counted(browser: Browser, cara: Person) -> None:
    make_used_date()
    course = db.session.scalars(db.select(Course)).one()
    for closed_at in (None, "never begun"):
        held = make_training_session(course.versions[0], starts_at=PAST, capacity=99)
        if closed_at is None:
            make_register(held, closed_at=None)
        make_booking(held, outcome=Outcome.ATTENDED)

    page = browser.signed_in(cara).get("/reports/use")

    assert "Core groups 2 registers still open 1 10 4" in page.text
    assert "1 of 3 booked and not cancelled. 2 registers are still open and left out" in page.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=2026-11-01&to=2026-10-01", "To must be the same day as From or later"),
        ("from=2026-02-30", "From must be a real date"),
    ],
)
def test_days_that_make_no_period_are_refused(browser: Browser, cara: Person, asked: str, said: str) -> None:
    make_used_date()

    page = browser.signed_in(cara).get(f"/reports/use?{asked}&format=csv")

    assert page.errors[0].startswith(said)
    assert "Core groups 1" not in page.text


def test_figures_of_nothing_say_what_to_do(browser: Browser, cara: Person) -> None:
    browser.signed_in(cara)
    assert "No training dates in this period" in browser.get("/reports/use").text
    make_training_session(starts_at=PAST)
    assert (
        "No register of these dates is closed yet"
        in browser.get("/reports/use?period=this-calendar-year").text
    )


@pytest.mark.one_database
def test_figures_go_to_files_as_they_are_set_out(browser: Browser, cara: Person) -> None:
    make_used_date("=1+1")
    browser.signed_in(cara)

    courses = _read(browser, "/reports/use?format=csv")
    reasons = _read(browser, "/reports/use?format=csv&of=reasons")

    assert courses[1][:6] == ["'=1+1", "1", "10", "4", "1", "1"]
    assert courses[2][0] == "All courses"
    assert courses[1][-3:] == ["Everybody", "2025-11-24", "2026-11-23"]
    assert reasons[1][:4] == ["Caring for somebody", "1", "100.0%", "1 of 1 cancelled"]
    for asked in ("by=date", "by=month&of=reasons"):
        assert browser.get(f"/reports/use?format=xlsx&{asked}").response.data[:2] == b"PK"


def test_figures_ask_as_often_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_used_date()
    one = [count_queries(lambda by=by: browser.get(f"/reports/use?by={by}")) for by in ("date", "agency")]  # type: ignore[misc]
    for _ in range(2):
        make_used_date()

    three = [count_queries(lambda by=by: browser.get(f"/reports/use?by={by}")) for by in ("date", "agency")]  # type: ignore[misc]

    assert three == one


def test_a_lead_sees_the_figures_of_their_own_agency_alone(
    browser: Browser, ben: Person, hill_school: Agency
) -> None:
    other = make_agency(name="Vale Housing")
    make_used_date(agency=hill_school)
    make_used_date("Theirs alone", agency=other)
    stranger = make_person()
    browser.signed_in(ben)

    page = browser.get(browser.get("/my-agency").link("Figures"))

    assert "Core groups 1 4 1 1 late" in page.text
    for by in ("course", "date", "agency", "sector", "month"):
        for extra in ("", "&format=csv", "&sector=education"):
            said = browser.get(f"/reports/use?by={by}{extra}").response.get_data(as_text=True)
            assert "Theirs alone" not in said.split("Choose the figures")[0] + said.split("</form>")[-1]
            assert "Vale Housing" not in said
            assert stranger.name not in said
    browser.get(f"/reports/use?agency={other.id}", status=404)
    browser.get("/reports/use?agency=nonsense", status=404)


def test_figures_are_for_staff_and_leads(browser: Browser, asha: Person, tom: Person) -> None:
    for person in (asha, tom):
        browser.signed_in(person).get("/reports/use", status=403)


def _read(browser: Browser, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(browser.get(url).response.get_data().decode("utf-8-sig"))))
