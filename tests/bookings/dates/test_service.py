"""A published date changes, what hangs on it moves along, and people are told what was and what is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.attendance.models import AttendanceMark, Mark
from sscb_training.bookings.dates import queries, service
from sscb_training.bookings.feed.service import make_address
from sscb_training.bookings.letters import jobs
from sscb_training.bookings.letters.queries import WHY_NOT
from sscb_training.bookings.make_up.service import offer_part
from sscb_training.bookings.models import AccessNeeds, Approval, Booking, BookingStatus
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, SessionStatus, TrainingSession
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import as_it_is, change, move, tell
from tests.bookings.verbs import calendar_of, cancel, request_place, verbs, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_booking,
    make_course,
    make_person,
    make_policy,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

Outbox = Callable[[], list[Letter]]
DAY = timedelta(days=1)
LATER = SOON + 2 * DAY


def sent(letters: list[Letter]) -> None:
    """As if the worker had sent them."""
    for letter in letters:
        changed(letter, sent_at=NOW)


def untold(training_session: TrainingSession) -> queries.Untold:
    return queries.untold(training_session, now=NOW)


def test_the_changed_letter_says_what_was_and_what_is_and_comes_with_the_calendar(
    asha: Person, outbox: Outbox
) -> None:
    hall = make_venue(name="Shirehall", address="Abbey Foregate\nShrewsbury")
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    sent(outbox())
    [part] = as_it_is(training_session)
    change(training_session, replace(part, starts_at=LATER, ends_at=LATER + DAY / 4, venue=hall))
    assert len(outbox()) == 1

    assert tell(training_session) == 2

    first, letter, to_manager = outbox()
    assert letter.to_address == "asha@hill.example"
    assert letter.subject == f"Changed: {training_session.course.title}, 9 December 2026"
    for words in (
        f"You have a place on {training_session.course.title}. Something about it",
        "Time\nWas: Monday 7 December 2026, 9am to midday\nNow: Wednesday 9 December 2026, 9am to 3pm",
        "Place\nWas: online\nNow: Shirehall, Abbey Foregate, Shrewsbury",
        f"/bookings/{booking.id}",
    ):
        assert words in letter.body
    before, after = calendar_of(first).events[0], calendar_of(letter).events[0]
    assert letter.calendar_method == "REQUEST"
    assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)
    assert after["dtstart"].dt == LATER
    assert "Shirehall" in after["location"]
    assert to_manager.to_address == "mo@agency.example"
    assert "Asha Patel, Teacher (reference" in to_manager.body
    assert "Now: Wednesday 9 December 2026" in to_manager.body
    assert verbs(training_session)[-1] == "told people of the changes"
    assert not untold(training_session)


def test_several_changes_make_one_letter_and_one_taken_back_none(asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON + DAY)
    move(training_session, LATER)

    [line] = queries.in_words(untold(training_session).changes)
    assert (line.before[:17], line.now[:20]) == ("Monday 7 December", "Wednesday 9 December")

    move(training_session, SOON)
    assert not untold(training_session)
    with pytest.raises(BookingRefused, match="nothing to tell"):
        tell(training_session)
    assert outbox() == []


def test_who_booked_in_between_is_told_of_what_they_read(asha: Person, dev: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    make_booking(training_session)
    move(training_session, SOON + DAY)
    request_place(training_session, asha)
    move(training_session, LATER)
    request_place(training_session, dev)

    tell(training_session)

    said = {one.to_address: one.body for one in outbox() if one.template == "bookings/changed"}
    assert "dev@vale.example" not in said
    assert "Was: Tuesday 8 December 2026" in said.pop("asha@hill.example")
    [other] = said.values()
    assert "Was: Monday 7 December 2026" in other


def test_everybody_live_is_told_what_concerns_them(tom: Person, asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session(trainers=[tom])
    approval = saved(
        Approval(
            style=ApprovalStyle.MANAGER,
            approver_name="Una",
            approver_email="una@agency.example",
            asked_at=NOW,
            answer_by=NOW + DAY,
        )
    )
    make_booking(training_session, person=asha)
    make_booking(training_session, status=BookingStatus.AWAITING_APPROVAL, approval=approval)
    make_booking(training_session, status=BookingStatus.OFFERED, offer_until=NOW + DAY)
    waiting(training_session)
    make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)
    move(training_session, LATER)

    assert tell(training_session) == 4 + 2 + 1

    letters = outbox()
    to_delegates = [one for one in letters if one.template == "bookings/changed"]
    for words, one in zip(
        (
            "You have a place on",
            "held for you while Una",
            "offered to you until 9am",
            "You are on the waiting list",
        ),
        to_delegates,
        strict=True,
    ):
        assert words in one.body
    assert [bool(one.calendar) for one in to_delegates] == [True, False, False, False]
    assert [one.to_address for one in letters if one.template == "bookings/changed_manager"] == [
        "mo@agency.example"
    ]
    [to_approver] = [one for one in letters if one.template == "bookings/changed_approver"]
    assert to_approver.to_address == "una@agency.example"
    assert "Now: Wednesday 9 December 2026" in to_approver.body
    [to_trainer] = [one for one in letters if one.template == "bookings/changed_trainer"]
    assert to_trainer.to_address == "tom@pool.example"
    assert "Now: Wednesday 9 December 2026" in to_trainer.body


def test_a_new_address_online_is_for_those_who_may_read_it(tom: Person, asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session(trainers=[tom])
    make_booking(training_session, person=asha)
    waiting(training_session)
    [part] = as_it_is(training_session)
    change(training_session, replace(part, online_url="https://meet.example/new"))

    tell(training_session)

    assert [letter.to_address for letter in outbox()] == ["asha@hill.example", "tom@pool.example"]
    assert all("Now: https://meet.example/new" in letter.body for letter in outbox())
    assert "https://meet.example/new" in (outbox()[0].calendar or "")


def test_trainers_who_come_and_go_are_told_and_delegates_who_it_is(
    tom: Person, asha: Person, outbox: Outbox
) -> None:
    una = make_person("Una Trainer", roles=[*tom.roles], email="una@pool.example")
    training_session = make_training_session(trainers=[tom])
    make_booking(training_session, person=asha)
    change(training_session, trainers=[trainer_of(una)])

    tell(training_session)

    to_asha, to_una, to_tom = outbox()
    assert "Trainers\nWas: Tom Trainer\nNow: Una Trainer" in to_asha.body
    assert to_asha.calendar is None
    assert (to_una.to_address, to_una.subject[:16]) == ("una@pool.example", "You are to train")
    assert "Monday 7 December 2026, 9am to midday" in to_una.body
    assert (to_tom.to_address, to_tom.subject[:19]) == ("tom@pool.example", "You no longer train")


def test_the_calendar_is_right_on_both_sides_of_a_clock_change(asha: Person, outbox: Outbox) -> None:
    before, after = datetime(2027, 3, 24, 9, tzinfo=UTC), datetime(2027, 3, 31, 8, tzinfo=UTC)
    training_session = make_training_session(starts_at=before)
    request_place(training_session, asha)
    move(training_session, after)

    tell(training_session)

    letter = outbox()[1]
    assert calendar_of(letter).events[0]["dtstart"].dt == after
    assert "Was: Wednesday 24 March 2027, 9am to midday" in letter.body
    assert "Now: Wednesday 31 March 2027, 9am to midday" in letter.body


def test_the_calendar_feed_shows_the_new_time_at_once(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    with transaction():
        token = make_address(asha, now=NOW)
    move(training_session, LATER)

    feed = browser.get(f"/calendar/{token}.ics").response.get_data(as_text=True)
    assert "DTSTART:20261209T090000Z" in feed


def test_tell_nobody_keeps_the_reason_and_the_next_letter_begins_there(
    asha: Person, cara: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON + DAY)
    with transaction():
        service.tell_nobody(training_session, edition=1, reason="A slip", by=cara, now=NOW)
    assert not untold(training_session)
    assert history.entries_about(training_session)[-1].detail["reason"] == "A slip"

    move(training_session, LATER)
    tell(training_session)

    assert "Was: Tuesday 8 December 2026" in outbox()[0].body


def test_tell_refuses_a_letter_that_was_not_looked_at_and_to_tell_twice(asha: Person) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON + DAY)
    move(training_session, LATER)
    with pytest.raises(BookingRefused, match="changed again since you opened"):
        tell(training_session, edition=1)
    tell(training_session)
    with pytest.raises(BookingRefused, match="nothing to tell"):
        tell(training_session)


def test_no_two_letters_that_contradict_each_other_go_out(asha: Person, dev: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    request_place(training_session, asha)
    request_place(training_session, dev)
    sent(outbox())
    move(training_session, SOON + DAY)
    tell(training_session)
    sent([letter for letter in outbox() if letter.to_address == "dev@vale.example"])
    move(training_session, LATER)
    tell(training_session)

    to_go = [letter for letter in outbox() if letter.state == "Waiting"]
    said = {letter.to_address: letter.body for letter in to_go}
    assert len(said) == len(to_go) == 3
    assert "Was: Monday 7 December 2026" in said["asha@hill.example"]
    assert "Was: Tuesday 8 December 2026" in said["dev@vale.example"]


def test_a_confirmation_that_still_waits_is_said_by_the_changed_letter(asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    request_place(training_session, asha)
    move(training_session, LATER)
    assert outbox()[0].state == "Waiting"

    tell(training_session)

    assert [letter.state for letter in outbox()] == ["Dropped", "Waiting", "Waiting"]
    assert "The date changed" in outbox()[0].drop_reason


def test_an_offer_of_a_part_that_still_waits_is_said_by_the_changed_letter(
    asha: Person, outbox: Outbox
) -> None:
    version = make_version(make_course(title="Core groups"))
    snowed = make_training_session(version, starts_at=NOW - 7 * DAY, parts=2)
    make_booking(snowed, person=asha)
    changed(snowed.parts[1], cancelled_at=NOW, cancel_reason="Snow")
    again = make_training_session(version, repeats_part=2)
    with transaction():
        offer_part(snowed.parts[1], again.parts[0], by=None, now=NOW)
    move(again, LATER)

    tell(again)

    offer, news = [letter for letter in outbox() if letter.to_address == "asha@hill.example"]
    assert (offer.template, offer.state) == ("bookings/part_offered", "Dropped")
    assert " of Core groups is offered to you until" in news.body


def test_who_is_asked_to_approve_gets_one_letter_with_the_new_time_the_deadline_and_the_link(
    asha: Person, outbox: Outbox
) -> None:
    course = make_course(approval=ApprovalStyle.MANAGER)
    training_session = make_training_session(make_version(course))
    request_place(training_session, asha)
    move(training_session, NOW + 2 * DAY)

    tell(training_session)

    waiting = [letter for letter in outbox() if letter.state == "Waiting"]
    to_approver, to_asha = sorted(waiting, key=lambda letter: letter.template, reverse=True)
    assert (to_asha.template, to_asha.calendar) == ("bookings/changed", None)
    assert to_approver.to_address == "mo@agency.example"
    for words in (
        "Was: Monday 7 December 2026, 9am to midday\nNow: Wednesday 25 November 2026, 9am to midday",
        "Without an answer by 9am on Wednesday 25 November 2026",
        "/approve/",
    ):
        assert words in to_approver.body


def test_a_change_that_concerns_nobody_waits_for_no_letter(asha: Person) -> None:
    quiet, other = make_training_session(), make_training_session()
    make_booking(other, person=asha)
    move(quiet, LATER)
    move(other, LATER)

    assert queries.untold_dates(NOW, most=5) == [other]
    assert queries.untold_dates(LATER + DAY, most=5) == []
    tell(other)
    assert queries.untold_dates(NOW, most=5) == []


def test_joining_instructions_go_again_for_a_new_day_and_anew_when_they_still_waited(
    asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    assert jobs.send_joining_instructions(SOON - 7 * DAY) == 1
    move(training_session, SOON + timedelta(hours=1))
    tell(training_session, now=SOON - 7 * DAY)
    assert [one.state for one in outbox() if one.template == "bookings/joining"] == ["Dropped"]
    assert jobs.send_joining_instructions(SOON - 7 * DAY) == 1  # they waited, and say the new time
    sent([one for one in outbox() if one.state == "Waiting"])

    move(training_session, SOON + 30 * DAY)
    assert jobs.send_joining_instructions(SOON - 6 * DAY) == 0
    assert jobs.send_joining_instructions(SOON + 23 * DAY) == 1


@pytest.mark.parametrize(("status", "why"), [(BookingStatus.CONFIRMED, ""), (BookingStatus.LAPSED, "Lapsed")])
def test_why_not_of_a_changed_letter(status: BookingStatus, why: str) -> None:
    training_session = make_training_session()
    booking = make_booking(training_session, status=status)
    assert why in WHY_NOT["bookings/changed"](booking.id, NOW)
    assert WHY_NOT["bookings/changed_trainer"](training_session.id, NOW) == ""
    assert WHY_NOT["bookings/changed_manager"](training_session.id, LATER) == "The session is over."
    off = make_training_session(status=SessionStatus.CANCELLED)
    assert WHY_NOT["bookings/changed_trainer"](off.id, NOW) == "The session is not on."


def test_a_date_that_moves_earlier_takes_its_deadlines_along(asha: Person) -> None:
    training_session = make_training_session()
    offer = make_booking(training_session, status=BookingStatus.OFFERED, offer_until=SOON - DAY)
    early = make_booking(training_session, status=BookingStatus.OFFERED, offer_until=NOW + DAY)
    approval = saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW, answer_by=SOON - DAY))
    make_booking(training_session, status=BookingStatus.AWAITING_APPROVAL, approval=approval)
    mine = make_booking(training_session, person=asha)
    needs = saved(AccessNeeds(booking=mine, text="Large print", delete_after=SOON.date() + 14 * DAY))
    new_start = NOW + 2 * DAY

    move(training_session, new_start)

    for row in (offer, early, approval, needs, training_session):
        db.session.refresh(row)
    assert offer.offer_until == new_start
    assert early.offer_until == NOW + DAY
    assert approval.answer_by == new_start
    assert needs.delete_after == TODAY + 16 * DAY
    assert (training_session.starts_at, training_session.ends_at) == (new_start, new_start + DAY / 8)


@pytest.mark.parametrize(
    ("moved_to", "free"),
    [
        (SOON + 7 * DAY, date(2026, 12, 7)),  # its notice counts from the new start
        (SOON - 7 * DAY, date(2026, 11, 30)),  # it stays, though the start is nearer
        (NOW + 2 * DAY, date(2026, 11, 30)),
    ],
)
def test_a_move_makes_no_cancellation_late_that_was_free(
    asha: Person, moved_to: datetime, free: date, outbox: Outbox
) -> None:
    policy = make_policy()
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    changed(policy, free_days=14)  # a later rule alters nothing
    assert booking.charge_terms
    assert booking.charge_terms.free_until == date(2026, 11, 30)

    move(training_session, moved_to)

    assert booking.charge_terms.free_until == free


def test_who_is_told_of_a_move_has_five_working_days_to_give_the_place_up(
    asha: Person, outbox: Outbox
) -> None:
    make_policy()
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    too_late = SOON - 3 * DAY  # a Friday
    move(training_session, LATER, now=too_late)
    tell(training_session, now=too_late)

    assert booking.charge_terms
    assert booking.charge_terms.free_until == date(2026, 12, 11)
    assert "cancel free of charge until Friday 11 December 2026" in outbox()[-2].body
    cancel(booking, now=too_late + DAY)
    assert booking.charges == []


def test_a_new_trainer_alone_makes_nothing_free(asha: Person, tom: Person, outbox: Outbox) -> None:
    make_policy()
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    change(training_session, trainers=[trainer_of(tom)], now=SOON - DAY)
    tell(training_session, now=SOON - DAY)

    assert booking.charge_terms
    assert booking.charge_terms.free_until == date(2026, 11, 30)
    assert "free of charge" not in outbox()[1].body


def test_change_date_refuses_to_move_what_is_marked(asha: Person) -> None:
    training_session = make_training_session(starts_at=NOW + timedelta(minutes=30))
    booking = make_booking(training_session, person=asha)
    saved(
        AttendanceMark(
            session_part=training_session.parts[0], booking=booking, mark=Mark.ATTENDED, marked_at=NOW
        )
    )
    with pytest.raises(BookingRefused, match="has marks already"):
        move(training_session, SOON)
    assert db.session.get_one(TrainingSession, training_session.id).edition == 0


def test_those_with_another_place_at_the_new_time_are_found(asha: Person, dev: Person) -> None:
    training_session, other = make_training_session(), make_training_session(starts_at=LATER)
    for session in (training_session, other):
        make_booking(session, person=asha)
    make_booking(training_session, person=dev)
    make_booking(other, person=dev, status=BookingStatus.CANCELLED_BY_DELEGATE)
    assert queries.delegates_with_clashes(training_session) == []

    move(training_session, LATER)

    [clash] = queries.delegates_with_clashes(training_session)
    assert (clash.person, clash.training_session) == (asha, other)


def test_a_booking_knows_of_which_edition_it_was_told(asha: Person) -> None:
    training_session = make_training_session()
    move(training_session, LATER)
    booking = request_place(training_session, asha)
    assert db.session.get_one(Booking, booking.id).edition == 1


def test_a_part_that_was_cancelled_stays_as_it_was(asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session(parts=2)
    make_booking(training_session, person=asha)
    first, second = as_it_is(training_session)
    change(training_session, replace(first, ends_at=first.ends_at + DAY / 24), second)
    changed(training_session.parts[0], cancelled_at=NOW, cancel_reason="Snow")
    assert not untold(training_session)

    [second] = as_it_is(training_session)
    change(training_session, replace(second, ends_at=second.ends_at + DAY / 24))

    tell(training_session)
    assert "Part 2: time" in outbox()[0].body
    assert "Part 1: time" not in outbox()[0].body
    assert training_session.parts[0].starts_at == SOON
    assert (training_session.starts_at, training_session.edition) == (SOON + 7 * DAY, 2)
