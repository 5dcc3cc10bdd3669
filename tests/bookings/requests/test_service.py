"""Asking for a place."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from sscb_training.agencies.models import Agency
from sscb_training.bookings import queries
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.bookings.verbs import calendar_of, cancel, request_place, verbs, waiting
from tests.factories import (
    NOW,
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


def test_request_place_confirms_while_a_place_is_free(asha: Person) -> None:
    training_session = make_training_session(capacity=1)

    booking = request_place(training_session, asha)

    assert booking.status is BookingStatus.CONFIRMED
    assert (booking.confirmed_at, booking.waitlisted_at) == (NOW, None)
    assert booking.membership == asha.memberships[0]
    assert booking.requested_by_id == asha.id
    assert verbs(booking) == ["requested"]


@pytest.mark.one_database
def test_request_place_holds_the_date_before_it_counts_though_nobody_waits(asha: Person) -> None:
    """Where somebody waits, offering free places holds it too, which is what the race meets."""
    training_session = make_training_session(capacity=1)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    request_place(training_session, asha)
    event.remove(db.engine, "before_cursor_execute", note)

    held = next(place for place, one in enumerate(sent) if one.startswith("UPDATE training_session "))
    assert held < next(place for place, one in enumerate(sent) if "count(" in one and "booking" in one)


def test_request_place_waits_when_the_session_is_full(asha: Person, outbox: Outbox) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)

    booking = request_place(full, asha)

    assert booking.status is BookingStatus.WAITLISTED
    assert (booking.confirmed_at, booking.waitlisted_at) == (None, NOW)
    [letter] = outbox()
    assert letter.subject.startswith("You are on the waiting list")
    assert "is offered to whoever has waited longest" in letter.body
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

    with pytest.raises(BookingRefused, match="could not be made just now"):
        request_place(training_session, dev, form_key="ashas")
    assert queries.live_booking(training_session, dev) is None


def test_request_place_refuses_a_second_live_booking(asha: Person) -> None:
    training_session = make_training_session()
    first = request_place(training_session, asha, form_key="one")

    with pytest.raises(BookingRefused, match=f"already has booking {first.reference}"):
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

    with pytest.raises(BookingRefused, match=reason):
        request_place(training_session, asha)
    assert queries.bookings_to_come(asha, now=NOW) == []


def test_request_place_refuses_a_role_of_somebody_else_or_of_the_past(asha: Person, dev: Person) -> None:
    training_session = make_training_session()
    left = make_membership(asha, make_agency(), valid_to=TODAY - timedelta(days=1))

    for membership in (dev.memberships[0], left):
        with pytest.raises(BookingRefused, match="Choose a role"):
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
