"""The report page and its files, and the query behind the use of dates."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.core.db import db
from sscb_training.courses.models import Course, SessionStatus
from sscb_training.people.models import Person
from sscb_training.reports import queries
from sscb_training.reports.rules import Use
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_headcount,
    make_need,
    make_person,
    make_register,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
)

PAST = NOW - timedelta(days=30)
A_YEAR_AGO = TODAY - timedelta(days=364)


def make_used_date(course_title: str = "Core groups") -> None:
    """A date over a month ago where each thing happened once, and somebody came without booking."""
    version = make_version(make_course(title=course_title))
    held = make_training_session(version, starts_at=PAST, capacity=10)
    make_register(held)
    for outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED, Outcome.DID_NOT_ATTEND):
        make_booking(held, outcome=outcome, outcome_on=PAST.date())
    make_booking(held, outcome=Outcome.ATTENDED, outcome_on=PAST.date(), unscheduled=True)
    make_booking(held, status=BookingStatus.CANCELLED_BY_DELEGATE, confirmed_at=PAST)
    make_booking(held, status=BookingStatus.CANCELLED_BY_DELEGATE)
    make_booking(held, status=BookingStatus.WAITLISTED)
    make_booking(held, status=BookingStatus.CANCELLED_BY_BOARD, confirmed_at=PAST)
    make_booking(held, outcome=Outcome.CANCELLED_BY_BOARD, outcome_on=PAST.date())
    cancelled = make_training_session(version, starts_at=PAST, capacity=99, status=SessionStatus.CANCELLED)
    make_booking(cancelled, outcome=Outcome.CANCELLED_BY_BOARD)
    make_training_session(version, starts_at=NOW + timedelta(days=3), capacity=99)
    make_training_session(version, starts_at=NOW - timedelta(days=800), capacity=99)


def test_use_counts_each_thing_once_and_nothing_that_the_board_cancelled() -> None:
    make_used_date()

    [found] = queries.use_by_course(begin=A_YEAR_AGO, end=TODAY, now=NOW)

    assert found.use == Use(
        dates=1, capacity=10, booked=4, cancelled=1, attended=2, unscheduled=1, part_attended=1, did_not_attend=1
    )  # fmt: skip


@pytest.mark.parametrize("state", ["not begun", "saved", "re-opened"])
def test_a_date_whose_register_is_open_is_in_no_rate(state: str) -> None:
    make_used_date()
    course = db.session.scalars(db.select(Course)).one()
    held = make_training_session(course.versions[0], starts_at=PAST, capacity=99)
    if state != "not begun":
        make_register(held, closed_at=None)
    make_booking(held, outcome=Outcome.ATTENDED if state == "re-opened" else None)

    [found] = queries.use_by_course(begin=A_YEAR_AGO, end=TODAY, now=NOW)

    assert found.use == Use(
        dates=1, capacity=10, booked=4, cancelled=1, attended=2, unscheduled=1, part_attended=1, did_not_attend=1,
        open_registers=1,
    )  # fmt: skip


def test_the_report_and_its_files_say_how_many_registers_are_open(browser: Browser, cara: Person) -> None:
    make_used_date()
    for title in ("Unclosed", "Unclosed too"):
        make_booking(make_training_session(make_version(make_course(title=title)), starts_at=PAST))

    page = browser.signed_in(cara).get("/reports")

    assert "1 of 3 booked and not cancelled. 2 registers are still open and left out" in page.text
    assert "All courses 1 10 4 1 2 1 1 1 33.3% 33.3% 20.0% 2" in page.text
    assert "Unclosed 0 0 0 0 0 0 0 0 Not known Not known Not known 1" in page.text
    header, *lines = _read(browser, "/reports?format=csv&of=use")
    column = header.index("Registers still open, left out")
    assert [line[column] for line in lines] == ["0", "1", "1", "2"]


def test_use_takes_both_days_of_the_period_as_london_has_them() -> None:
    begins = NOW.replace(month=7, day=1, hour=23, minute=30)  # in London it is 2 July
    make_training_session(starts_at=begins)

    def found(begin: date, end: date) -> int:
        return len(queries.use_by_course(begin=begin, end=end, now=NOW))

    assert found(date(2026, 7, 2), date(2026, 7, 2)) == 1
    assert found(date(2026, 7, 1), date(2026, 7, 1)) == 0


def test_the_report_shows_needs_and_the_use_of_dates(browser: Browser, cara: Person) -> None:
    make_used_date()
    scheme, group, agency = make_scheme(), make_staff_group(), make_agency(name="Hill")
    need = make_need(scheme=scheme, staff_groups=[group], code="N1", title="Neglect", target_percent=80)
    make_need(code="N2", title="Nobody’s", staff_groups=[make_staff_group()])
    make_accreditation(make_person(agency=agency, staff_group=group), scheme)
    make_headcount(agency, group, 4)

    page = browser.signed_in(cara).get("/reports")

    assert "N1: Neglect Open 1 4 25% 3 80%" in page.text
    assert "N2: Nobody’s Open 0 Headcount not supplied Not known Not known" in page.text
    assert "1 of 3 booked and not cancelled" in page.text
    assert "All courses 1 10 4 1 2 1 1 1 33.3% 33.3% 20.0%" in page.text
    assert page.link("N1: Neglect").startswith(f"/needs/{need.id}/coverage")


def test_the_report_of_nothing_says_what_to_do(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports")

    assert "No needs yet" in page.text
    assert "No training dates in this period" in page.text


def test_the_report_says_which_days_it_could_not_read(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports?as_at=2026-02-30&from=soon&to=2026-10-31&format=csv")

    assert [error.split(" must")[0] for error in page.errors] == ["As at", "Dates from"]
    assert "as at 23 November 2026" in page.text
    assert "24 November 2025 to 31 October 2026" in page.text


def test_the_report_of_a_day_to_come_is_a_look_ahead(browser: Browser, cara: Person) -> None:
    assert "a look ahead and not a result" in browser.signed_in(cara).get("/reports?as_at=2090-01-01").text


def test_the_report_goes_to_files(browser: Browser, cara: Person) -> None:
    make_used_date("=1+1")
    make_need(code="N1", title="Neglect")
    browser.signed_in(cara)

    needs = _read(browser, "/reports?format=csv&of=needs&as_at=2026-01-31")
    use = _read(browser, "/reports?format=csv&of=use")

    assert needs[1][:5] == ["N1", "Neglect", "Open", "0", "Headcount not supplied"]
    assert needs[1][-2:] == ["2026-01-31", "2026-11-23"]
    assert use[1][1:10] == ["'=1+1", "1", "10", "4", "1", "2", "1", "1", "1"]
    assert use[2][0] == "All courses"
    for of in ("needs", "use"):
        assert browser.get(f"/reports?format=xlsx&of={of}").response.data[:2] == b"PK"


def test_the_report_asks_as_often_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_used_date()
    make_need()
    one = count_queries(lambda: browser.get("/reports"))
    for _ in range(2):
        make_used_date()
        make_need()

    assert count_queries(lambda: browser.get("/reports")) == one


def test_the_report_is_for_board_staff(browser: Browser, asha: Person, ben: Person) -> None:
    for person in (asha, ben):
        browser.signed_in(person).get("/reports", status=403)


def _read(browser: Browser, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(browser.get(url).response.get_data().decode("utf-8-sig"))))
