"""The pages on which a part is booked, offered anew, given a date, and answered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.bookings.make_up import queries
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.service import settle_missed_parts
from sscb_training.core.db import db
from sscb_training.courses.models import SessionPart, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
)

WEEK = timedelta(weeks=1)


@pytest.fixture
def snowed() -> TrainingSession:
    """A session whose second part was cancelled this morning."""
    course = make_course(title="Neglect: using GCP2", code="GCP2-PRAC")
    session = make_training_session(make_version(course), starts_at=NOW - WEEK, parts=2)
    changed(session.parts[1], cancelled_at=NOW, cancel_reason="Snow")
    return session


@pytest.fixture
def later(snowed: TrainingSession) -> TrainingSession:
    return make_training_session(snowed.course_version, starts_at=NOW + 4 * WEEK, parts=2)


def make_up_of(booking: Booking, part: SessionPart, **given: Any) -> Booking:
    missed = booking.training_session.parts[1]
    usual: dict[str, Any] = {
        "person": booking.person,
        "part": part,
        "makes_up_id": booking.id,
        "makes_up_part": missed,
    }
    return make_booking(part.training_session, **usual | given)


def test_staff_book_the_missed_part_and_the_delegate_sees_it(
    browser: Browser, cara: Person, asha: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    booking_id = make_booking(snowed, person=asha).id
    later_id, part_id = later.id, later.parts[1].id
    unusual = (
        make_training_session(make_version(snowed.course), starts_at=NOW + 40 * WEEK, parts=2).parts[1].id
    )
    page = browser.signed_in(asha).get(f"/bookings/{booking_id}")
    assert "could not come to Part 2" in page.text
    assert "Book the missed part" not in page.text

    page = browser.signed_in(cara).get(f"/bookings/{booking_id}")
    url = page.link("Book the missed part")
    assert "Select a date" in browser.submit(url).errors
    page = browser.submit(url, part_id=unusual)
    assert "The course has changed" in page.text
    assert "more than 6 months after" in page.text
    page = browser.submit(url, part_id=part_id)
    assert "is booked on Part 2 of Neglect: using GCP2" in page.text
    made_url = page.url

    page = browser.signed_in(asha).get(f"/bookings/{booking_id}")
    assert "Part 2 is booked on" in page.text
    page = browser.get(made_url)
    assert page.h1 == "Place confirmed"
    assert "This is for Part 2 alone" in page.text
    assert "Substitute someone" not in page.text
    assert "Cancel booking" in page.text
    for mine in ("/home", "/my-bookings", "/my-training-record"):
        assert "Part 2 of Neglect: using GCP2" in browser.get(mine).text
    browser.signed_in(cara)
    assert "Part 2 only" in browser.get(f"/sessions/{later_id}").text


def test_staff_make_a_date_for_the_part_and_offer_it_and_a_delegate_accepts(
    browser: Browser, cara: Person, asha: Person, snowed: TrainingSession
) -> None:
    make_booking(snowed, person=asha)
    make_booking(snowed)
    session_id, part_id = snowed.id, snowed.parts[1].id
    move = f"/sessions/{session_id}/parts/{part_id}/move"
    page = browser.signed_in(cara).get(f"/sessions/{session_id}")
    assert page.link("Move delegates to a new date for this part : Part 2") == move
    assert "No later date of this course has this part" in browser.get(move).text
    new_date = browser.get(move).link("Make a new date for this part")
    assert browser.submit(new_date).errors

    page = browser.submit(
        new_date,
        day=["18", "1", "2027"],
        starts="9:30am",
        ends="12:30pm",
        capacity="5",
    )
    assert "2 delegates are offered the part" in page.text
    db.session.rollback()
    (date,) = db.session.scalars(db.select(TrainingSession).where(TrainingSession.repeats_part == 2))
    date_id, new_part_id = date.id, date.parts[0].id
    db.session.rollback()
    page = browser.submit(move, part_id=new_part_id)
    assert "2 delegates are offered this date" in page.text
    assert "for those who make up one part" in page.text
    assert "Nobody is left to move" in browser.get(move).text

    db.session.rollback()
    offer = db.session.scalars(
        db.select(Booking).where(Booking.training_session_id == date_id, Booking.person_id == asha.id)
    ).one()
    url = f"/bookings/{offer.id}"
    db.session.rollback()
    page = browser.signed_in(asha).get(url)
    assert "A place in Part 2 of Neglect: using GCP2 is kept for you" in page.text
    assert browser.fill(page, button="Accept this place").h1 == "Place confirmed"
    browser.get(f"/dates/{date_id}", status=404)
    assert "18 January 2027" not in browser.get("/courses/GCP2-PRAC").text


def test_the_same_form_sent_twice_makes_one_date_for_the_part(
    browser: Browser, cara: Person, snowed: TrainingSession
) -> None:
    make_booking(snowed)
    url = f"/sessions/{snowed.id}/parts/{snowed.parts[1].id}/new-date"
    typed: dict[str, Any] = {"day": ["18", "1", "2027"], "starts": "9am", "ends": "12pm", "capacity": "9"}
    browser.signed_in(cara).submit(url, **typed)

    page = browser.submit(url, **typed)

    assert "This part has a date at that time already" in page.text
    [date] = db.session.scalars(db.select(TrainingSession).where(TrainingSession.repeats_part == 2)).all()
    page = browser.get(f"/sessions/{date.id}")
    assert "Put a person in" not in page.text
    assert "Book for several people" not in page.text


def test_nothing_is_moved_while_the_part_is_on(
    browser: Browser, cara: Person, later: TrainingSession
) -> None:
    url, part_id = f"/sessions/{later.id}", later.parts[1].id
    browser.signed_in(cara)
    for verb in ("move", "new-date"):
        assert browser.get(f"{url}/parts/{part_id}/{verb}").url.endswith(url)
    browser.get(f"/bookings/{make_booking(later).id}/make-up/{part_id}", status=404)


def test_a_part_with_no_later_date_says_so(browser: Browser, cara: Person, snowed: TrainingSession) -> None:
    booking_id, part_id = make_booking(snowed).id, snowed.parts[1].id
    page = browser.signed_in(cara).get(f"/bookings/{booking_id}/make-up/{part_id}")
    assert "No later date has this part" in page.text


def test_whoever_was_ill_gets_a_date_for_the_part_alone(browser: Browser, cara: Person, asha: Person) -> None:
    session = make_training_session(starts_at=NOW - WEEK, parts=2)
    booking = make_booking(session, person=asha, outcome=Outcome.PART_ATTENDED, outcome_on=NOW.date())
    part = session.parts[1]
    settle_missed_parts({booking: [part]})
    db.session.commit()
    session_id, part_id = session.id, part.id
    url = f"/bookings/{booking.id}/make-up/{part_id}"
    new_date = browser.signed_in(cara).get(url).link("Make a new date for this part")

    page = browser.submit(new_date, day=["18", "1", "2027"], starts="9am", ends="12pm", capacity="3")

    assert page.url == url
    assert "The new date is made. Choose it to book it." in page.text
    [date] = db.session.scalars(db.select(TrainingSession).where(TrainingSession.repeats_part == 2)).all()
    new_part_id = date.parts[0].id
    db.session.rollback()
    assert "is booked on Part 2 of" in browser.submit(url, part_id=new_part_id).text
    whole = make_booking(date, person=make_person("Came To All"))
    page = browser.get(f"/sessions/{session_id}/parts/{part_id}/new-date?booking={whole.id}")
    assert page.url == f"/sessions/{session_id}"


def test_registers_mark_who_comes_for_one_part(
    browser: Browser, cara: Person, asha: Person, snowed: TrainingSession
) -> None:
    over = make_training_session(snowed.course_version, starts_at=NOW - WEEK - timedelta(hours=1), parts=2)
    make_up_of(make_booking(snowed, person=asha), over.parts[1])
    url = f"/registers/{over.id}"
    db.session.rollback()
    page = browser.signed_in(cara).get(url)
    assert "Part 2 only" in page.text
    assert len(page.soup.select("fieldset")) == 1
    (mark,) = {field["name"] for field in page.soup.select("input[type=radio]")}

    marks: dict[str, Any] = {str(mark): "attended"}
    browser.submit(url, **marks)
    page = browser.get(f"{url}/close")
    assert "Make up a part that they missed Asha Patel" in page.text
    browser.submit(f"{url}/close")
    assert "Not booked" in browser.get(url).text


def test_the_dates_to_choose_from_take_as_many_queries_for_three_as_for_one(
    snowed: TrainingSession, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    part_id = snowed.parts[1].id

    def asked() -> int:
        db.session.expunge_all()
        return count_queries(lambda: queries.choices(db.session.get_one(SessionPart, part_id), now=NOW))

    def people() -> int:
        db.session.expunge_all()
        return count_queries(lambda: queries.to_make_up(db.session.get_one(SessionPart, part_id)))

    counts = []
    for number in (1, 2):
        for _ in range(number):
            before = db.session.get_one(SessionPart, part_id).training_session
            make_training_session(before.course_version, starts_at=NOW + WEEK, parts=2)
            make_booking(before)
        counts.append((asked(), people()))
    assert counts[0] == counts[1]
    assert len(queries.choices(db.session.get_one(SessionPart, part_id), now=NOW)) == 3


def test_the_booking_page_says_what_was_missed_and_how_it_ended(
    browser: Browser, asha: Person, later: TrainingSession, snowed: TrainingSession
) -> None:
    booking = make_booking(snowed, person=asha, outcome=Outcome.PART_ATTENDED, outcome_on=NOW.date())
    declined = make_up_of(
        booking,
        later.parts[1],
        status=BookingStatus.LAPSED,
        offer_until=NOW,
        person=make_person(agency=make_agency()),
    )
    url = f"/bookings/{booking.id}"
    assert not declined.makes_up_stands
    db.session.rollback()
    assert "Part 2 was cancelled" in browser.signed_in(asha).get(url).text


def test_a_trainer_of_the_later_date_alone_finds_no_link_that_they_cannot_follow(
    browser: Browser, asha: Person, tom: Person, snowed: TrainingSession
) -> None:
    first = make_booking(snowed, person=asha)
    version = snowed.course_version
    later = make_training_session(version, starts_at=NOW + 4 * WEEK, parts=2, trainers=[tom])
    made_up = make_up_of(first, later.parts[1])
    first_page, page_of_part = f"/bookings/{first.id}", f"/bookings/{made_up.id}"
    reference = first.reference

    seen = {who: browser.signed_in(who).get(page_of_part) for who in (asha, tom)}

    assert all(reference in page.text for page in seen.values())
    assert [page.soup.find("a", href=first_page) is not None for page in seen.values()] == [True, False]


def test_a_delegate_books_the_part_again_only_where_nobody_has_to_be_asked(
    browser: Browser, asha: Person, ben: Person, dev: Person, snowed: TrainingSession, later: TrainingSession
) -> None:
    booking = make_booking(snowed, person=asha)
    part = snowed.parts[1].id
    version = snowed.course_version
    full = make_training_session(version, starts_at=NOW + 5 * WEEK, parts=2, capacity=1)
    make_booking(full)
    elsewhere = make_training_session(version, starts_at=NOW + 6 * WEEK, parts=2)
    changed(elsewhere, only_agency_id=make_agency().id)
    there = make_training_session(version, starts_at=NOW + 7 * WEEK, parts=2)
    make_booking(there, person=asha)
    late = make_training_session(version, starts_at=NOW + 52 * WEEK, parts=2)
    url, fits = f"/bookings/{booking.id}/book-again/{part}", later.parts[1].id
    refused = [one.parts[1].id for one in (full, elsewhere, there, late)]
    for stranger, status in (
        (dev, 404),
        (ben, 404),
    ):  # her lead sees the booking, and she answers for herself
        browser.signed_in(stranger).get(url, status=status)

    page = browser.signed_in(asha).get(url)
    assert [field["value"] for field in page.soup.select("[name=part_id]")] == [str(fits)]
    for other in refused:
        assert browser.post(url, {"part_id": other}).errors
    browser.submit(url, part_id=fits)

    assert browser.page
    assert browser.page.h1 == "Place confirmed"
    browser.get(url, status=404)  # it is booked


@pytest.mark.one_database
def test_where_no_date_can_be_booked_the_page_says_whom_to_ask(
    browser: Browser, asha: Person, snowed: TrainingSession
) -> None:
    booking = make_booking(snowed, person=asha)

    page = browser.signed_in(asha).get(f"/bookings/{booking.id}/book-again/{snowed.parts[1].id}")

    assert "within 6 months" in page.text
    assert "write to training@board.example" in page.text
