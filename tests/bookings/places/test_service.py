"""Free places are offered in order; how many there are and for whom; who walks in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings import queries
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.places import jobs, service
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel, request_place, verbs, waiting
from tests.factories import NOW, SOON, make_booking, make_person, make_training_session, make_venue

Outbox = Callable[[], list[Letter]]


def test_those_who_began_to_wait_at_once_are_served_by_number() -> None:
    full = make_training_session(capacity=1)
    booking = make_booking(full)
    first, second = waiting(full, waitlisted_at=NOW), waiting(full, waitlisted_at=NOW)

    cancel(booking)

    assert (first.status, second.status) == (BookingStatus.OFFERED, BookingStatus.WAITLISTED)


def test_nobody_is_offered_a_place_once_the_session_has_started() -> None:
    training_session = make_training_session(starts_at=NOW, capacity=5)
    who_waits = waiting(training_session)

    with transaction():
        offered = service.offer_free_places(training_session, now=NOW)

    assert list(offered) == []
    assert who_waits.status is BookingStatus.WAITLISTED


def test_change_capacity_upwards_offers_in_order() -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    first, second, third = waiting(full), waiting(full), waiting(full)

    with transaction():
        service.change_capacity(full, 3, by=None, now=NOW)

    assert full.capacity == 3
    assert [b.status for b in (first, second)] == [BookingStatus.OFFERED] * 2
    assert third.status is BookingStatus.WAITLISTED
    [entry] = history.entries_about(full)
    assert entry.detail == {"capacity": [1, 3]}


@pytest.mark.parametrize(("holding", "words"), [(1, "1 person holds a place"), (2, "2 people hold places")])
def test_change_capacity_never_goes_below_the_places_held(holding: int, words: str) -> None:
    training_session = make_training_session(capacity=3)
    for _ in range(holding):
        make_booking(training_session)

    with pytest.raises(BookingRefused, match=words), transaction():
        service.change_capacity(training_session, holding - 1, by=None, now=NOW)
    with transaction():
        service.change_capacity(training_session, holding, by=None, now=NOW)
    assert training_session.capacity == holding


def test_change_capacity_stays_within_the_room() -> None:
    training_session = make_training_session(capacity=20, venue=make_venue(name="Shirehall", capacity=30))

    with pytest.raises(BookingRefused, match="Shirehall holds 30 people"), transaction():
        service.change_capacity(training_session, 31, by=None, now=NOW)
    assert training_session.capacity == 20


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

    with pytest.raises(BookingRefused, match="has a place already"), transaction():
        service.add_walk_in(training_session, asha, membership=None, by=None, now=SOON)


def test_nobody_walks_into_a_cancelled_session_or_in_anothers_role(asha: Person, dev: Person) -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED)
    with pytest.raises(BookingRefused, match="is not on"), transaction():
        service.add_walk_in(cancelled, asha, membership=None, by=None, now=NOW)
    with pytest.raises(BookingRefused, match="Choose a role"), transaction():
        service.add_walk_in(make_training_session(), asha, membership=dev.memberships[0], by=None, now=NOW)


def test_who_looked_at_access_needs_is_recorded_and_what_they_saw_is_not(asha: Person, tom: Person) -> None:
    training_session = make_training_session(trainers=[tom])
    request_place(training_session, asha, access_needs="A chair with arms")

    with transaction():
        needs = service.see_access_needs(training_session, by=tom, now=NOW)

    assert [need.text for need in needs] == ["A chair with arms"]
    [entry] = history.entries_about(training_session)
    assert (entry.verb, entry.actor_id, entry.detail) == ("access needs viewed", tom.id, {"number": 1})


def test_an_offer_says_until_when_and_holds_the_place(outbox: Outbox) -> None:
    full = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    booking, first = make_booking(full), waiting(full)

    cancel(booking)

    assert (first.offered_at, first.offer_until) == (NOW, datetime(2026, 11, 25, 17, tzinfo=UTC))
    assert queries.places_left([full.id]) == {full.id: 0}
    assert verbs(first) == ["offered"]
    letter = outbox()[-1]
    assert letter.to_address == first.person.email
    assert "answer by 5pm on Wednesday 25 November 2026" in letter.body
    assert letter.calendar is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (datetime(2026, 11, 24, 22, tzinfo=UTC), datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
    ],
)
def test_an_offer_close_to_the_date_is_short_and_never_outlasts_its_start(
    now: datetime, until: datetime
) -> None:
    full = make_training_session(capacity=1, starts_at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
    booking, first = make_booking(full), waiting(full)

    cancel(booking, now=now)

    assert first.offer_until == until


def test_lapse_offer_passes_the_place_on_and_tells_the_first(outbox: Outbox) -> None:
    full = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    booking, first, second = make_booking(full), waiting(full), waiting(full)
    cancel(booking)
    assert first.offer_until is not None

    assert jobs.lapse_offers(first.offer_until - timedelta(seconds=1)) == 0
    assert jobs.lapse_offers(first.offer_until) == 1
    assert jobs.lapse_offers(first.offer_until) == 0

    db.session.refresh(first)
    db.session.refresh(second)
    assert (first.status, second.status) == (BookingStatus.LAPSED, BookingStatus.OFFERED)
    lapsed, offered = outbox()[-2:]
    assert lapsed.to_address == first.person.email
    assert "You can stay on the waiting list, at its end" in lapsed.body
    assert offered.to_address == second.person.email


def test_rejoin_waits_at_the_end_of_the_list() -> None:
    full = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    booking, first, second, third = make_booking(full), waiting(full), waiting(full), waiting(full)
    cancel(booking)
    later = NOW + timedelta(days=3)
    jobs.lapse_offers(later)

    with transaction():
        service.rejoin(first, by=first.person, now=later)

    assert second.status is BookingStatus.OFFERED
    assert list(queries.waiting(full)) == [third, first]
    assert (first.offer_until, first.ended_at) == (None, None)


def test_rejoin_is_for_an_offer_that_lapsed_alone(asha: Person) -> None:
    full = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    cancelled = make_booking(full, status=BookingStatus.CANCELLED_BY_DELEGATE)
    lapsed = make_booking(full, person=asha, status=BookingStatus.LAPSED, offer_until=NOW)
    waiting(full, person=asha)

    for booking, words in ((cancelled, "Only somebody whose offer lapsed"), (lapsed, "already")):
        with pytest.raises(BookingRefused, match=words), transaction():
            service.rejoin(booking, by=None, now=NOW)


def test_turn_down_offers_the_place_to_the_next() -> None:
    full = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    booking, first, second = make_booking(full), waiting(full), waiting(full)
    cancel(booking)

    with transaction():
        service.turn_down(first, by=first.person, now=NOW)

    assert (first.status, second.status) == (BookingStatus.DECLINED, BookingStatus.OFFERED)
    with pytest.raises(BookingRefused, match="not on offer any more"), transaction():
        service.turn_down(first, by=first.person, now=NOW)


def test_the_mix_passes_somebody_over_and_says_why(hill_school: Agency) -> None:
    full = make_training_session(capacity=2, starts_at=NOW + timedelta(days=20), most_per_agency=1)
    other = make_booking(full)
    make_booking(full, person=make_person(agency=hill_school))
    from_the_school = waiting(full, person=make_person(agency=hill_school))
    behind = waiting(full)

    cancel(other)

    assert (from_the_school.status, behind.status) == (BookingStatus.WAITLISTED, BookingStatus.OFFERED)
    assert from_the_school.passed_over == "Their agency has as many places as one agency may have"
    [entry] = history.entries_about(from_the_school)
    assert entry.detail == {"reason": from_the_school.passed_over, "for_booking": behind.reference}


def test_places_that_were_kept_are_offered_on_the_day_of_their_release(hill_school: Agency) -> None:
    starts_at = NOW + timedelta(days=20)
    training_session = make_training_session(capacity=1, starts_at=starts_at)
    with transaction():
        service.change_mix(
            training_session,
            most_per_agency=None,
            floors={Sector.POLICE: 1},
            release_days=14,
            by=None,
            now=NOW,
        )
    who_waits = waiting(training_session, person=make_person(agency=hill_school))

    assert jobs.offer_released_places(starts_at - timedelta(days=15)) == 0
    assert jobs.offer_released_places(starts_at - timedelta(days=14)) == 1

    db.session.refresh(who_waits)
    assert who_waits.status is BookingStatus.OFFERED


def test_change_mix_is_recorded_and_keeps_no_more_than_there_is() -> None:
    training_session = make_training_session(capacity=2)

    with pytest.raises(BookingRefused, match="has 2 places"), transaction():
        service.change_mix(
            training_session, most_per_agency=1, floors={Sector.POLICE: 3}, release_days=7, by=None, now=NOW
        )
    with transaction():
        service.change_mix(
            training_session, most_per_agency=1, floors={Sector.POLICE: 2}, release_days=7, by=None, now=NOW
        )

    [entry] = history.entries_about(training_session)
    assert entry.detail == {
        "most_per_agency": [None, 1],
        "release_days": [None, 7],
        "kept": ["", "2 for Police"],
    }


def test_offer_ahead_needs_a_free_place_and_tells_who_was_passed_over_why(
    hill_school: Agency, cara: Person
) -> None:
    training_session = make_training_session(
        capacity=2, starts_at=NOW + timedelta(days=20), most_per_agency=1
    )
    make_booking(training_session, person=make_person(agency=hill_school))
    first, second = (waiting(training_session, person=make_person(agency=hill_school)) for _ in range(2))

    with transaction():
        service.offer_ahead(second, reason="New to the team", by=cara, now=NOW)

    assert (first.status, second.status) == (BookingStatus.WAITLISTED, BookingStatus.OFFERED)
    assert (first.passed_over, second.override_reason) == ("New to the team", "New to the team")
    with pytest.raises(BookingRefused, match="No place is free"), transaction():
        service.offer_ahead(first, reason="Also new", by=cara, now=NOW)
