"""The pages of delegates: ask for a place, see one's bookings, give one up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from sscb_training.bookings.models import AccessNeeds, Booking, BookingStatus, Outcome
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

Outbox = Callable[[], list[Letter]]
Count = Callable[[Callable[[], object]], int]


def test_somebody_with_one_role_books_in_two_short_pages(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session(make_version(make_course(title="GCP2")))

    browser.signed_in(asha).get(f"/dates/{training_session.id}")
    page = browser.click("Book a place")
    assert page.h1 == "Access needs"
    assert "deleted 14 days after" in page.text
    page = browser.fill(page, access_needs="Large print")
    assert page.h1 == "Check your answers"
    for words in ("GCP2", "Teacher, Hill School", "Large print", "Monday 7 December 2026"):
        assert words in page.text
    assert db.session.scalar(select(Booking)) is None
    page = browser.fill(page, button="Confirm booking", declared="y")

    assert page.h1 == "Place confirmed"
    booking = db.session.scalars(select(Booking)).one()
    assert f"Your reference is {booking.reference}" in page.text
    assert page.url == f"/bookings/{booking.id}"
    assert booking.access_needs is not None
    assert booking.access_needs.text == "Large print"
    assert booking.requested_by_id == asha.id
    assert [letter.subject for letter in outbox()] == ["Place confirmed: GCP2, 7 December 2026"]
    with browser.client.session_transaction() as cookie:
        assert "booking" not in cookie


def test_somebody_with_two_roles_is_asked_which(browser: Browser, asha: Person) -> None:
    second = make_membership(asha, make_agency(name="Vale Charity"), job_title="Counsellor")
    make_membership(asha, make_agency(name="Old School"), valid_to=NOW.date() - timedelta(days=1))
    training_session = make_training_session()

    page = browser.signed_in(asha).get(f"/dates/{training_session.id}/book")
    assert page.h1 == "Your role at work"
    assert "Old School" not in page.text
    page = browser.fill(page)
    assert page.errors == ["Select which of your roles this is for"]
    page = browser.fill(page, membership_id=str(second.id))
    page = browser.fill(page)
    assert "Counsellor, Vale Charity" in page.text
    page = browser.get(page.link("Change your role"))
    assert page.soup.select_one(f"input[value='{second.id}'][checked]")
    page = browser.fill(browser.fill(page), access_needs="")
    another_tab = browser.get(f"/dates/{make_training_session().id}/book")
    browser.fill(another_tab, membership_id=str(asha.memberships[0].id))
    page = browser.fill(page, button="Confirm booking", declared="y")

    assert page.h1 == "Place confirmed"
    assert db.session.scalars(select(Booking.membership_id)).all() == [second.id]
    assert db.session.scalar(select(AccessNeeds)) is None


def test_answers_can_be_changed_before_confirming(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    page = browser.signed_in(asha).submit(
        f"/dates/{training_session.id}/book/access-needs", access_needs="A loop"
    )

    page = browser.get(page.link("Change access needs"))
    assert page.soup.textarea is not None
    assert page.soup.textarea.get_text(strip=True) == "A loop"
    page = browser.fill(page, access_needs="")

    assert "Access needs None" in page.text


def test_nobody_reads_the_answers_in_the_cookie(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    browser.signed_in(asha).submit(f"/dates/{training_session.id}/book/access-needs", access_needs="A loop")

    with browser.client.session_transaction() as cookie:
        assert "booking" in cookie
        assert "A loop" not in str(dict(cookie))


@pytest.mark.parametrize("unreadable", ["", "x", {"for": 1, "given": {"access_needs": "A loop"}}])
def test_a_cookie_that_cannot_be_read_holds_no_answers(
    browser: Browser, asha: Person, unreadable: object
) -> None:
    training_session = make_training_session()
    browser.signed_in(asha)
    with browser.client.session_transaction() as cookie:
        cookie["booking"] = unreadable

    assert "Access needs None" in browser.get(f"/dates/{training_session.id}/book/check").text


def test_answers_for_one_session_are_not_those_for_another(browser: Browser, asha: Person) -> None:
    one, other = make_training_session(), make_training_session()
    browser.signed_in(asha).submit(f"/dates/{one.id}/book/access-needs", access_needs="A loop")

    assert "A loop" not in browser.get(f"/dates/{other.id}/book/check").text


def test_too_long_an_answer_is_kept_and_said(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()

    page = browser.signed_in(asha).submit(
        f"/dates/{training_session.id}/book/access-needs", access_needs="x" * 501
    )

    assert page.errors == ["Access needs must be 500 characters or fewer"]
    assert "x" * 501 in str(page.soup.textarea)


def test_the_longest_answer_fits_into_the_cookie(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    longest = "".join(chr(0x1F300 + number) for number in range(500))

    page = browser.signed_in(asha).submit(
        f"/dates/{training_session.id}/book/access-needs", access_needs=longest
    )

    assert longest in page.text
    assert all(len(header) < 4093 for header in page.response.headers.getlist("Set-Cookie"))


def test_a_full_session_puts_the_booking_on_the_waiting_list(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)

    page = browser.signed_in(asha).submit(
        f"/dates/{full.id}/book/check", button="Confirm booking", declared="y"
    )

    assert page.h1 == "You are on the waiting list"
    assert "Your reference is" in page.text
    assert "is offered to whoever has waited longest" in page.text
    assert "Add to calendar" not in page.text
    assert outbox()[0].subject.startswith("You are on the waiting list")


def test_somebody_without_a_role_is_told_to_add_one(browser: Browser, cara: Person) -> None:
    training_session = make_training_session()

    page = browser.signed_in(cara).get(f"/dates/{training_session.id}/book/check")

    assert page.h1 == "Add your role first"
    assert page.link("Add a job") == f"/account/jobs/add?next=/dates/{training_session.id}/book"


def test_whoever_has_not_signed_in_comes_back_to_the_booking(browser: Browser) -> None:
    training_session = make_training_session()

    answer = browser.client.get(f"/dates/{training_session.id}/book")

    assert answer.location == f"/sign-in?next=/dates/{training_session.id}/book"


def test_the_same_form_sent_twice_leads_to_the_same_booking(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    check = browser.signed_in(asha).get(f"/dates/{training_session.id}/book/check")

    first = browser.fill(check, button="Confirm booking", declared="y")
    again = browser.fill(check, button="Confirm booking", declared="y")

    assert first.url == again.url
    assert len(outbox()) == 1


def test_an_old_form_does_not_book_again_after_cancelling(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    check = browser.signed_in(asha).get(f"/dates/{training_session.id}/book/check")
    booked = browser.fill(check, button="Confirm booking", declared="y")
    browser.submit(f"{booked.url}/cancel", button="Cancel booking")

    again = browser.fill(check, button="Confirm booking", declared="y")

    assert again.url == booked.url
    assert again.h1.startswith("Cancelled")


@pytest.mark.parametrize(
    ("given", "words"),
    [({"status": SessionStatus.CANCELLED}, "Cancelled: this session"), ({"starts_at": NOW}, "has started")],
)
def test_a_session_that_cannot_be_booked_says_why(
    browser: Browser, asha: Person, given: dict[str, object], words: str
) -> None:
    training_session = make_training_session(**given)  # type: ignore[arg-type]

    assert words in browser.signed_in(asha).get(f"/dates/{training_session.id}/book").text


def test_a_draft_cannot_be_booked(browser: Browser, asha: Person) -> None:
    draft = make_training_session(status=SessionStatus.DRAFT)

    browser.signed_in(asha).get(f"/dates/{draft.id}/book", status=404)


def test_somebody_elses_role_in_the_form_is_not_taken(browser: Browser, asha: Person, dev: Person) -> None:
    make_membership(asha, make_agency())
    training_session = make_training_session()

    page = browser.signed_in(asha).post(
        f"/dates/{training_session.id}/book/check",
        {
            "membership_id": str(dev.memberships[0].id),
            "form_key": "x",
            "declared": "y",
            "status": "confirmed",
            "person_id": dev.id,
        },
    )

    assert page.h1 == "Your role at work"
    assert db.session.scalar(select(Booking)) is None


def test_a_refusal_between_opening_and_sending_stands_on_the_form(
    browser: Browser, asha: Person, dev: Person
) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=dev, form_key="taken")
    browser.signed_in(asha)

    page = browser.post(f"/dates/{training_session.id}/book/check", {"form_key": "taken", "declared": "y"})

    assert page.errors == ["This booking could not be made just now. Open the date and try again."]


def test_my_bookings_are_upcoming_waiting_and_past(browser: Browser, asha: Person, dev: Person) -> None:
    make_booking(make_training_session(make_version(make_course(title="Next"))), person=asha)
    make_booking(
        make_training_session(make_version(make_course(title="Wished for"))),
        person=asha,
        status=BookingStatus.WAITLISTED,
    )
    was = make_training_session(make_version(make_course(title="Was")), starts_at=NOW - timedelta(days=9))
    make_booking(was, person=asha, outcome=Outcome.PART_ATTENDED)
    make_booking(
        make_training_session(make_version(make_course(title="Given up"))),
        person=asha,
        status=BookingStatus.CANCELLED_BY_DELEGATE,
    )
    make_booking(make_training_session(make_version(make_course(title="Somebody else’s"))), person=dev)

    page = browser.signed_in(asha).get("/my-bookings")

    sections = {
        heading.get_text(strip=True): heading.find_parent("section").get_text(" ", strip=True)  # type: ignore[union-attr]
        for heading in page.soup.select("section h2")
    }
    assert "Next" in sections["Upcoming"]
    assert "Confirmed" in sections["Upcoming"]
    assert "Wished for" in sections["On the waiting list"]
    assert "Part attended" in sections["Past and cancelled"]
    assert "Given up" in sections["Past and cancelled"]
    assert "Somebody else’s" not in page.text


def test_what_is_past_comes_in_pages(browser: Browser, asha: Person, count_queries: Count) -> None:
    def book(number: int) -> None:
        for _ in range(number):
            was = make_training_session(starts_at=NOW - timedelta(days=1 + len(dates)), parts=1)
            dates.append(was.starts_at)
            make_booking(was, person=asha)

    dates: list[datetime] = []
    book(26)
    make_booking(make_training_session(make_version(make_course(title="Next"))), person=asha)
    browser.signed_in(asha)

    def of_page(address: str) -> list[str]:
        cells = browser.get(address).soup.select("td[data-label=Date]")
        return [cell.get_text(strip=True) for cell in cells]

    assert of_page("/my-bookings")[0] == "22 November 2026"
    assert len(of_page("/my-bookings")) == 25
    assert browser.click("2").url == "/my-bookings"
    assert of_page("/my-bookings?page=2") == ["28 October 2026"]
    assert "Showing 26 to 26 of 26 bookings" in browser.get("/my-bookings?page=2").text
    assert "Next" in browser.get("/my-bookings?page=2").text
    few = count_queries(lambda: browser.get("/my-bookings"))
    book(3)
    assert count_queries(lambda: browser.get("/my-bookings")) == few


def test_no_bookings_yet_says_where_to_begin(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/my-bookings")

    assert "No bookings yet" in page.text
    assert page.link("Find a course") == "/courses"


def test_a_delegate_with_a_place_sees_how_to_join(browser: Browser, asha: Person, tom: Person) -> None:
    training_session = make_training_session(
        make_version(what_to_bring="A pen"),
        parts=2,
        trainers=[tom],
        joining_instructions="Come early.\nRing the bell.",
    )
    with transaction():
        training_session.parts[0].online_url = "https://meet.example/abc"
    booking = make_booking(training_session, person=asha)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}")

    for words in ("Come early.", "Ring the bell.", "Tom Trainer", "A pen", "Part 2", "The link follows"):
        assert words in page.text
    assert page.link("https://meet.example/abc")


@pytest.mark.parametrize("status", [BookingStatus.WAITLISTED, BookingStatus.CANCELLED_BY_DELEGATE])
def test_without_a_place_nobody_sees_how_to_join(
    browser: Browser, asha: Person, status: BookingStatus
) -> None:
    training_session = make_training_session(joining_instructions="Come early.")
    with transaction():
        training_session.parts[0].online_url = "https://meet.example/abc"
    booking = make_booking(training_session, person=asha, status=status)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}")

    assert "Come early." not in page.text
    assert "meet.example" not in str(page.soup)
    browser.get(f"/bookings/{booking.id}/calendar.ics", status=404)


def test_nobody_is_told_how_many_wait_before_them(browser: Browser, asha: Person) -> None:
    full = make_training_session(capacity=0)
    booking = make_booking(full, person=asha, status=BookingStatus.WAITLISTED)
    alone = browser.signed_in(asha).get(f"/bookings/{booking.id}").text
    for hours in range(1, 8):
        make_booking(
            full, status=BookingStatus.WAITLISTED, waitlisted_at=NOW - timedelta(days=9, hours=hours)
        )

    assert browser.get(f"/bookings/{booking.id}").text == alone


@pytest.mark.parametrize(
    ("who", "status"),
    [("asha", 200), ("ben", 200), ("cara", 200), ("ada", 200), ("tom", 200), ("dev", 404)],
)
def test_who_sees_ashas_booking_and_nobody_else_how_to_join(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, tom: Person, who: str, status: int
) -> None:
    training_session = make_training_session(trainers=[tom], joining_instructions="Ring the bell.")
    booking = make_booking(training_session, person=asha)
    saved(AccessNeeds(booking_id=booking.id, text="A loop", delete_after=SOON.date()))
    viewer: Person = request.getfixturevalue(who)

    page = browser.signed_in(viewer).get(f"/bookings/{booking.id}", status=status)

    assert ("Ring the bell." in page.text) is (who == "asha")
    assert "A loop" not in page.text
    browser.get(f"/bookings/{booking.id}/cancel", status=200 if who in {"asha", "cara", "ada"} else 404)
    browser.get(f"/bookings/{booking.id}/calendar.ics", status=200 if who == "asha" else 404)


def test_the_calendar_file_holds_the_entries_of_the_invitation(browser: Browser, asha: Person) -> None:
    training_session = make_training_session(
        parts=2, venue=make_venue(name="Shirehall", address="Abbey Foregate")
    )
    booking = make_booking(training_session, person=asha)

    answer = browser.signed_in(asha).get(f"/bookings/{booking.id}/calendar.ics").response

    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=booking-{booking.reference}.ics"
    file = Calendar.from_ical(answer.get_data(as_text=True))
    assert file["method"] == "PUBLISH"
    assert [event["uid"] for event in file.events] == [
        f"{booking.reference}-{part}@training.example.org" for part in (1, 2)
    ]


def test_a_delegate_cancels(browser: Browser, asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session(capacity=1)
    booking = make_booking(training_session, person=asha)
    waiting = make_booking(training_session, status=BookingStatus.WAITLISTED)

    browser.signed_in(asha).get(f"/bookings/{booking.id}")
    page = browser.click("Cancel booking")
    assert page.h1 == "Cancel your booking"
    page = browser.fill(page, button="Cancel booking", reason="On leave")

    assert f"Booking {booking.reference} is cancelled" in page.text
    assert "Cancel booking" not in page.text
    db.session.refresh(booking)
    db.session.refresh(waiting)
    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE
    assert booking.end_reason == "On leave"
    assert waiting.status is BookingStatus.OFFERED
    assert len(outbox()) == 2
    assert browser.get(f"/bookings/{booking.id}/cancel").url == f"/bookings/{booking.id}"


def test_somebody_who_waits_can_give_up(browser: Browser, asha: Person) -> None:
    booking = make_booking(make_training_session(), person=asha, status=BookingStatus.WAITLISTED)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}/cancel")
    assert "The wait ends" in page.text
    browser.fill(page, button="Cancel booking")

    db.session.refresh(booking)
    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE


@pytest.mark.parametrize(
    ("whose", "status"),
    [("delegate", BookingStatus.CANCELLED_BY_DELEGATE), ("board", BookingStatus.CANCELLED_BY_BOARD)],
)
def test_staff_cancel_with_a_reason_and_say_whose_wish_it_was(
    browser: Browser, asha: Person, cara: Person, whose: str, status: BookingStatus
) -> None:
    booking = make_booking(make_training_session(), person=asha)

    page = browser.signed_in(cara).submit(f"/bookings/{booking.id}/cancel", button="Cancel booking")
    assert page.errors == ["Select who decided this", "Enter a reason"]
    page = browser.fill(page, button="Cancel booking", whose=whose, reason="Moved away")

    db.session.refresh(booking)
    assert booking.status is status
    assert ("Moved away" in browser.signed_in(asha).get(f"/bookings/{booking.id}").text) is (whose == "board")


def test_a_booking_cannot_be_cancelled_once_the_session_has_started(
    browser: Browser, asha: Person, at: Callable[[datetime], None]
) -> None:
    booking = make_booking(make_training_session(starts_at=SOON), person=asha)
    at(SOON)

    assert "Cancel booking" not in browser.signed_in(asha).get(f"/bookings/{booking.id}").text
    page = browser.post(f"/bookings/{booking.id}/cancel", {"reason": ""}, status=409)
    assert "has started" in page.text


def test_a_booking_of_the_past_shows_what_became_of_it(browser: Browser, asha: Person) -> None:
    over = make_training_session(make_version(make_course(title="GCP2")), starts_at=NOW - timedelta(days=9))
    booking = make_booking(over, person=asha, outcome=Outcome.ATTENDED)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}")

    assert page.h1 == "GCP2"
    assert "Attended" in page.text
    assert "Add to calendar" not in page.text


def test_very_long_and_hostile_names_are_shown_as_they_are(browser: Browser) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 4 + " <img src=x onerror=alert(1)> {{7*7}}"
    person = make_person(name, agency=make_agency(name="A" * 150))
    booking = make_booking(make_training_session(make_version(make_course(title="B" * 150))), person=person)

    page = browser.signed_in(person).get(f"/bookings/{booking.id}")

    assert "<img src=x" not in page.response.get_data(as_text=True)
    assert "49" not in page.text.replace(booking.reference, "")


def test_delegates_pages_take_the_same_queries_however_many_bookings(
    browser: Browser, asha: Person, count_queries: Count
) -> None:
    booking_id = make_booking(make_training_session(), person=asha).id
    browser.signed_in(asha)

    def both() -> tuple[int, int]:
        return (
            count_queries(lambda: browser.get("/my-bookings")),
            count_queries(lambda: browser.get(f"/bookings/{booking_id}")),
        )

    before = both()
    for _ in range(2):
        make_booking(make_training_session(parts=3, venue=make_venue()), person=asha)
    assert both() == before
