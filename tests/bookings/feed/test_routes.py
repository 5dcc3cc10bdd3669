"""A person's own calendar reads their confirmed bookings at a secret address, and nobody finds anything else there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from sscb_training.bookings.models import BookingStatus, CalendarFeed
from sscb_training.core import history
from sscb_training.core.mail import Letter
from sscb_training.people.models import Person
from tests.bookings.verbs import calendar_of, request_place
from tests.browser import Browser, Page
from tests.factories import NOW, changed, make_booking, make_training_session, only


def made(browser: Browser) -> str:
    """A new address, as the page shows it once."""
    page = browser.post("/my-bookings/calendar")
    return path_in(page)


def path_in(page: Page) -> str:
    found = re.search(r"https://training\.example\.org(/calendar/[\w-]{43}\.ics)", page.text)
    assert found
    return found[1]


def references(app: Flask, path: str) -> list[str]:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    calendar: Any = Calendar.from_ical(answer.text)
    return [event["uid"].split("@")[0] for event in calendar.events]


def test_a_calendar_reads_all_confirmed_bookings_of_its_person_and_nothing_else(
    app: Flask, browser: Browser, asha: Person, dev: Person
) -> None:
    path = made(browser.signed_in(asha))
    assert references(app, path) == []
    mine = make_booking(make_training_session(parts=2), person=asha)
    over = make_booking(make_training_session(starts_at=NOW.replace(month=1)), person=asha)
    for status in (BookingStatus.WAITLISTED, BookingStatus.OFFERED, BookingStatus.CANCELLED_BY_BOARD):
        make_booking(make_training_session(), person=asha, status=status)
    make_booking(make_training_session(), person=dev)

    assert references(app, path) == [f"{over.reference}-1", f"{mine.reference}-1", f"{mine.reference}-2"]


def test_the_entries_are_those_of_the_invitation(
    app: Flask, browser: Browser, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    path = made(browser.signed_in(asha))
    request_place(make_training_session(), asha)

    [invited] = calendar_of(outbox()[0]).events
    answer = app.test_client().get(path)
    calendar: Any = Calendar.from_ical(answer.text)
    [event] = calendar.events

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/calendar"
    assert "Set-Cookie" not in answer.headers
    for name in ("uid", "sequence", "summary", "location"):
        assert event[name] == invited[name]


def test_a_new_address_closes_the_old_and_removing_closes_both(
    app: Flask, browser: Browser, asha: Person
) -> None:
    first = made(browser.signed_in(asha))
    second = made(browser)
    page = browser.get("/my-bookings/calendar")
    assert "It is not shown again" in page.text
    assert "/calendar/" not in page.text
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200

    page = browser.fill(page, button="Remove the address")

    assert "The calendar address is removed" in page.text
    assert app.test_client().get(second).status_code == 404
    verbs = [entry.verb for entry in history.entries_about(asha)]
    assert verbs == ["calendar address made", "calendar address made", "calendar address removed"]


def test_the_address_is_kept_as_a_hash_and_closes_with_its_person(
    app: Flask, browser: Browser, asha: Person
) -> None:
    path = made(browser.signed_in(asha))
    assert only(CalendarFeed).token_hash not in path
    assert app.test_client().get(f"/calendar/{only(CalendarFeed).token_hash}.ics").status_code == 404

    changed(asha, suspended_at=NOW)

    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("token", ["nobody-such", "%20", "x" * 3000])
def test_any_other_address_is_not_found(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/calendar/{token}.ics").status_code == 404


def test_the_feed_asks_as_much_of_the_database_for_three_bookings_as_for_one(
    app: Flask, browser: Browser, asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    path = made(browser.signed_in(asha))
    make_booking(make_training_session(), person=asha)
    one = count_queries(lambda: references(app, path))
    for _ in range(2):
        make_booking(make_training_session(), person=asha)

    assert count_queries(lambda: references(app, path)) == one
