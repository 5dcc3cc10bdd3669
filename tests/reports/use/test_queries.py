"""Figures counted again by hand: whatever happened to bookings, the database and a plain loop say the same."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sscb_training.agencies.models import Sector
from sscb_training.attendance.models import Register
from sscb_training.bookings.charges.models import ChargeState
from sscb_training.bookings.models import BookingStatus, Outcome, booking_missed_part
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Person
from sscb_training.reports.use.queries import Filters, use_by_agency, use_by_date
from sscb_training.reports.use.rules import Use
from tests.factories import (
    NOW,
    TODAY,
    make_agency,
    make_booking,
    make_charge,
    make_membership,
    make_person,
    make_training_session,
    make_version,
)

PAST = NOW - timedelta(days=30)
A_YEAR_AGO = TODAY - timedelta(days=364)
MOST = 12


@dataclass(frozen=True)
class Held:
    """One date as the plain loop sees it."""

    status: SessionStatus
    is_closed: bool
    lost_a_part: bool
    repeats_part: bool
    is_over: bool


@dataclass(frozen=True)
class Booked:
    """One booking as the plain loop sees it; `date` and `who` are places in the lists."""

    date: int
    status: BookingStatus
    was_confirmed: bool
    late: bool
    outcome: Outcome | None
    missed_one: bool
    unscheduled: bool
    excused: bool


dates = st.lists(
    st.builds(
        Held,
        st.sampled_from([SessionStatus.PUBLISHED, SessionStatus.PUBLISHED, SessionStatus.CANCELLED]),
        st.sampled_from([True, True, False]),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([True, True, True, False]),
    ),
    min_size=1,
    max_size=3,
)
bookings = st.lists(
    st.builds(
        Booked,
        st.integers(0, 2),
        st.sampled_from([BookingStatus.CONFIRMED, BookingStatus.CANCELLED_BY_DELEGATE, *BookingStatus]),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, *Outcome]),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.booleans(),
    ),
    max_size=MOST,
)


def counted(held: Held, those: list[Booked], *, capacity: int) -> Use:
    """What became of one date's places, read off one by one."""
    by_board = sum(
        (one.status is BookingStatus.CANCELLED_BY_BOARD and one.was_confirmed)
        or one.outcome is Outcome.CANCELLED_BY_BOARD
        for one in those
    )
    if held.status is SessionStatus.CANCELLED:
        return Use(dates_cancelled=1, cancelled_by_board=by_board)
    if not held.is_closed:
        return Use(open_registers=1)
    use = {"dates": 1, "capacity": capacity, "cancelled_by_board": by_board}

    def add(name: str) -> None:
        use[name] = use.get(name, 0) + 1

    for one in those:
        if one.outcome is Outcome.CANCELLED_BY_BOARD:
            continue
        if one.status is BookingStatus.CANCELLED_BY_DELEGATE and one.was_confirmed and not one.unscheduled:
            add("booked")
            add("cancelled")
            if one.late:
                add("cancelled_late")
        if one.status is not BookingStatus.CONFIRMED:
            continue
        if not one.unscheduled:
            add("booked")
        whole = one.outcome is Outcome.PART_ATTENDED and held.lost_a_part and not one.missed_one
        if one.outcome is Outcome.ATTENDED or whole:
            add("attended")
            if one.unscheduled:
                add("unscheduled")
        elif one.outcome is Outcome.PART_ATTENDED:
            add("part_attended")
        elif one.outcome is Outcome.DID_NOT_ATTEND:
            add("did_not_attend")
            if one.excused:
                add("excused")
    return Use(**use)


def concerns(held: Held, one: Booked) -> bool:
    """Whether a booking makes its date one of its agency's."""
    by_board = counted(held, [one], capacity=0)
    given_up = one.status is BookingStatus.CANCELLED_BY_DELEGATE and one.was_confirmed and not one.unscheduled
    kept = one.status is BookingStatus.CONFIRMED or given_up
    if held.status is SessionStatus.CANCELLED:
        return by_board.cancelled_by_board > 0
    return kept and one.outcome is not Outcome.CANCELLED_BY_BOARD


def of_some(held: Held, those: list[Booked]) -> Use:
    """The same of some of the people on the date, who have no share of its places."""
    use = counted(held, those, capacity=0)
    mine = any(concerns(held, one) for one in those)
    values = vars(use) | ({} if mine else {"dates": 0, "dates_cancelled": 0, "open_registers": 0})
    return Use(**values)


@pytest.fixture
def people_ids() -> list[int]:
    """Two agencies by turns, and every fourth works where nobody has confirmed it."""
    agencies = [make_agency(sector=Sector.POLICE), make_agency(sector=Sector.HOUSING)]
    found = []
    for number in range(MOST):
        person = make_person()
        confirmed = None if number % 4 == 3 else NOW
        make_membership(person, agencies[number % 2], confirmed_at=confirmed)
        found.append(person.id)
    make_version()
    return found


CHANGING = ("charge", "booking_missed_part", "booking", "register", "session_part", "training_session")


@given(held=dates, booked=bookings)
@settings(
    phases=[Phase.generate],
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_figures_are_what_a_plain_count_says(
    people_ids: list[int], held: list[Held], booked: list[Booked]
) -> None:
    with transaction():
        for name in CHANGING:
            db.session.execute(db.metadata.tables[name].delete())
        db.session.expunge_all()
        people = [db.session.get_one(Person, person_id) for person_id in people_ids]
        made = [_make(one) for one in held]
        of_date: dict[int, list[tuple[Booked, Person]]] = {number: [] for number in range(len(held))}
        for number, one in enumerate(booked):
            which = one.date % len(held)
            _book(made[which], people[number], one)
            of_date[which].append((one, people[number]))
    seen = {
        number: one
        for number, one in enumerate(held)
        if one.is_over and not one.repeats_part
    }  # fmt: skip
    period = Filters(A_YEAR_AGO, TODAY)

    whole = {one.training_session_id: one.use for one in use_by_date(period, now=NOW)}

    assert whole == {
        made[number].id: counted(one, [given for given, _ in of_date[number]], capacity=10)
        for number, one in seen.items()
    }
    expected: dict[int | None, Use] = {}
    for number, date_held in seen.items():
        for agency_id in {_agency(person) for _, person in of_date[number]}:
            theirs = [given for given, person in of_date[number] if _agency(person) == agency_id]
            expected[agency_id] = expected.get(agency_id, Use()) + of_some(date_held, theirs)
    found = {one.agency_id: one.use for one in use_by_agency(period, now=NOW)}
    assert found == {agency_id: use for agency_id, use in expected.items() if use != Use()}
    for agency_id in {_agency(person) for person in people} - {None}:
        alone = use_by_date(Filters(A_YEAR_AGO, TODAY, agency_id=agency_id), now=NOW)
        assert sum((one.use for one in alone), Use()) == expected.get(agency_id, Use())


def _agency(person: Person) -> int | None:
    role = person.memberships[0]
    return role.agency_id if role.confirmed_at else None


def _make(held: Held) -> TrainingSession:
    made = make_training_session(
        db.session.scalars(db.select(CourseVersion)).one(),
        starts_at=PAST if held.is_over else NOW - timedelta(hours=1),
        status=held.status,
        capacity=10,
        repeats_part=1 if held.repeats_part else None,
    )
    made.parts[0].cancelled_at = NOW if held.lost_a_part else None
    closed_at = NOW if held.is_closed else None
    if held.status is SessionStatus.PUBLISHED:
        db.session.add(Register(training_session_id=made.id, opened_at=NOW, closed_at=closed_at))
    return made


def _book(training_session: TrainingSession, person: Person, given: Booked) -> None:
    booking = make_booking(
        training_session,
        person=person,
        status=given.status,
        confirmed_at=PAST if given.was_confirmed else None,
        cancelled_late=given.late,
        outcome=given.outcome,
        unscheduled=given.unscheduled,
    )
    if given.missed_one:
        missed = booking_missed_part.insert().values(
            booking_id=booking.id, session_part_id=training_session.parts[0].id
        )
        db.session.execute(missed)
    if given.excused:
        make_charge(booking, state=ChargeState.EXCUSED)


def test_use_takes_both_days_of_the_period_as_london_has_them() -> None:
    make_training_session(starts_at=NOW.replace(month=7, day=1, hour=23, minute=30))  # in London it is 2 July

    def found(begin: date, end: date) -> int:
        return len(use_by_date(Filters(begin, end), now=NOW))

    assert found(date(2026, 7, 2), date(2026, 7, 2)) == 1
    assert found(date(2026, 7, 1), date(2026, 7, 1)) == 0
