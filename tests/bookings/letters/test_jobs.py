"""Joining instructions go on time, once, to those who have a place, and hold what is needed to come."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sscb_training.bookings.letters import jobs, queries
from sscb_training.bookings.models import AccessNeeds, BookingStatus
from sscb_training.core.board import BoardSetting
from sscb_training.core.mail import Letter
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_booking,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

Outbox = Callable[[], list[Letter]]
A_WEEK_BEFORE = SOON - timedelta(days=7)
THE_DAY_BEFORE = SOON - timedelta(days=1)


def test_send_joining_instructions_goes_twice_to_delegate_and_manager(asha: Person, outbox: Outbox) -> None:
    make_booking(make_training_session(), person=asha)

    assert jobs.send_joining_instructions(A_WEEK_BEFORE - timedelta(days=1)) == 0
    assert jobs.send_joining_instructions(A_WEEK_BEFORE) == 1
    assert jobs.send_joining_instructions(A_WEEK_BEFORE + timedelta(hours=1)) == 0
    assert jobs.send_joining_instructions(THE_DAY_BEFORE) == 1
    assert jobs.send_joining_instructions(THE_DAY_BEFORE + timedelta(hours=1)) == 0

    assert [letter.to_address for letter in outbox()] == ["asha@hill.example", "mo@agency.example"] * 2


def test_send_joining_instructions_says_how_to_come_and_nothing_about_access_needs(
    asha: Person, outbox: Outbox
) -> None:
    hall = make_venue(name="Shirehall", address="Abbey Foregate\nShrewsbury", access="Lift to every floor.")
    training_session = make_training_session(
        make_version(what_to_bring="A laptop"), parts=2, joining_instructions="Ring the bell."
    )
    first, second = training_session.parts
    changed(first, venue=hall)
    changed(second, online_url="https://meet.example/abc")
    booking = make_booking(training_session, person=asha)
    saved(AccessNeeds(booking=booking, text="Large print", delete_after=TODAY))

    jobs.send_joining_instructions(A_WEEK_BEFORE)

    to_delegate, to_manager = outbox()
    for words in (
        "Part 1: Monday 7 December 2026, 9am to midday\n\nShirehall, Abbey Foregate, Shrewsbury\n\nLift to every floor.",
        "Part 2: Monday 14 December 2026, 9am to midday\n\nOnline:\nhttps://meet.example/abc",
        "Please bring: A laptop",
        "Ring the bell.",
        "write to training@board.example",
    ):
        assert words in to_delegate.body
    assert "\n\n\n" not in to_delegate.body
    assert "Asha Patel has a place" in to_manager.body
    assert "meet.example" not in to_manager.body
    assert not any("Large print" in letter.body for letter in outbox())


@pytest.mark.parametrize("hours_before", [100, 30, 2])
def test_send_joining_instructions_to_who_is_confirmed_late_goes_once(
    asha: Person, outbox: Outbox, hours_before: int
) -> None:
    make_booking(make_training_session(), person=asha)

    assert jobs.send_joining_instructions(SOON - timedelta(hours=hours_before)) == 1
    assert len(outbox()) == 2


def test_send_joining_instructions_never_after_the_start(asha: Person) -> None:
    make_booking(make_training_session(), person=asha)

    assert jobs.send_joining_instructions(SOON) == 0


def test_send_joining_instructions_only_to_the_confirmed_of_published_sessions(outbox: Outbox) -> None:
    for status in BookingStatus:
        if status is not BookingStatus.CONFIRMED:
            make_booking(make_training_session(), status=status)
    for state in (SessionStatus.DRAFT, SessionStatus.CANCELLED):
        make_booking(make_training_session(status=state))

    assert jobs.send_joining_instructions(THE_DAY_BEFORE) == 0
    assert outbox() == []


def test_send_joining_instructions_counts_days_by_the_clocks_of_london(asha: Person) -> None:
    before_midnight = datetime(2027, 3, 23, 23, 59, tzinfo=UTC)
    make_booking(make_training_session(starts_at=datetime(2027, 3, 31, 8, tzinfo=UTC)), person=asha)

    assert jobs.send_joining_instructions(before_midnight) == 0
    assert jobs.send_joining_instructions(before_midnight + timedelta(minutes=1)) == 1


def test_send_joining_instructions_when_the_board_says(asha: Person) -> None:
    make_booking(make_training_session(), person=asha)
    saved(BoardSetting(name="joining_days_first", value=14))

    assert jobs.send_joining_instructions(NOW) == 1


def test_send_joining_instructions_asks_the_same_of_the_database_for_three_as_for_one_that_had_them(
    outbox: Outbox, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    make_booking(make_training_session())
    jobs.send_joining_instructions(A_WEEK_BEFORE)
    one = count_queries(lambda: jobs.send_joining_instructions(A_WEEK_BEFORE))
    for _ in range(2):
        make_booking(make_training_session())
    jobs.send_joining_instructions(A_WEEK_BEFORE)

    assert count_queries(lambda: jobs.send_joining_instructions(A_WEEK_BEFORE)) == one


def test_joining_due_finds_the_sessions_of_the_coming_days_by_their_start(
    explain: Callable[[Callable[[], object]], str],
) -> None:
    """And not each confirmed booking that ever was, to ask of it when it begins: no one column would say so."""
    plan = explain(lambda: queries.joining_due(NOW))

    assert "training_session" in plan
    assert "COALESCE" not in plan
    assert "(status=?)" not in plan
