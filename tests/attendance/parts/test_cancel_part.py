"""Story 7: the second part of a session is cancelled by snow at half past seven."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from sscb_training.accreditation import queries as accreditation
from sscb_training.agencies.models import Agency
from sscb_training.attendance import queries as registers
from sscb_training.attendance import service as attendance
from sscb_training.attendance.models import Mark
from sscb_training.attendance.parts import queries, service
from sscb_training.attendance.parts.rules import reason_not_to_cancel
from sscb_training.attendance.parts.service import PartRefused
from sscb_training.attendance.service import RegisterRefused
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.charges.models import Charge
from sscb_training.bookings.charges.service import settle_terms
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.queries import clashing
from sscb_training.bookings.service import calendar_file
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.clashes.queries import clashes
from sscb_training.courses.models import SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Person
from sscb_training.reports.use.queries import Filters, use_by_date
from tests.bookings.verbs import calendar_of, verbs, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_policy,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    only,
)

WEEK = timedelta(weeks=1)
Outbox = Callable[[], list[Letter]]


@pytest.fixture
def snowed(tom: Person) -> TrainingSession:
    """Two parts: one a week ago, one two hours from now."""
    course = make_course(title="Neglect: using GCP2")
    make_scheme(course, code="GCP2", pass_mark=None)
    return make_training_session(
        make_version(course), starts_at=NOW - WEEK + timedelta(hours=2), parts=2, trainers=[tom], capacity=3
    )


def cancel_part(part: SessionPart, *, now: datetime = NOW, by: Person | None = None) -> None:
    with transaction():
        service.cancel_part(part, reason="Snow", by=by, now=now)


def mark(training_session: TrainingSession, marks: dict[Booking, Mark], *, close: bool = True) -> None:
    """Mark the first part, and close the register."""
    with transaction():
        first = training_session.parts[0]
        cells = {(booking.id, first.id): one for booking, one in marks.items()}
        attendance.save_register(training_session, marks=cells, scores={}, by=None, now=NOW)
        if close:
            attendance.close_register(training_session, by=None, now=NOW)


def test_cancel_tells_delegates_those_who_wait_managers_and_trainers_at_once(
    snowed: TrainingSession, asha: Person, tom: Person, cara: Person, outbox: Outbox
) -> None:
    booking = make_booking(snowed, person=asha, calendar_letters=1)
    waits = waiting(snowed)
    elsewhere = make_booking(make_training_session(parts=2))

    cancel_part(snowed.parts[1], by=cara)

    letters = outbox()
    assert [letter.to_address for letter in letters] == [
        asha.email,
        "mo@agency.example",
        waits.person.email,
        tom.email,
    ]
    assert elsewhere.person.email not in {letter.to_address for letter in letters}
    assert all("Snow" in letter.body and "Part 2" in letter.body for letter in letters)
    assert "Part 1: " in letters[0].body
    [entry] = calendar_of(letters[0]).walk("VEVENT")
    assert entry["UID"].startswith(f"{booking.reference}-2@")
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
    assert calendar_of(letters[0])["METHOD"] == "CANCEL"
    assert letters[2].calendar in (None, "")
    assert verbs(snowed) == ["part cancelled"]


def test_cancel_reaches_somebody_without_email_through_their_lead(
    snowed: TrainingSession, hill_school: Agency, ben: Person, outbox: Outbox
) -> None:
    without = make_person("Ola Without", agency=hill_school, email=None)
    make_booking(snowed, person=without)

    cancel_part(snowed.parts[1])

    assert ben.email in {letter.to_address for letter in outbox()}


def test_what_is_read_shows_the_cancelled_part_and_an_invitation_leaves_it_out(
    snowed: TrainingSession, asha: Person
) -> None:
    booking = make_booking(snowed, person=asha)
    cancel_part(snowed.parts[1])

    file: Any = Calendar.from_ical(calendar_file(booking, at=NOW))
    first, second = file.walk("VEVENT")

    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert second["SUMMARY"].startswith("Cancelled: ")


def test_whoever_came_to_all_that_took_place_is_part_attended_until_it_is_made_up(
    snowed: TrainingSession, asha: Person, outbox: Outbox
) -> None:
    make_policy()
    came, stayed_away = make_booking(snowed, person=asha), make_booking(snowed)
    with transaction():
        settle_terms(stayed_away, now=NOW)
        settle_terms(came, now=NOW)
    cancel_part(snowed.parts[1])

    mark(snowed, {came: Mark.ATTENDED, stayed_away: Mark.DID_NOT_ATTEND})

    assert (came.outcome, stayed_away.outcome) == (Outcome.PART_ATTENDED, Outcome.DID_NOT_ATTEND)
    assert came.outcome_on == london(snowed.parts[0])
    assert accreditation.accreditations_of(asha) == []
    assert only(Charge).booking_id == stayed_away.id


def london(part: SessionPart) -> date:
    return part.starts_at.date()


def test_the_cancelled_part_is_in_no_rate(snowed: TrainingSession) -> None:
    came, left, stayed_away = (make_booking(snowed) for _ in range(3))
    cancel_part(snowed.parts[1])
    mark(snowed, {came: Mark.LATE, left: Mark.LEFT_EARLY, stayed_away: Mark.DID_NOT_ATTEND})

    begin = (NOW - 2 * WEEK).date()
    [found] = use_by_date(Filters(begin, NOW.date()), now=NOW)

    use = found.use
    assert (use.expected, use.attended, use.part_attended, use.did_not_attend) == (3, 1, 1, 1)


def test_the_register_asks_no_marks_for_it(snowed: TrainingSession) -> None:
    booking = make_booking(snowed)
    with transaction():
        cells = {(booking.id, part.id): Mark.ATTENDED for part in snowed.parts}
        late = snowed.parts[1].starts_at
        attendance.save_register(snowed, marks=cells, scores={}, by=None, now=late)
    cancel_part(snowed.parts[1], now=late)

    assert registers.reasons_to_stay_open(registers.sheet(snowed), now=NOW) == []
    cells = {(booking.id, snowed.parts[1].id): Mark.DID_NOT_ATTEND}
    with pytest.raises(RegisterRefused, match="cancelled"), transaction():
        attendance.save_register(snowed, marks=cells, scores={}, by=None, now=late)


def test_a_delegate_who_was_absent_from_the_cancelled_part_alone_did_attend(snowed: TrainingSession) -> None:
    """Their earlier mark for it counts for nothing."""
    booking = make_booking(snowed)
    second = snowed.parts[1]
    with transaction():
        cells = {(booking.id, second.id): Mark.DID_NOT_ATTEND}
        attendance.save_register(snowed, marks=cells, scores={}, by=None, now=second.starts_at)
    cancel_part(second, now=second.starts_at)

    mark(snowed, {booking: Mark.ATTENDED})

    assert booking.outcome is Outcome.PART_ATTENDED
    assert booking.missed_parts == []


def test_a_part_that_was_left_early_is_noted_as_missed_until_the_register_is_corrected() -> None:
    training_session = make_training_session(starts_at=NOW - WEEK - timedelta(hours=1), parts=2)
    booking = make_booking(training_session)
    first, second = training_session.parts
    for again, missed in ((Mark.LEFT_EARLY, [second]), (Mark.ATTENDED, [])):
        with transaction():
            if booking.outcome is not None:
                attendance.reopen_register(training_session, reason="Wrong", by=None, now=NOW)
            cells = {(booking.id, first.id): Mark.ATTENDED, (booking.id, second.id): again}
            attendance.save_register(training_session, marks=cells, scores={}, by=None, now=NOW)
            attendance.close_register(training_session, by=None, now=NOW)
        assert booking.missed_parts == missed


def test_giving_up_what_lost_a_part_is_free_and_the_receipt_says_why(outbox: Outbox) -> None:
    make_policy()
    soon = make_training_session(starts_at=NOW + timedelta(days=1), parts=2)
    booking, afterwards = make_booking(soon), make_booking(soon, requested_at=NOW + timedelta(minutes=1))
    with transaction():
        settle_terms(booking, now=NOW)
        settle_terms(afterwards, now=NOW)
    cancel_part(soon.parts[1])

    for one in (booking, afterwards):
        with transaction():
            changes.cancel(one, reason="", by=one.person, now=NOW + timedelta(minutes=2))

    assert only(Charge).booking_id == afterwards.id
    receipts = [letter.body for letter in outbox() if letter.subject.startswith("Booking cancelled")]
    assert "No charge follows: the board cancelled a part of the session" in receipts[0]


def test_a_session_without_its_first_part_begins_with_the_second() -> None:
    soon = make_training_session(starts_at=NOW + timedelta(days=1), parts=2)
    first, second = soon.parts

    cancel_part(first)

    assert (soon.starts_at, soon.ends_at) == (second.starts_at, second.ends_at)


def test_a_cancelled_part_stands_in_nobodys_way(asha: Person) -> None:
    hall = make_venue()
    snowed = make_training_session(parts=2, venue=hall)
    make_booking(snowed, person=asha)
    other = make_training_session(starts_at=snowed.parts[1].starts_at, venue=hall)
    assert clashing(other, asha)
    assert clashes(other)

    cancel_part(snowed.parts[1])

    assert not clashing(other, asha)
    assert not clashes(other)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, ""),
        ({"ends_at": NOW - WEEK}, ""),
        ({"is_marked": True}, ""),
        ({"status": SessionStatus.DRAFT}, "draft"),
        ({"status": SessionStatus.CANCELLED}, "session was cancelled"),
        ({"is_on": False}, "cancelled already"),
        ({"others": 0}, "cancel the session"),
        ({"register_is_closed": True}, "register of this session is closed"),
        ({"ends_at": NOW - WEEK, "is_marked": True}, "is over and its register was taken"),
    ],
)
def test_reason_not_to_cancel(given: dict[str, Any], why: str) -> None:
    usual: dict[str, Any] = {
        "status": SessionStatus.PUBLISHED,
        "is_on": True,
        "others": 1,
        "register_is_closed": False,
        "ends_at": NOW + WEEK,
        "is_marked": False,
        "now": NOW,
    }
    reason = reason_not_to_cancel(**usual | given)

    assert bool(reason) == bool(why)
    assert why in reason


def test_cancelling_twice_or_the_last_is_refused(outbox: Outbox) -> None:
    training_session = make_training_session(parts=2)
    first, second = training_session.parts
    cancel_part(first)

    for part, why in ((first, "already"), (second, "cancel the session")):
        with pytest.raises(PartRefused, match=why):
            cancel_part(part)
    assert outbox() == []


def test_the_count_of_those_told_takes_as_many_queries_for_three_as_for_one(
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    one, three = make_training_session(parts=2), make_training_session(parts=2)
    for training_session, number in ((one, 1), (three, 3)):
        for _ in range(number):
            make_booking(training_session)
            make_booking(training_session, person=make_person(agency=make_agency(), email=None))
    first, second = one.parts[1].id, three.parts[1].id

    def told(part_id: int) -> None:
        db.session.expunge_all()
        queries.told(db.session.get_one(SessionPart, part_id))

    assert count_queries(lambda: told(first)) == count_queries(lambda: told(second))


def test_staff_see_who_is_told_and_confirm(
    browser: Browser, ben: Person, cara: Person, snowed: TrainingSession, outbox: Outbox
) -> None:
    make_booking(snowed)
    make_booking(snowed, person=make_person("Ola Without", agency=make_agency(), email=None))
    make_booking(snowed, person=make_person("Lee Led", agency=ben.memberships[0].agency, email=None))
    session_id, first_id, part_id = snowed.id, *(part.id for part in snowed.parts)
    url = f"/sessions/{session_id}/parts/{part_id}/cancel"
    assert browser.signed_in(cara).get(f"/sessions/{session_id}").link("Cancel this part : Part 2") == url

    page = browser.get(url)
    assert "3 delegates with a place" in page.text
    assert "No letter reaches Ola Without." in page.text
    assert "cannot be undone" in page.text

    assert "Enter a reason" in browser.submit(url, reason="").text
    page = browser.submit(url, reason="Snow")

    assert "Part 2 is cancelled" in page.text
    assert "Snow" in page.text
    assert "cancelled already" in browser.get(url).text
    last = browser.get(f"/sessions/{session_id}/parts/{first_id}/cancel")
    assert last.link("Cancel the session") == f"/sessions/{session_id}/cancel"
    assert len(outbox()) == 6


def test_a_part_of_another_session_is_not_found(browser: Browser, cara: Person) -> None:
    session_id, other = make_training_session(parts=2).id, make_training_session(parts=2).parts[0].id
    browser.signed_in(cara).get(f"/sessions/{session_id}/parts/{other}/cancel", status=404)


def test_every_page_says_at_once_that_a_part_is_cancelled(
    browser: Browser, asha: Person, cara: Person, snowed: TrainingSession
) -> None:
    booking_id = make_booking(snowed, person=asha).id
    coming = make_training_session(snowed.course_version, starts_at=NOW + WEEK, parts=3)
    make_booking(coming, person=asha, status=BookingStatus.OFFERED, offer_until=NOW + WEEK)
    cancel_part(snowed.parts[1])
    cancel_part(coming.parts[2])
    code, snowed_id, coming_id = snowed.course.code, snowed.id, coming.id
    month = f"{NOW:%Y-%m}"

    assert "1 part cancelled" in browser.get(f"/courses/{code}").text
    page = browser.get(f"/dates/{coming_id}")
    assert "Part 3 is cancelled" in page.text
    assert "Snow" not in page.text
    browser.signed_in(asha)
    assert "Snow" in browser.get(f"/bookings/{booking_id}").text
    browser.get("/home")
    browser.get("/my-bookings")
    browser.signed_in(cara)
    assert "Snow" in browser.get(f"/sessions/{snowed_id}").text
    assert "Part cancelled" in browser.get(f"/sessions/calendar?month={month}").text
    page = browser.get(f"/registers/{snowed_id}")
    assert "Snow" in page.text
    assert len(page.soup.select("input[type=radio]")) == len(Mark)
