"""Whatever happens in whatever order: never oversold, never a place left for nobody while somebody could have it, in turn.

The model below knows who came when; whom a place may go to it asks `Mix`, whose rules have a table of their own.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Select, select

from sscb_training.agencies.models import Sector
from sscb_training.attendance.parts import service as parts
from sscb_training.attendance.parts.service import PartRefused
from sscb_training.bookings import queries
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.make_up import service as make_up
from sscb_training.bookings.models import HOLDS_A_PLACE, Booking, BookingStatus
from sscb_training.bookings.places import jobs as place_jobs
from sscb_training.bookings.places import queries as place_queries
from sscb_training.bookings.places import service as places
from sscb_training.bookings.places.rules import Obstacle
from sscb_training.bookings.requests import jobs as request_jobs
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db, rows
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
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

PEOPLE = 6
somebody = st.integers(0, PEOPLE - 1)
a_date = st.integers(0, 1)
STATES = {
    "waiting": (BookingStatus.WAITLISTED,),
    "offered": (BookingStatus.OFFERED,),
    "asked": (BookingStatus.AWAITING_APPROVAL,),
    "confirmed": (BookingStatus.CONFIRMED,),
}


class Places(RuleBasedStateMachine):
    """Two dates of a course, people of two agencies, and every verb that gives, takes or moves a place.

    Everybody was on an earlier date, of which both parts that the others have were cancelled.
    """

    people: tuple[Person, ...] = ()
    style = ApprovalStyle.DECLARED

    def __init__(self) -> None:
        super().__init__()
        self.version = make_version(make_course(approval=self.style))
        self.dates = [self.plan_a_date() for _ in range(2)]
        self.now = NOW
        self.before = make_training_session(self.version, parts=3, starts_at=NOW - timedelta(days=30))
        for part in self.before.parts[:2]:
            changed(part, cancelled_at=NOW, cancel_reason="Snow")
        for person in self.people:
            make_booking(self.before, person=person)

    def plan_a_date(self) -> TrainingSession:
        return make_training_session(self.version, parts=2, capacity=2, starts_at=NOW + timedelta(days=30))

    @rule(who=somebody, which=a_date)
    def request_place(self, who: int, which: int) -> None:
        person, training_session = self.people[who], self.dates[which]
        self.now += timedelta(minutes=1)
        before = queries.live_booking(training_session, person)
        try:
            with transaction():
                requests.request_place(
                    training_session, person, membership=person.memberships[0], by=person, now=self.now
                )
        except BookingRefused:
            assert before is not None
        else:
            assert before is None

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(self.live()))
        with transaction():
            changes.cancel(booking, reason="", by=None, now=self.now)

    @precondition(lambda self: self.those("confirmed") or self.those("asked"))
    @rule(data=st.data(), who=somebody)
    def substitute(self, data: st.DataObject, who: int) -> None:
        booking = data.draw(st.sampled_from(self.those("confirmed") + self.those("asked")))
        colleague = self.people[who].memberships[0]
        may = (
            booking.part_id is None
            and booking.membership is not None
            and colleague.agency_id == booking.membership.agency_id
            and queries.live_booking(booking.training_session, colleague.person) is None
        )
        try:
            with transaction():
                changes.substitute(booking, colleague, by=None, now=self.now)
        except BookingRefused:
            assert not may
        else:
            assert may

    @precondition(lambda self: self.those("confirmed"))
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """To the other date, where somebody who waits and could have the place was offered it already."""
        booking = data.draw(st.sampled_from(self.those("confirmed")))
        [other] = [one for one in self.dates if one.id != booking.training_session_id]
        mix = place_queries.mix(other, today=london_date(self.now))
        may = (
            booking.part_id is None
            and mix.obstacle(*places.whose(booking)) is None
            and queries.live_booking(other, booking.person) is None
        )
        try:
            with transaction():
                changes.move(booking, other, by=None, now=self.now)
        except BookingRefused:
            assert not may
        else:
            assert may

    @rule(which=a_date)
    def cancel_session(self, which: int) -> None:
        """Nobody keeps a place or waits; another date takes its place."""
        cancelled = self.dates[which]
        with transaction():
            changes.cancel_session(cancelled, reason="Snow", by=None, now=self.now)
        assert queries.live_bookings(cancelled) == []
        self.dates[which] = self.plan_a_date()

    @precondition(lambda self: self.those("offered"))
    @rule(data=st.data(), accepts=st.booleans())
    def answer_an_offer(self, data: st.DataObject, accepts: bool) -> None:
        booking = data.draw(st.sampled_from(self.those("offered")))
        with transaction():
            if accepts:
                requests.accept_offer(booking, by=booking.person, now=self.now)
            else:
                places.turn_down(booking, by=booking.person, now=self.now)

    @precondition(lambda self: self.those("asked"))
    @rule(data=st.data(), approved=st.booleans())
    def answer_an_approval(self, data: st.DataObject, approved: bool) -> None:
        approval = data.draw(st.sampled_from(self.those("asked"))).approval
        assert approval is not None
        with transaction():
            requests.answer(
                approval, approved=approved, reason="No cover", by=None, by_name="Mo Manager", now=self.now
            )

    @rule(days=st.integers(1, 9))
    def let_time_pass(self, days: int) -> None:
        """The worker ends what is over; the day itself is not reached, as nothing moves from then on."""
        self.now = min(self.now + timedelta(days=days), NOW + timedelta(days=29))
        for job in (
            place_jobs.lapse_offers,
            request_jobs.lapse_approvals,
            place_jobs.offer_released_places,
        ):
            job(self.now)

    @rule(who=somebody)
    def rejoin(self, who: int) -> None:
        lapsed = rows(
            self._bookings()
            .where(Booking.person_id == self.people[who].id, Booking.status == BookingStatus.LAPSED)
            .order_by(Booking.id.desc())
        )
        if lapsed:
            try:
                with transaction():
                    places.rejoin(lapsed[0], by=None, now=self.now)
            except BookingRefused:
                could = lapsed[0].offer_until is not None and lapsed[0].part_id is None
                assert not could or queries.live_booking(lapsed[0].training_session, self.people[who])

    @rule(which=a_date, capacity=st.integers(0, PEOPLE))
    def change_capacity(self, which: int, capacity: int) -> None:
        held = max(self.held(self.dates[which]))
        try:
            with transaction():
                places.change_capacity(self.dates[which], capacity, by=None, now=self.now)
        except BookingRefused:
            assert capacity < held
        else:
            assert capacity >= held

    @rule(
        which=a_date,
        most=st.sampled_from([None, 1, 2]),
        kept=st.integers(0, 2),
        release=st.sampled_from([None, 0, 14, 28]),
    )
    def change_mix(self, which: int, most: int | None, kept: int, release: int | None) -> None:
        try:
            with transaction():
                places.change_mix(
                    self.dates[which],
                    most_per_agency=most,
                    floors={Sector.POLICE: kept},
                    release_days=release,
                    by=None,
                    now=self.now,
                )
        except BookingRefused:
            assert kept > self.dates[which].capacity

    @rule(who=somebody, which=a_date, number=st.integers(0, 1))
    def book_part(self, who: int, which: int, number: int) -> None:
        [booking] = rows(
            select(Booking).where(
                Booking.training_session_id == self.before.id, Booking.person_id == self.people[who].id
            )
        )
        missed, part = self.before.parts[number], self.dates[which].parts[number]
        may = (
            part.is_on
            and missed in booking.parts_to_make_up
            and queries.live_booking(self.dates[which], booking.person) is None
            and self.held(self.dates[which])[number] < self.dates[which].capacity
        )
        try:
            with transaction():
                make_up.book_part(booking, missed, part, by=None, now=self.now)
        except BookingRefused:
            assert not may
        else:
            assert may

    @rule(which=a_date, number=st.integers(0, 1))
    def offer_part(self, which: int, number: int) -> None:
        missed, part = self.before.parts[number], self.dates[which].parts[number]
        free = self.dates[which].capacity - self.held(self.dates[which])[number]
        try:
            with transaction():
                offered = make_up.offer_part(missed, part, by=None, now=self.now)
        except BookingRefused:
            return
        assert 0 < len(offered) <= free

    @rule(which=a_date, number=st.integers(0, 1))
    def cancel_part(self, which: int, number: int) -> None:
        part = self.dates[which].parts[number]
        may = len(self.dates[which].parts_on) == 2
        try:
            with transaction():
                parts.cancel_part(part, reason="Snow", by=None, now=self.now)
        except PartRefused:
            assert not may
        else:
            assert may

    @invariant()
    def every_place_is_held_or_free(self) -> None:
        """In each part, and in the fullest of them for whoever books all."""
        db.session.rollback()
        left = queries.places_left([one.id for one in self.dates])
        for one in self.dates:
            held, alone = self.held(one), queries.places_left_in(one.parts)
            assert max(held) + left[one.id] == one.capacity
            assert [one.capacity - alone[part.id] for part in one.parts] == held

    @invariant()
    def nobody_waits_for_a_place_that_could_be_theirs(self) -> None:
        db.session.rollback()
        for booking in self.those("waiting"):
            mix = place_queries.mix(booking.training_session, today=london_date(self.now))
            assert mix.obstacle(*places.whose(booking)) is not None

    @invariant()
    def whoever_was_passed_over_knows_why(self) -> None:
        """Somebody who waits behind another was offered a place only where the mix kept the other from it."""
        db.session.rollback()
        for waiting in self.those("waiting"):
            for other in [booking for booking in self.those("offered") if booking.part_id is None]:
                is_behind = (waiting.waitlisted_at, waiting.id) < (other.waitlisted_at, other.id)
                if waiting.training_session_id == other.training_session_id and is_behind:
                    assert waiting.passed_over in {obstacle.value for obstacle in Obstacle}

    @invariant()
    def nobody_is_confirmed_unasked(self) -> None:
        db.session.rollback()
        if self.style is not ApprovalStyle.DECLARED:
            asked = [booking for booking in self.those("confirmed") if booking.part_id is None]
            assert all(booking.approval and booking.approval.approved for booking in asked)

    def live(self) -> list[Booking]:
        return [booking for state in STATES for booking in self.those(state)]

    def held(self, training_session: TrainingSession) -> list[int]:
        """How many places of each part are held."""
        held = self._bookings().where(Booking.status.in_(HOLDS_A_PLACE))
        of_session = rows(held.where(Booking.training_session_id == training_session.id))
        whole = sum(booking.part_id is None for booking in of_session)
        alone = Counter(booking.part_id for booking in of_session)
        return [whole + alone[part.id] for part in training_session.parts]

    def those(self, state: str) -> list[Booking]:
        return list(rows(self._bookings().where(Booking.status.in_(STATES[state])).order_by(Booking.id)))

    def _bookings(self) -> Select[Booking]:
        return select(Booking).where(Booking.training_session_id.in_([one.id for one in self.dates]))


class ApprovedPlaces(Places):
    """The same for a course on which the manager approves; a move is not approved again."""

    style = ApprovalStyle.MANAGER


def _hold(machine: type[Places]) -> None:
    school, police = make_agency(sector=Sector.EDUCATION), make_agency(sector=Sector.POLICE)
    machine.people = tuple(make_person(agency=school if number % 3 else police) for number in range(PEOPLE))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )


def test_places_hold_in_every_sequence() -> None:
    _hold(Places)


def test_places_hold_in_every_sequence_with_approval() -> None:
    _hold(ApprovedPlaces)
