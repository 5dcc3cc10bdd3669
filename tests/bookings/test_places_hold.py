"""Whatever happens in whatever order: never oversold, never a place left empty while somebody waits, in turn."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sscb_training.bookings import queries, service
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db, rows
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.factories import NOW, make_agency, make_person, make_training_session

PEOPLE = 6
somebody = st.integers(0, PEOPLE - 1)


class Places(RuleBasedStateMachine):
    """One session, six people, and a model of it: two lists of names in the order in which they came."""

    people: tuple[Person, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.training_session = make_training_session(capacity=2)
        self.capacity = 2
        self.now = NOW
        self.confirmed: list[int] = []
        self.waiting: list[int] = []

    @rule(who=somebody)
    def request_place(self, who: int) -> None:
        person = self.people[who]
        self.now += timedelta(minutes=1)
        try:
            with transaction():
                service.request_place(
                    self.training_session, person, membership=person.memberships[0], by=person, now=self.now
                )
        except service.BookingRefused:
            assert who in self.confirmed + self.waiting
            return
        assert who not in self.confirmed + self.waiting
        self.waiting.append(who)
        self._fill()

    @precondition(lambda self: self.confirmed or self.waiting)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.confirmed + self.waiting)))
        booking = queries.live_booking(self.training_session, self.people[who])
        assert booking is not None
        with transaction():
            service.cancel(booking, reason="", by=None, now=self.now)
        (self.confirmed if who in self.confirmed else self.waiting).remove(who)
        self._fill()

    @rule(capacity=st.integers(0, PEOPLE))
    def change_capacity(self, capacity: int) -> None:
        try:
            with transaction():
                service.change_capacity(self.training_session, capacity, by=None, now=self.now)
        except service.BookingRefused:
            assert capacity < len(self.confirmed)
            return
        assert capacity >= len(self.confirmed)
        self.capacity = capacity
        self._fill()

    @invariant()
    def the_database_agrees(self) -> None:
        db.session.rollback()
        number_of = {person.id: number for number, person in enumerate(self.people)}
        confirmed = [
            number_of[booking.person_id]
            for booking in rows(
                db.select(Booking).where(
                    Booking.training_session_id == self.training_session.id,
                    Booking.status == BookingStatus.CONFIRMED,
                )
            )
        ]
        assert sorted(confirmed) == sorted(self.confirmed)
        assert [number_of[b.person_id] for b in queries.waiting(self.training_session)] == self.waiting
        left = queries.places_left([self.training_session.id])[self.training_session.id]
        assert len(confirmed) + left == self.capacity
        assert not (left and self.waiting)

    def _fill(self) -> None:
        while self.waiting and len(self.confirmed) < self.capacity:
            self.confirmed.append(self.waiting.pop(0))


def test_places_hold_in_every_sequence() -> None:
    agency = make_agency()
    Places.people = tuple(make_person(agency=agency) for _ in range(PEOPLE))

    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
