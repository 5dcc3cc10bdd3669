"""What a forecast rests on, against a small county counted by hand, and against plain Python on random ones."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from sscb_training.accreditation.models import AccreditationScheme, SchemeCourse
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.board import BoardNumbers
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.imports.models import Assessment
from sscb_training.needs.forecast import queries
from sscb_training.needs.forecast.queries import ComingDate, Usual
from sscb_training.needs.forecast.rules import FOR_EVER, Lapses
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    a_staff_group,
    make_accreditation,
    make_agency,
    make_booking,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)
from tests.needs.coverage.test_counting import ByHand, History, make_history

YEARS = timedelta(days=365)
NEXT_MONTH = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=10)


def make_refresher(scheme: AccreditationScheme, refresher: CourseVersion) -> None:
    """Let the course renew the scheme and give it to nobody."""
    with transaction():
        db.session.add(SchemeCourse(scheme_id=scheme.id, course_id=refresher.course_id, is_refresher=True))


def test_a_small_county_is_forecast_as_by_hand() -> None:
    """Ten work at a school with a headcount of 10: of three in force one runs out next month, one has booked. A past
    date of 4 places brought one of the audience; of two whose time ran out one renewed. A hospital sent no return."""
    school, hospital = make_agency(name="School"), make_agency(name="Hospital")
    make_headcount(school, a_staff_group(), 10)
    version = make_version()
    scheme = make_scheme(version.course)
    need = make_need(scheme=scheme, target_percent=80, target_date=TODAY + YEARS)

    def person(agency: object = school) -> Person:
        return make_person(agency=agency)  # type: ignore[arg-type]

    old = {"awarded_on": TODAY - 4 * YEARS, "recorded_at": NOW - 4 * YEARS}
    ends_soon, for_ever, renewed, lapsed, booked, came = (person() for _ in range(6))
    make_accreditation(ends_soon, scheme, **old, expires_on=NEXT_MONTH)
    make_accreditation(for_ever, scheme, **old, expires_on=None)
    ran_out = TODAY - timedelta(days=120)
    make_accreditation(renewed, scheme, **old, expires_on=ran_out)
    make_accreditation(renewed, scheme, awarded_on=ran_out, expires_on=TODAY + 2 * YEARS)
    make_accreditation(lapsed, scheme, **old, expires_on=ran_out)
    make_accreditation(person(hospital), scheme, **old, expires_on=NEXT_MONTH)
    past_start = NOW - timedelta(days=100)
    past = make_training_session(version, starts_at=past_start, capacity=4, closed_at=past_start)
    for delegate, outcome in [
        (came, Outcome.ATTENDED),
        (for_ever, Outcome.ATTENDED),
        (booked, Outcome.DID_NOT_ATTEND),
    ]:
        make_booking(
            past,
            person=delegate,
            outcome=outcome,
            outcome_on=london_date(past_start),
            outcome_recorded_at=past_start,
        )
    make_accreditation(came, scheme, awarded_on=london_date(past_start), expires_on=TODAY + 2 * YEARS)
    coming = make_training_session(version, starts_at=SOON, capacity=20)
    for delegate in (booked, ends_soon, person(hospital)):
        make_booking(coming, person=delegate)
    make_training_session(version, starts_at=SOON, status=SessionStatus.DRAFT)
    make_training_session(starts_at=SOON)
    refresher = make_version()
    make_refresher(scheme, refresher)
    make_booking(make_training_session(refresher, starts_at=SOON), person=person())

    found = queries.forecast(need, as_at=TODAY, known_on=TODAY)

    assert (found.county.in_force, found.county.headcount, found.county.left_out) == (4, 10, 1)
    ahead = found.lapses
    assert (ahead.in_force, ahead.elsewhere, ahead.for_ever) == (4, 1, 1)
    assert dict(ahead.months)[NEXT_MONTH.replace(day=1)] == Lapses(1, booked=1)
    assert dict(ahead.months_elsewhere)[NEXT_MONTH.replace(day=1)] == Lapses(1)
    assert ahead.pace.people == 1
    assert found.dates == [ComingDate(coming.id, SOON, 20, 3, version.course.title, 1)]
    assert found.newcomers == [(SOON, 1)]
    assert found.usual == Usual(
        dates=1, capacity=4, kept=3, stayed_away=1, came=2, newcomers=1, settled=1, hold_it=1, ran_out=2, renewed=1
    )  # fmt: skip
    plan = queries.plan_of(found, BoardNumbers())
    assert plan is not None
    assert (plan.required, plan.lapse, plan.booked, plan.left) == (8, 1, 1, 17)
    inputs = found.inputs(BoardNumbers(), {"no_show": 5, "capacity": 12})
    assert (inputs.no_show.percent, inputs.capacity, inputs.passed.percent) == (5, 12, 90)


def test_without_a_headcount_there_is_no_plan() -> None:
    scheme = make_scheme()
    make_accreditation(make_person(agency=make_agency()), scheme)
    need = make_need(scheme=scheme)

    found = queries.forecast(need, as_at=TODAY, known_on=TODAY)

    assert (found.county.left_out, found.lapses.elsewhere) == (1, 1)
    assert queries.plan_of(found, BoardNumbers()) is None


@dataclass
class Looking(ByHand):
    """A forecast as somebody with a pencil would make it."""

    def everybody(self, *, has_headcount: bool) -> set[int]:
        return {
            p
            for agency in self.served()
            if not has_headcount or self.headcount(agency) is not None
            for p in self.audience(agency)
        }

    def holdings(self, person_id: int) -> list[tuple[date, date, date]]:
        """What somebody holds, or held: since when, until when at most, and from when no longer."""
        found = []
        for i in self.counting:
            if i.scheme:
                for a in self.h.accreditations:
                    if (
                        a.person_id == person_id
                        and a.scheme is i.scheme
                        and a.awarded_on <= self.as_at
                        and self.known(a.recorded_at)
                        and not self.known(a.withdrawn_at)
                    ):
                        revoked = a.revoked_on if self.known(a.revoked_recorded_at) else None
                        found.append((a.awarded_on, a.expires_on or FOR_EVER, revoked or FOR_EVER))
                for t in self.h.trainings:
                    if (
                        self.h.trained_counts
                        and t.person_id == person_id
                        and t.scheme_id == i.scheme.id
                        and t.assessment is Assessment.NOT_EVIDENCED
                        and t.attended_on <= self.as_at
                        and self.known(t.recorded_at)
                        and not self.known(t.withdrawn_at)
                    ):
                        found.append((t.attended_on, t.counts_until or FOR_EVER, FOR_EVER))
            elif first := self.first_version(i, taught=False):
                attended = [
                    b.outcome_on
                    for b in self.h.bookings
                    if b.person_id == person_id
                    and b.outcome is Outcome.ATTENDED
                    and b.outcome_on is not None
                    and b.outcome_on <= self.as_at
                    and self.known(b.outcome_recorded_at)
                    and b.training_session.course is first.course
                    and b.training_session.course_version.number >= first.number
                ]
                if attended:
                    since = max(min(attended), first.valid_from) if i.waits_for else min(attended)
                    found.append((since, FOR_EVER, FOR_EVER))
        return found

    def held(self, person_id: int, on: date) -> list[date]:
        """The last days of what somebody held on the day."""
        return [
            min(until, ended)
            for since, until, ended in self.holdings(person_id)
            if since <= on <= until and on < ended
        ]

    def ends(self) -> dict[tuple[date, bool, bool, bool], int]:
        found: dict[tuple[date, bool, bool, bool], int] = {}
        counted = self.everybody(has_headcount=True)
        for p in self.everybody(has_headcount=False):
            if last := self.held(p, self.as_at):
                was = self.held(p, self.as_at - YEARS)
                key = (max(last), p in counted, not was, self.is_booked(p))
                found[key] = found.get(key, 0) + 1
        return found

    def renewals(self) -> tuple[int, int]:
        ran_out = renewed = 0
        now = self.as_at.year * 12 + self.as_at.month
        for p in self.everybody(has_headcount=False):
            every = self.holdings(p)
            for until in {u for _, u, ended in every if ended > u and u != FOR_EVER}:
                month = until.year * 12 + until.month
                if now - 25 <= month < now - 1:
                    ran_out += 1
                    renewed += any(
                        u > until and since.year * 12 + since.month <= month + 1 for since, u, _ in every
                    )
        return ran_out, renewed

    def newcomers(self) -> dict[date, int]:
        found: dict[date, int] = {}
        for p in self.everybody(has_headcount=True):
            coming = [
                london_date(b.training_session.starts_at)
                for b in self.h.bookings
                if b.person_id == p and self.is_place(b)
            ]
            if coming and not self.held(p, self.as_at):
                found[min(coming)] = found.get(min(coming), 0) + 1
        return found

    def is_place(self, b: Booking) -> bool:
        """Whether this booking alone makes somebody booked."""
        h = self.h
        alone = Looking(
            History(
                h.random, agencies=h.agencies, bookings=[b], interventions=h.interventions, answers=h.answers
            ),
            self.need,
            self.as_at,
            self.known_on,
        )
        return alone.is_booked(b.person_id)

    def past(self) -> list[TrainingSession]:
        firsts = [self.first_version(i, taught=False) for i in self.counting]
        courses = {first.course for first in firsts if first}
        courses |= {course for i in self.counting if i.scheme for course in i.scheme.courses}
        return [
            s
            for s in self.h.sessions
            if s.course in courses
            and s.status is SessionStatus.PUBLISHED
            and self.known(s.closed_at)
            and self.as_at - YEARS <= london_date(s.starts_at)
            and london_date(s.ends_at) <= self.as_at
        ]

    def usual(self) -> Usual:
        past = self.past()
        places = [
            b
            for b in self.h.bookings
            if b.training_session in past
            and b.status is BookingStatus.CONFIRMED
            and b.outcome not in (None, Outcome.CANCELLED_BY_BOARD)
            and self.known(b.outcome_recorded_at)
        ]
        kept = [b for b in places if not b.unscheduled]
        came = [b for b in places if b.outcome is not Outcome.DID_NOT_ATTEND]
        new = [b for b in came if self.is_new(b)]
        settled = [
            b
            for b in new
            if self.would_meet(b.training_session.course_version)
            and b.outcome_on
            and b.outcome_on <= self.as_at - timedelta(days=60)
        ]
        return Usual(
            len(past),
            sum(s.capacity for s in past),
            len(kept),
            sum(b.outcome is Outcome.DID_NOT_ATTEND for b in kept),
            len(came),
            len(new),
            len(settled),
            sum(any(since >= b.outcome_on for since, _, _ in self.holdings(b.person_id)) for b in settled if b.outcome_on),
            *self.renewals(),
        )  # fmt: skip

    def is_new(self, b: Booking) -> bool:
        """Whether its delegate was of the audience on the day, where a headcount is known now, and held nothing before."""
        on = b.outcome_on or self.as_at
        then = Looking(self.h, self.need, on, self.known_on)
        works = any(
            b.person_id in then.audience(agency)
            for agency in self.served()
            if self.headcount(agency) is not None
        )
        held = [h for h in self.holdings(b.person_id) if h[0] < on <= h[1] and on < h[2]]
        return works and not held


@pytest.mark.parametrize("seed", [3, 5, 7, 14, 34, 35])
def test_a_forecast_is_what_counting_by_hand_gives(seed: int) -> None:
    h = make_history(seed)
    with transaction():
        for one in h.sessions:
            one.closed_at = h.maybe(h.moment(), 0.8)
    for _ in range(3):
        as_at, known_on = h.day(date(2025, 9, 1)), h.day(date(2025, 9, 1))
        for need in h.needs:
            hand = Looking(h, need, as_at, known_on)
            found = queries.forecast(need, as_at=as_at, known_on=known_on)
            ahead = {(e.until, e.has_headcount, e.is_new, e.booked): e.people for e in found.lapses.endings}
            assert ahead == hand.ends()
            assert found.lapses.in_force == found.county.in_force
            assert found.usual == hand.usual()
            assert {london_date(at): people for at, people in found.newcomers} == hand.newcomers()
            assert [one.id for one in found.dates] == [
                s.id
                for s in sorted(h.sessions, key=lambda s: (s.starts_at, s.id))
                if s.status is SessionStatus.PUBLISHED
                and london_date(s.starts_at) >= as_at
                and as_at <= known_on
                and hand.would_meet(s.course_version)
            ]
