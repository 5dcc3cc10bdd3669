"""Checking oneself in, and everything by which somebody could seem to be where they are not."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sscb_training.attendance import queries, service
from sscb_training.attendance.check_in import queries as check_ins
from sscb_training.attendance.check_in import rules
from sscb_training.attendance.door.service import let_in
from sscb_training.attendance.models import CheckIn, DoorRequest, Mark
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionPart, TrainingSession
from sscb_training.people.models import FailedAttempt, Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_person,
    make_register,
    make_training_session,
    make_version,
)

At = Callable[[datetime], None]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def day(tom: Person) -> TrainingSession:
    """A session that begins in half an hour, and whose second part is next week."""
    version = make_version(make_course(title="Neglect: using GCP2"))
    return make_training_session(version, starts_at=NOW + 30 * MINUTE, parts=2, trainers=[tom])


@pytest.fixture
def booking(day: TrainingSession, asha: Person) -> Booking:
    return make_booking(day, person=asha)


def code(part: SessionPart, *, at: datetime = NOW) -> str:
    return check_ins.code_of(part, rules.step_of(at))


def scan(browser: Browser, part: SessionPart, *, at: datetime = NOW) -> Page:
    return browser.get(f"/check-in?code={code(part, at=at)}")


def checked_in() -> list[tuple[int, int]]:
    db.session.rollback()
    return [(one.booking_id, one.session_part_id) for one in db.session.scalars(db.select(CheckIn))]


def count(model: Any) -> int:
    db.session.rollback()
    return len(db.session.scalars(db.select(model)).all())


def test_a_delegate_checks_in_and_the_trainer_confirms(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person, tom: Person
) -> None:
    part, cell = day.parts[0], (booking.id, day.parts[0].id)
    page = scan(browser.signed_in(asha), part)
    assert page.h1 == "Check in"
    assert checked_in() == []  # looking is not coming
    done = browser.fill(page, button="Check in as Asha Patel")
    assert done.h1 == "You are checked in"
    assert scan(browser, part).h1 == "You are checked in"
    browser.fill(page, button="Check in as Asha Patel")  # sent twice
    assert checked_in() == [cell]
    assert queries.sheet(day).marks == {}

    register = browser.signed_in(tom).get(f"/registers/{day.id}")
    assert "Checked in 9am" in register.text
    browser.fill(register, button="Mark who checked in as attended Part 1")

    assert queries.sheet(day).marks == {cell: Mark.ATTENDED}
    assert "Mark who checked in" not in browser.get(f"/registers/{day.id}").text


def test_confirming_leaves_what_a_trainer_marked(
    browser: Browser, day: TrainingSession, booking: Booking, tom: Person
) -> None:
    cell = (booking.id, day.parts[0].id)
    with transaction():
        db.session.add(CheckIn(booking_id=cell[0], session_part_id=cell[1], checked_in_at=NOW))
        service.save_register(day, marks={cell: Mark.DID_NOT_ATTEND}, scores={}, by=tom, now=NOW)

    browser.signed_in(tom).post(f"/registers/{day.id}/parts/{cell[1]}/confirm-check-ins")

    assert queries.sheet(day).marks == {cell: Mark.DID_NOT_ATTEND}


def test_whoever_is_not_signed_in_needs_their_reference(
    browser: Browser, day: TrainingSession, booking: Booking
) -> None:
    page = scan(browser, day.parts[0])
    other = make_booking(make_training_session())
    for wrong in ("", "AAAA-0000", other.reference):
        assert browser.fill(page, reference=wrong).errors
    assert checked_in() == []

    done = browser.fill(page, reference=booking.reference.lower().replace("-", " "))

    assert done.h1 == "You are checked in"
    assert "Asha" not in done.text  # whoever has a reference learns no name from it
    assert checked_in() == [(booking.id, day.parts[0].id)]


@pytest.mark.one_database
@pytest.mark.parametrize("minutes", [-31, 91])
def test_no_code_works_early_or_late(
    browser: Browser, at: At, day: TrainingSession, booking: Booking, asha: Person, minutes: int
) -> None:
    now = NOW + minutes * MINUTE
    at(now)

    page = scan(browser.signed_in(asha), day.parts[0], at=now)

    assert "not the code of a session that is on" in page.errors[0]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seconds", "answer"), [(29, ""), (59, ""), (61, "That code is over"), (3600, "not the code")]
)
def test_a_photograph_of_the_code_is_soon_worth_nothing(
    browser: Browser, at: At, day: TrainingSession, booking: Booking, asha: Person, seconds: int, answer: str
) -> None:
    url = f"/check-in?code={code(day.parts[0])}"
    at(NOW + timedelta(seconds=seconds))

    page = browser.signed_in(asha).get(url)

    assert [answer in error for error in page.errors] == ([True] if answer else [])


def test_what_was_read_in_time_can_be_finished_for_a_while_and_no_longer(
    browser: Browser, at: At, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    first = scan(browser, day.parts[0])
    link = first.link("sign in")
    assert link.startswith("/sign-in?next=/check-in")
    at(NOW + 9 * MINUTE)
    assert browser.fill(first, reference="AAAA-0000").errors[0].startswith("No place")
    at(NOW + 11 * MINUTE)

    assert browser.fill(first, reference=booking.reference).errors[0].startswith("That took too long")
    assert browser.get("/check-in?ticket=forged").errors[0].startswith("That took too long")
    assert checked_in() == []


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED_BY_DELEGATE, BookingStatus.WAITLISTED, None])
def test_nobody_without_a_place_checks_in_but_they_can_ask(
    browser: Browser, day: TrainingSession, asha: Person, tom: Person, status: BookingStatus | None
) -> None:
    if status is not None:
        make_booking(day, person=asha, status=status)
    make_booking(make_training_session(starts_at=day.starts_at), person=asha)  # and a place elsewhere
    page = scan(browser.signed_in(asha), day.parts[0])
    assert page.h1 == "You have no place in this session"
    assert browser.fill(page).h1 == "The trainer has been asked"
    browser.fill(page)
    assert (checked_in(), count(DoorRequest)) == ([], 1)

    register = browser.signed_in(tom).get(f"/registers/{day.id}")
    assert "Asked at 9am, and has no place" in register.text
    browser.fill(register, button="Let in Asha Patel")

    [booking] = queries.sheet(day).delegates
    assert (booking.person.name, booking.unscheduled, count(DoorRequest)) == ("Asha Patel", True, 0)
    assert checked_in() == [(booking.id, day.parts[0].id)]
    assert queries.sheet(day).marks == {}


def test_a_place_given_up_meanwhile_is_none(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    page = scan(browser.signed_in(asha), day.parts[0])
    changed(booking, status=BookingStatus.CANCELLED_BY_DELEGATE)

    assert browser.fill(page).h1 == "You have no place in this session"
    assert checked_in() == []


def test_a_closed_register_takes_no_check_in(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    page = scan(browser.signed_in(asha), day.parts[0])
    make_register(day)

    browser.fill(page, status=409)

    assert checked_in() == []


def test_turned_away_is_answered_once(
    browser: Browser, day: TrainingSession, asha: Person, tom: Person
) -> None:
    browser.fill(scan(browser.signed_in(asha), day.parts[0]))
    register = browser.signed_in(tom).get(f"/registers/{day.id}")
    browser.fill(register, button="Turn away Asha Patel")

    browser.fill(register, button="Let in Asha Patel", status=404)

    assert list(queries.sheet(day).delegates) == []


def test_who_was_let_in_otherwise_asks_no_more(
    browser: Browser, day: TrainingSession, asha: Person, tom: Person
) -> None:
    browser.fill(scan(browser.signed_in(asha), day.parts[0]))
    assert "Ask to be let in" in browser.signed_in(tom).get(f"/registers/{day.id}").text
    with transaction():
        let_in(day, asha, membership=asha.memberships[0], by=tom, now=NOW)

    register = browser.get(f"/registers/{day.id}").text

    assert "Asha Patel" in register
    assert "Ask to be let in" not in register


def test_who_asked_is_forgotten_once_the_register_is_closed(
    browser: Browser, day: TrainingSession, booking: Booking, dev: Person
) -> None:
    browser.fill(scan(browser.signed_in(dev), day.parts[0]))
    assert count(DoorRequest) == 1
    later = NOW + timedelta(days=8)
    marks = {(booking.id, part.id): Mark.ATTENDED for part in day.parts}
    with transaction():
        service.save_register(day, marks=marks, scores={}, by=None, now=later)
    with transaction():
        service.close_register(day, by=None, now=later)

    assert count(DoorRequest) == 0


@pytest.fixture
def codes_that_are_none(day: TrainingSession) -> Iterator[str]:
    return iter([f"{number:06}" for number in range(100000, 100200)])


@pytest.mark.one_database
@pytest.mark.parametrize("signed_in", [True, False])
def test_guessing_is_stopped_whatever_a_header_says(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person, codes_that_are_none: Iterator[str],
    signed_in: bool,
) -> None:  # fmt: skip
    """Ten for a person, a hundred for a network; then a right code opens nothing either, but to whoever is signed in."""
    if signed_in:
        browser.signed_in(asha)
    most = 10 if signed_in else 100
    db.session.rollback()
    answers = [
        browser.client.get(
            f"/check-in?code={next(codes_that_are_none)}", headers={"X-Forwarded-For": f"192.0.2.{number}"}
        ).status_code
        for number in range(most + 1)
    ]

    assert answers == [200] * most + [429]
    right = f"/check-in?code={code(day.parts[0])}"
    assert browser.client.get(right).status_code == 429
    if not signed_in:
        browser.signed_in(asha)
        assert browser.client.get(right).status_code == 200


def test_right_codes_and_old_ones_are_no_guesses(
    browser: Browser, at: At, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    browser.signed_in(asha)
    scan(browser, day.parts[0])
    scan(browser, day.parts[0], at=NOW - 2 * MINUTE)

    assert count(FailedAttempt) == 0


@pytest.mark.one_database
def test_a_check_in_needs_a_token_and_goes_nowhere_else(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    ticket = check_ins.ticket(day.parts[0], now=NOW)
    for path in ("/check-in", "/check-in/confirm", "/check-in/ask"):
        browser.signed_in(asha).post(path, {"ticket": ticket}, token=False, status=400)
    browser.get("/check-in/confirm", status=405)
    page = browser.get(f"/check-in?ticket={ticket}&next=https://evil.example")
    assert "evil" not in browser.fill(page).response.get_data(as_text=True)


@pytest.mark.one_database
def test_the_wall_shows_the_code_of_now_and_changes_it(
    browser: Browser, at: At, day: TrainingSession, booking: Booking, tom: Person
) -> None:
    page = browser.signed_in(tom).get(f"/registers/{day.id}/check-in")
    assert rules.as_shown(code(day.parts[0])) in page.text
    assert "0 of 1 checked in" in page.text
    assert "training.example.org/check-in" in page.text
    assert page.soup.select_one("noscript meta")["content"] == "31"  # type: ignore[index]
    at(NOW + timedelta(seconds=30))
    assert rules.as_shown(code(day.parts[0])) not in browser.get(f"/registers/{day.id}/check-in").text
    at(NOW + timedelta(hours=3))
    assert browser.signed_in(tom).get(f"/registers/{day.id}/check-in").h1 == "Check-in is not open"
    assert code(day.parts[0]) != code(day.parts[1])


@pytest.mark.one_database
def test_only_who_takes_the_register_has_the_wall(
    browser: Browser, day: TrainingSession, booking: Booking, asha: Person
) -> None:
    stranger = make_person(roles=[Role.TRAINER])
    for path, status in (("check-in", 404), ("parts/1/confirm-check-ins", 405)):
        browser.signed_in(stranger).get(f"/registers/{day.id}/{path}", status=status)
        browser.signed_in(asha).get(f"/registers/{day.id}/{path}", status=403 if status == 404 else 405)
