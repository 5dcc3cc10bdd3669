"""Asking for a place, giving it up, waiting, and calling a session off."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from sscb_training.agencies.models import Agency
from sscb_training.bookings import queries, service
from sscb_training.bookings.models import AccessNeeds, Booking, BookingStatus, Outcome
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_training_session,
    make_venue,
    make_version,
)

Outbox = Callable[[], list[Letter]]


def request_place(training_session: TrainingSession, person: Person, **given: Any) -> Booking:
    usual: dict[str, Any] = {"membership": person.memberships[0], "by": person, "now": NOW}
    with transaction():
        return service.request_place(training_session, person, **usual | given)


def cancel(booking: Booking, **given: Any) -> None:
    usual: dict[str, Any] = {"reason": "", "by": booking.person, "now": NOW}
    with transaction():
        service.cancel(booking, **usual | given)


def waiting(training_session: TrainingSession, **given: Any) -> Booking:
    return make_booking(training_session, status=BookingStatus.WAITLISTED, **given)


def calendar_of(letter: Letter) -> Any:
    return Calendar.from_ical(letter.calendar or "")


def verbs(row: Any) -> list[str]:
    return [entry.verb for entry in history.entries_about(row)]


def test_request_place_confirms_while_a_place_is_free(asha: Person) -> None:
    training_session = make_training_session(capacity=1)

    booking = request_place(training_session, asha)

    assert booking.status is BookingStatus.CONFIRMED
    assert (booking.confirmed_at, booking.waitlisted_at) == (NOW, None)
    assert booking.membership == asha.memberships[0]
    assert booking.requested_by_id == asha.id
    assert verbs(booking) == ["requested"]


def test_request_place_waits_when_the_session_is_full(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)

    booking = request_place(full, asha)

    assert booking.status is BookingStatus.WAITLISTED
    assert (booking.confirmed_at, booking.waitlisted_at) == (None, NOW)
    [letter] = outbox()
    assert letter.subject.startswith("You are on the waiting list")
    assert "goes to whoever has waited longest" in letter.body
    assert letter.calendar is None


def test_request_place_waits_behind_those_who_wait_though_a_place_is_free(asha: Person) -> None:
    training_session = make_training_session(capacity=1)
    waiting(training_session)

    assert request_place(training_session, asha).status is BookingStatus.WAITLISTED


def test_a_cancelled_booking_holds_no_place(asha: Person) -> None:
    training_session = make_training_session(capacity=1)
    make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)

    assert request_place(training_session, asha).status is BookingStatus.CONFIRMED


def test_a_reference_can_be_read_out_over_the_telephone(asha: Person) -> None:
    booking = request_place(make_training_session(), asha)

    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", booking.reference)


def test_the_letter_of_a_place_invites_to_every_part(asha: Person, outbox: Outbox) -> None:
    venue = make_venue(name="Shirehall", address="Abbey Foregate\nShrewsbury")
    training_session = make_training_session(make_version(what_to_bring="A pen"), parts=2, venue=venue)

    booking = request_place(training_session, asha)

    [letter] = outbox()
    assert letter.to_address == "asha@hill.example"
    assert letter.subject.startswith("Place confirmed")
    assert booking.reference in letter.body
    assert "Shirehall, Abbey Foregate, Shrewsbury" in letter.body
    assert "Please bring: A pen" in letter.body
    assert f"https://training.example.org/bookings/{booking.id}" in letter.body
    assert letter.calendar_method == "REQUEST"
    invitation = calendar_of(letter)
    assert invitation["method"] == "REQUEST"
    assert [event["uid"] for event in invitation.events] == [
        f"{booking.reference}-1@training.example.org",
        f"{booking.reference}-2@training.example.org",
    ]
    assert [event.start for event in invitation.events] == [part.starts_at for part in training_session.parts]
    assert all(event["dtstart"].to_ical().endswith(b"Z") for event in invitation.events)
    assert [event["sequence"] for event in invitation.events] == [0, 0]
    assert invitation.events[0]["location"] == "Shirehall, Abbey Foregate, Shrewsbury"
    assert invitation.events[0]["attendee"] == "mailto:asha@hill.example"


def test_a_hostile_title_stays_inside_its_calendar_entry(asha: Person, outbox: Outbox) -> None:
    course = make_course(title='Neglect\r\nATTENDEE:mailto:x@evil.example; "quoted"')
    asha_renamed = make_person('Asha"\r\nX-EVIL:1', agency=make_agency())

    request_place(make_training_session(make_version(course)), asha_renamed)

    [letter] = outbox()
    [event] = calendar_of(letter).events
    assert "X-EVIL" not in event
    assert str(event["attendee"]).startswith("mailto:person")
    assert "\n" not in letter.subject


def test_the_same_form_sent_again_is_the_same_booking(asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()

    first = request_place(training_session, asha, form_key="once")
    again = request_place(training_session, asha, form_key="once")

    assert again.id == first.id
    assert len(outbox()) == 1
    assert verbs(first) == ["requested"]


def test_the_same_form_sent_after_cancelling_does_not_book_again(asha: Person) -> None:
    training_session = make_training_session()
    cancel(request_place(training_session, asha, form_key="once"))

    again = request_place(training_session, asha, form_key="once")

    assert again.status is BookingStatus.CANCELLED_BY_DELEGATE


def test_somebody_elses_form_key_gives_nothing_away(asha: Person, dev: Person) -> None:
    training_session = make_training_session()
    request_place(training_session, asha, form_key="ashas")

    with pytest.raises(service.BookingRefused, match="could not be made just now"):
        request_place(training_session, dev, form_key="ashas")
    assert queries.live_booking(training_session, dev) is None


def test_request_place_refuses_a_second_live_booking(asha: Person) -> None:
    training_session = make_training_session()
    first = request_place(training_session, asha, form_key="one")

    with pytest.raises(service.BookingRefused, match=f"already has booking {first.reference}"):
        request_place(training_session, asha, form_key="two")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"status": SessionStatus.CANCELLED}, "was cancelled"),
        ({"status": SessionStatus.DRAFT}, "has not opened"),
        ({"starts_at": NOW}, "has started"),
        ({"starts_at": NOW - timedelta(days=1)}, "has started"),
    ],
)
def test_request_place_refuses_a_session_that_is_not_open(
    asha: Person, given: dict[str, Any], reason: str
) -> None:
    training_session = make_training_session(**given)

    with pytest.raises(service.BookingRefused, match=reason):
        request_place(training_session, asha)
    assert queries.bookings_to_come(asha, now=NOW) == []


def test_request_place_refuses_a_role_of_somebody_else_or_of_the_past(asha: Person, dev: Person) -> None:
    training_session = make_training_session()
    left = make_membership(asha, make_agency(), valid_to=TODAY - timedelta(days=1))

    for membership in (dev.memberships[0], left):
        with pytest.raises(service.BookingRefused, match="Choose a role"):
            request_place(training_session, asha, membership=membership)


def test_staff_put_a_person_in(asha: Person, cara: Person, outbox: Outbox) -> None:
    booking = request_place(make_training_session(), asha, by=cara)

    assert booking.requested_by_id == cara.id
    assert history.entries_about(booking)[0].actor_id == cara.id
    assert outbox()[0].to_address == "asha@hill.example"


def test_somebody_without_an_address_is_booked_without_a_letter(hill_school: Agency, outbox: Outbox) -> None:
    person = make_person(agency=hill_school, email=None)

    assert request_place(make_training_session(), person).status is BookingStatus.CONFIRMED
    assert outbox() == []


def test_access_needs_are_kept_apart_until_two_weeks_after_the_last_part(asha: Person) -> None:
    booking = request_place(make_training_session(parts=2), asha, access_needs="Large print")

    assert booking.access_needs is not None
    assert booking.access_needs.text == "Large print"
    assert booking.access_needs.delete_after == date(2026, 12, 28)
    assert "Large print" not in str([entry.detail for entry in history.entries_about(booking)])


def test_cancel_sends_a_dated_receipt_and_takes_the_entry_out_of_the_calendar(
    asha: Person, outbox: Outbox
) -> None:
    booking = request_place(make_training_session(), asha, access_needs="Large print")

    cancel(booking, reason="On leave")

    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE
    assert (booking.ended_at, booking.end_reason, booking.outcome) == (NOW, "On leave", None)
    assert db.session.scalar(select(AccessNeeds)) is None
    assert verbs(booking) == ["requested", "cancelled"]
    assert history.entries_about(booking)[1].detail == {"status": ["Confirmed", "Cancelled"]}
    invited, receipt = outbox()
    assert "cancelled on 23 November 2026 at 9am" in receipt.body
    assert "This letter is your receipt" in receipt.body
    assert receipt.calendar_method == "CANCEL"
    [event] = calendar_of(receipt).events
    [before] = calendar_of(invited).events
    assert (event["uid"], event["status"]) == (before["uid"], "CANCELLED")
    assert event["sequence"] > before["sequence"]


def test_cancel_gives_the_place_to_the_first_who_waits(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full, person=asha)
    second = waiting(full, waitlisted_at=NOW - timedelta(hours=1))
    first = waiting(full, waitlisted_at=NOW - timedelta(hours=2))

    cancel(booking)

    assert (first.status, second.status) == (BookingStatus.CONFIRMED, BookingStatus.WAITLISTED)
    assert first.confirmed_at == NOW
    assert verbs(first) == ["promoted"]
    promoted = outbox()[-1]
    assert promoted.subject.startswith("A place is yours")
    assert promoted.to_address == first.person.email
    assert calendar_of(promoted)["method"] == "REQUEST"


def test_those_who_began_to_wait_at_once_are_served_by_number() -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full)
    first, second = waiting(full, waitlisted_at=NOW), waiting(full, waitlisted_at=NOW)

    cancel(booking)

    assert (first.status, second.status) == (BookingStatus.CONFIRMED, BookingStatus.WAITLISTED)


def test_cancel_of_a_wait_promotes_nobody_and_has_no_calendar_entry(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    booking, next_one = waiting(full, person=asha), waiting(full)

    cancel(booking)

    assert next_one.status is BookingStatus.WAITLISTED
    [receipt] = outbox()
    assert "place on the waiting list" in receipt.body
    assert receipt.calendar is None


def test_cancel_twice_promotes_one(asha: Person) -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full, person=asha)
    first, second = waiting(full), waiting(full)
    cancel(booking)

    with pytest.raises(service.BookingRefused, match="ended already"):
        cancel(booking)
    assert (first.status, second.status) == (BookingStatus.CONFIRMED, BookingStatus.WAITLISTED)


def test_cancel_is_refused_once_the_session_has_started() -> None:
    booking = make_booking(make_training_session(starts_at=NOW))

    with pytest.raises(service.BookingRefused, match="has started"):
        cancel(booking)
    assert booking.status is BookingStatus.CONFIRMED


def test_a_place_that_the_board_takes_away_says_so(asha: Person, cara: Person, outbox: Outbox) -> None:
    booking = make_booking(make_training_session(), person=asha)

    cancel(booking, by=cara, reason="The course is for another group.", board_decided=True)

    assert booking.status is BookingStatus.CANCELLED_BY_BOARD
    assert (booking.outcome, booking.outcome_on) == (Outcome.CANCELLED_BY_BOARD, TODAY)
    [letter] = outbox()
    assert "cancelled by the board" in letter.body
    assert "The course is for another group." in letter.body


def test_nobody_is_promoted_once_the_session_has_started() -> None:
    training_session = make_training_session(starts_at=NOW, capacity=5)
    who_waits = waiting(training_session)

    with transaction():
        promoted = service.promote_waiting(training_session, now=NOW)

    assert list(promoted) == []
    assert who_waits.status is BookingStatus.WAITLISTED


def test_change_capacity_upwards_promotes_in_order() -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    first, second, third = waiting(full), waiting(full), waiting(full)

    with transaction():
        service.change_capacity(full, 3, by=None, now=NOW)

    assert full.capacity == 3
    assert [b.status for b in (first, second)] == [BookingStatus.CONFIRMED] * 2
    assert third.status is BookingStatus.WAITLISTED
    [entry] = history.entries_about(full)
    assert entry.detail == {"capacity": [1, 3]}


@pytest.mark.parametrize(("holding", "words"), [(1, "1 person holds a place"), (2, "2 people hold places")])
def test_change_capacity_never_goes_below_the_places_held(holding: int, words: str) -> None:
    training_session = make_training_session(capacity=3)
    for _ in range(holding):
        make_booking(training_session)

    with pytest.raises(service.BookingRefused, match=words), transaction():
        service.change_capacity(training_session, holding - 1, by=None, now=NOW)
    with transaction():
        service.change_capacity(training_session, holding, by=None, now=NOW)
    assert training_session.capacity == holding


def test_change_capacity_stays_within_the_room() -> None:
    training_session = make_training_session(capacity=20, venue=make_venue(name="Shirehall", capacity=30))

    with pytest.raises(service.BookingRefused, match="Shirehall holds 30 people"), transaction():
        service.change_capacity(training_session, 31, by=None, now=NOW)
    assert training_session.capacity == 20


def test_cancel_session_tells_everybody(asha: Person, dev: Person, tom: Person, outbox: Outbox) -> None:
    training_session = make_training_session(capacity=1, trainers=[tom])
    confirmed = make_booking(training_session, person=asha)
    waits = waiting(training_session, person=dev)
    gone = make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)

    with transaction():
        service.cancel_session(training_session, reason="Snow", by=None, now=NOW)

    assert training_session.status is SessionStatus.CANCELLED
    assert (training_session.cancelled_at, training_session.cancel_reason) == (NOW, "Snow")
    for booking in (confirmed, waits):
        assert booking.status is BookingStatus.CANCELLED_BY_BOARD
        assert booking.outcome is Outcome.CANCELLED_BY_BOARD
    assert gone.status is BookingStatus.CANCELLED_BY_DELEGATE
    letters = {letter.to_address: letter for letter in outbox()}
    assert set(letters) == {"asha@hill.example", "dev@vale.example", "tom@pool.example"}
    assert all("Snow" in letter.body for letter in letters.values())
    assert letters["asha@hill.example"].calendar_method == "CANCEL"
    assert letters["asha@hill.example"].calendar
    assert letters["dev@vale.example"].calendar is None


def test_cancel_session_is_refused_twice_and_afterwards() -> None:
    over = make_training_session(starts_at=NOW - timedelta(hours=3))
    cancelled = make_training_session(status=SessionStatus.CANCELLED)

    for training_session, reason in ((over, "is over"), (cancelled, "cancelled already")):
        with pytest.raises(service.BookingRefused, match=reason), transaction():
            service.cancel_session(training_session, reason="Snow", by=None, now=NOW)


def test_a_walk_in_is_confirmed_though_the_session_is_full_and_has_started(asha: Person, tom: Person) -> None:
    training_session = make_training_session(capacity=0, starts_at=NOW)

    with transaction():
        booking = service.add_walk_in(training_session, asha, membership=asha.memberships[0], by=tom, now=NOW)

    assert booking.status is BookingStatus.CONFIRMED
    assert booking.unscheduled
    assert verbs(booking) == ["walked in"]


def test_a_walk_in_from_the_waiting_list_keeps_their_booking(asha: Person) -> None:
    training_session = make_training_session(capacity=0)
    waited = waiting(training_session, person=asha)

    with transaction():
        booking = service.add_walk_in(training_session, asha, membership=None, by=None, now=SOON)

    assert booking.id == waited.id
    assert (booking.status, booking.unscheduled) == (BookingStatus.CONFIRMED, True)


def test_a_walk_in_with_a_place_is_already_on_the_register(asha: Person) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)

    with pytest.raises(service.BookingRefused, match="has a place already"), transaction():
        service.add_walk_in(training_session, asha, membership=None, by=None, now=SOON)


def test_nobody_walks_into_a_cancelled_session_or_in_anothers_role(asha: Person, dev: Person) -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED)
    with pytest.raises(service.BookingRefused, match="is not on"), transaction():
        service.add_walk_in(cancelled, asha, membership=None, by=None, now=NOW)
    with pytest.raises(service.BookingRefused, match="Choose a role"), transaction():
        service.add_walk_in(make_training_session(), asha, membership=dev.memberships[0], by=None, now=NOW)


def test_settle_outcome_and_unsettle_it() -> None:
    booking = make_booking(make_training_session())

    with transaction():
        service.settle_outcome(booking, Outcome.PART_ATTENDED, on=TODAY, now=NOW)
    assert (booking.outcome, booking.outcome_on) == (Outcome.PART_ATTENDED, TODAY)

    with transaction():
        service.settle_outcome(booking, None, on=TODAY, now=NOW)
    assert (booking.outcome, booking.outcome_on, booking.outcome_recorded_at) == (None, None, None)


def test_settle_outcome_keeps_when_it_was_first_recorded_until_it_changes() -> None:
    booking = make_booking(make_training_session())
    recorded = []

    for days, outcome in enumerate([Outcome.ATTENDED, Outcome.ATTENDED, Outcome.DID_NOT_ATTEND]):
        with transaction():
            service.settle_outcome(booking, outcome, on=TODAY, now=NOW + timedelta(days=days))
        recorded.append(booking.outcome_recorded_at)

    assert recorded == [NOW, NOW, NOW + timedelta(days=2)]


def test_who_looked_at_access_needs_is_recorded_and_what_they_saw_is_not(asha: Person, tom: Person) -> None:
    training_session = make_training_session(trainers=[tom])
    request_place(training_session, asha, access_needs="A chair with arms")

    with transaction():
        needs = service.see_access_needs(training_session, by=tom, now=NOW)

    assert [need.text for need in needs] == ["A chair with arms"]
    [entry] = history.entries_about(training_session)
    assert (entry.verb, entry.actor_id, entry.detail) == ("access needs viewed", tom.id, {"number": 1})
