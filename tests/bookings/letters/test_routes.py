"""Letters on the pages of what they are about, for whom they were and for staff."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from sscb_training.bookings.letters.queries import letters_about
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.courses.models import ApprovalStyle
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place
from tests.browser import Browser, Page
from tests.factories import NOW, make_booking, make_course, make_training_session, make_version, saved

Count = Callable[[Callable[[], object]], int]


def make_letter(booking: Booking, to: str = "asha@hill.example", **given: object) -> Letter:
    number = db.session.scalar(select(db.func.count(Letter.id))) or 0
    usual = {
        "template": "bookings/confirmed",
        "about_type": "booking",
        "about_id": booking.id,
        "subject": f"Letter {number}",
        "body": "Dear Asha\n\nGood day.\n",
        "message_id": f"<{number}@board.example>",
        "queued_at": NOW + timedelta(minutes=number),
        "send_at": NOW,
        "sent_at": NOW,
    }
    return saved(Letter(to_address=to, **usual | given))


@pytest.fixture
def booking(asha: Person) -> Booking:
    return make_booking(make_training_session(), person=asha)


def listed(page: Page) -> list[str]:
    return [
        link.get_text()
        for section in page.soup.select("section")
        if "Letters" in section.get_text()
        for link in section.select("li a")
    ]


def test_a_delegate_reads_again_what_went_to_them(browser: Browser, asha: Person, booking: Booking) -> None:
    make_letter(booking, to="Asha@Hill.example", subject="Place confirmed")
    make_letter(booking, subject="Still waits", sent_at=None)
    make_letter(booking, to="mo@agency.example", subject="To the manager")
    make_letter(make_booking(booking.training_session), subject="Of somebody else")

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}")

    assert "Letters we sent you" in page.text
    assert listed(page) == ["Place confirmed"]
    page = browser.click("Place confirmed")
    assert page.h1 == "Place confirmed"
    assert "Good day." in page.text


def test_a_lead_reads_what_went_to_them_alone(browser: Browser, ben: Person, booking: Booking) -> None:
    how_to_join = make_letter(booking, subject="How to join")
    make_letter(booking, to="ben@hill.example", subject="To the lead")
    assert listed(browser.signed_in(ben).get(f"/bookings/{booking.id}")) == ["To the lead"]
    browser.get(f"/bookings/{booking.id}/letters/{how_to_join.id}", status=404)


@pytest.mark.parametrize(("who", "status"), [("asha", 200), ("cara", 200), ("ben", 404), ("dev", 404)])
def test_who_reads_ashas_letter(
    request: pytest.FixtureRequest, browser: Browser, booking: Booking, who: str, status: int
) -> None:
    letter = make_letter(booking)
    of_another = make_letter(make_booking(make_training_session()))
    browser.signed_in(request.getfixturevalue(who))
    browser.get(f"/bookings/{booking.id}/letters/{letter.id}", status=status)
    browser.get(f"/bookings/{booking.id}/letters/{of_another.id}", status=404)


def test_staff_see_all_letters_of_a_booking_and_its_approval_without_the_link(
    browser: Browser, cara: Person, asha: Person
) -> None:
    course = make_course(approval=ApprovalStyle.MANAGER)
    booking = request_place(make_training_session(make_version(course)), asha)
    page = browser.signed_in(cara).get(f"/bookings/{booking.id}")
    assert [subject.partition(":")[0] for subject in listed(page)] == [
        "Please approve a booking", "Waiting for approval",
    ]  # fmt: skip
    assert "mo@agency.example" in page.text

    page = browser.click(listed(page)[0])

    assert "/approve/" not in page.text
    assert "a link for this person alone" in page.text


def test_a_sessions_page_shows_staff_which_letters_did_not_go(
    browser: Browser, cara: Person, booking: Booking
) -> None:
    url = f"/sessions/{booking.training_session_id}"
    assert "None yet." in browser.signed_in(cara).get(url).text
    make_letter(booking, subject="Went")
    assert "1 sent, and none waits." in browser.get(url).text
    make_letter(booking, subject="Waits", sent_at=None)
    make_letter(booking, subject="Given up", sent_at=None, gave_up_at=NOW)
    make_letter(booking, subject="Dropped", sent_at=None, dropped_at=NOW)
    make_letter(make_booking(make_training_session()), subject="Of another session", sent_at=None)

    page = browser.get(url)

    assert "1 sent, 2 not yet or not delivered." in page.text
    assert [cell.get_text(strip=True) for cell in page.soup.select("th a[href^='/letters/']")] == [
        "Given up", "Waits",
    ]  # fmt: skip
    page = browser.click("All letters of this session")
    assert "Session: " in page.text
    assert [cell.get_text(strip=True) for cell in page.soup.select(".app-filtered tbody th a")] == [
        "Dropped", "Given up", "Waits", "Went",
    ]  # fmt: skip


def test_these_pages_take_the_same_queries_for_many_letters(
    browser: Browser, cara: Person, booking: Booking, count_queries: Count
) -> None:
    training_session_id: int = booking.training_session_id
    urls = (f"/sessions/{training_session_id}", f"/bookings/{booking.id}")
    browser.signed_in(cara)

    def both() -> list[int]:
        return [count_queries(lambda url=url: browser.get(url)) for url in urls]  # type: ignore[misc]

    make_letter(booking, sent_at=None)
    one = both()
    for _ in range(3):
        make_letter(booking, sent_at=None)
    assert both() == one


def test_letters_of_a_session_are_narrowed_to_it_however_they_are_filtered(
    browser: Browser, cara: Person, booking: Booking
) -> None:
    make_letter(booking, subject="Ours")
    make_letter(make_booking(make_training_session()), subject="Theirs")
    page = browser.signed_in(cara).get(f"/letters?session={booking.training_session_id}&state=sent")
    assert "Ours" in page.text
    assert "Theirs" not in page.text
    assert "Theirs" in browser.get("/letters?session=x").text


def test_letters_of_a_session_are_found_by_what_they_are_about(
    booking: Booking, explain: Callable[[Callable[[], object]], str]
) -> None:
    """PostgreSQL calls SubPlan what it can only ask of each letter that it has read."""
    plan = explain(lambda: letters_about(booking.training_session))

    assert "ix_letter_about" in plan
    assert "SubPlan" not in plan
