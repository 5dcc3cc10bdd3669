"""Who sees which booking, how many places are left, and in how many queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import literal, select
from werkzeug.exceptions import NotFound

from sscb_training.bookings import queries
from sscb_training.bookings.models import AccessNeeds, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.factories import NOW, TODAY, make_agency, make_booking, make_person, make_training_session, saved

Count = Callable[[Callable[[], object]], int]


@pytest.mark.parametrize("status", list(BookingStatus))
def test_a_place_is_taken_by_whoever_holds_it_and_by_nobody_else(status: BookingStatus) -> None:
    training_session, other = make_training_session(capacity=3), make_training_session(capacity=3)
    make_booking(training_session, status=status)
    make_booking(other)
    taken = int(status.value in {"awaiting_approval", "confirmed", "offered"})

    assert queries.places_taken(training_session) == taken
    assert queries.places_left([training_session.id]) == {training_session.id: 3 - taken}


def test_places_left_of_many_sessions_takes_one_query(count_queries: Count) -> None:
    empty, full = make_training_session(capacity=2), make_training_session(capacity=1)
    for _ in range(2):  # one over: a walk-in
        make_booking(full)

    both = [empty.id, full.id]

    assert count_queries(lambda: queries.places_left(both)) == 1
    assert queries.places_left(both) == {empty.id: 2, full.id: 0}


@pytest.mark.parametrize(
    ("who", "sees"),
    [("asha", True), ("ben", True), ("cara", True), ("ada", True), ("tom", True), ("dev", False)],
)
def test_who_sees_ashas_booking(request: pytest.FixtureRequest, asha: Person, who: str, sees: bool) -> None:
    viewer: Person = request.getfixturevalue(who)
    tom: Person = request.getfixturevalue("tom")
    booking = make_booking(make_training_session(trainers=[tom]), person=asha)
    db.session.expire_all()

    if sees:
        assert queries.booking_seen_by(viewer, booking.id).id == booking.id
    else:
        with pytest.raises(NotFound):
            queries.booking_seen_by(viewer, booking.id)


def test_a_lead_sees_bookings_made_for_their_agency_only(ben: Person, asha: Person) -> None:
    elsewhere = make_agency()
    other_lead = make_person(agency=elsewhere, leads=elsewhere)
    booking = make_booking(make_training_session(), person=asha)

    assert queries.booking_seen_by(ben, booking.id).id == booking.id
    with pytest.raises(NotFound):
        queries.booking_seen_by(other_lead, booking.id)


def test_a_trainer_sees_own_sessions_only(tom: Person, asha: Person, cara: Person) -> None:
    own, others = make_training_session(trainers=[tom]), make_training_session()
    booking = make_booking(others, person=asha)

    assert queries.session_seen_by(tom, own.id).id == own.id
    for look in (
        lambda: queries.session_seen_by(tom, others.id),
        lambda: queries.session_seen_by(asha, own.id),
        lambda: queries.booking_seen_by(tom, booking.id),
    ):
        with pytest.raises(NotFound):
            look()
    assert queries.session_seen_by(cara, others.id).id == others.id


def test_a_trainer_whose_role_ended_sees_no_session(tom: Person) -> None:
    own = make_training_session(trainers=[tom])
    [grant] = [grant for grant in tom.role_grants if grant.role is Role.TRAINER]
    with transaction():
        grant.ended_at = NOW

    with pytest.raises(NotFound):
        queries.session_seen_by(tom, own.id)


def test_delegates_come_by_name_without_their_access_needs(count_queries: Count) -> None:
    training_session = make_training_session()
    agency = make_agency()
    for name in ("bea", "Cal", "Abi"):
        booking = make_booking(training_session, person=make_person(name, agency=agency))
        saved(AccessNeeds(booking_id=booking.id, text="A loop", delete_after=TODAY))
    make_booking(training_session, status=BookingStatus.WAITLISTED)
    db.session.expire_all()
    names: list[str] = []

    def read() -> None:
        for booking in queries.delegates(training_session):
            assert booking.membership is not None
            names.append(f"{booking.person.name}, {booking.membership.agency.name}")
            assert "access_needs" not in booking.__dict__

    training_session.id  # noqa: B018 - read before counting
    assert count_queries(read) == 1
    assert [name.split(",")[0] for name in names] == ["Abi", "bea", "Cal"]


def test_bookings_of_a_person_take_the_same_queries_however_many(asha: Person, count_queries: Count) -> None:
    def read() -> None:
        for booking in queries.bookings_to_come(asha, now=NOW):
            assert booking.training_session.course.title
            assert [part.venue for part in booking.training_session.parts]

    make_booking(make_training_session(), person=asha)
    db.session.expire_all()
    asha.id  # noqa: B018 - read before counting
    one = count_queries(read)
    for _ in range(2):
        make_booking(make_training_session(parts=2), person=asha)
    db.session.expire_all()
    asha.id  # noqa: B018
    assert count_queries(read) == one


@pytest.mark.parametrize(
    ("capacity", "taken", "expected"), [(12, 3, True), (12, 4, False), (1, 0, True), (0, 0, False)]
)
def test_nearly_empty_is_under_a_third(capacity: int, taken: int, expected: bool) -> None:
    training_session = make_training_session(capacity=capacity)

    found = select(TrainingSession.id).where(queries.nearly_empty(literal(taken)))

    assert db.session.scalars(found).all() == ([training_session.id] if expected else [])


def test_waiting_is_first_come_first_served() -> None:
    training_session = make_training_session()
    late = make_booking(training_session, status=BookingStatus.WAITLISTED, waitlisted_at=NOW)
    early = make_booking(training_session, status=BookingStatus.WAITLISTED, waitlisted_at=NOW.replace(hour=1))

    assert [booking.id for booking in queries.waiting(training_session)] == [early.id, late.id]
    assert queries.number_waiting(training_session) == 2


def test_access_needs_of_another_session_do_not_show() -> None:
    training_session, other = make_training_session(), make_training_session()
    for session, text in ((training_session, "A loop"), (other, "Large print")):
        saved(AccessNeeds(booking_id=make_booking(session).id, text=text, delete_after=TODAY))

    assert [needs.text for needs in queries.access_needs_of(training_session)] == ["A loop"]


def test_clashing_is_a_place_at_the_same_time(asha: Person, dev: Person) -> None:
    training_session = make_training_session(parts=2)
    at_once = make_training_session(starts_at=training_session.parts[1].starts_at + timedelta(minutes=5))
    clash = make_booking(at_once, person=asha)
    make_booking(at_once, person=dev)
    make_booking(make_training_session(starts_at=training_session.ends_at), person=asha)
    make_booking(at_once, person=make_person(), status=BookingStatus.WAITLISTED)

    assert list(queries.clashing(training_session, asha)) == [clash]
