"""The ledger of trainer days, what it earns, and what was used of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges.models import Charge, ChargeState
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
    training_session_trainer,
)
from sscb_training.people.models import Membership, Person
from sscb_training.trainers import rules
from sscb_training.trainers.models import EarnedPlace, EarningRule, LedgerCorrection
from sscb_training.trainers.rules import Lent, Period

NO_AGENCY = "No agency"


@dataclass(frozen=True)
class Delivered:
    """What one trainer gave to one date on one day. `agency_id` is empty where they worked for nobody that day."""

    trainer_id: int
    name: str
    agency_id: int | None
    agency: str
    course_id: int
    course: str
    training_session_id: int
    on: date
    half_days: int


@dataclass(frozen=True)
class Entry:
    """A line of an agency's ledger: what a trainer gave to a course, or what staff corrected, for a reason."""

    on: date
    trainer: str
    course: str
    half_days: int
    reason: str = ""
    corrected_by: str = ""
    is_correction: bool = False


@dataclass(frozen=True)
class TrainerDays:
    """The half days that an agency lent to a course in a period; what was corrected by hand is of no course."""

    agency_id: int | None
    agency: str
    course_id: int | None
    course: str
    half_days: int

    @property
    def days(self) -> float:
        return rules.in_days(self.half_days)


def trainer_days(begin: date, end: date, *, now: datetime) -> Sequence[TrainerDays]:
    """The trainer days of a period, both days included, by agency and course, by name: the ledger in figures.

    Only what was delivered counts (see `delivered`), and what staff corrected.
    """
    found: dict[tuple[int | None, str, int | None, str], int] = defaultdict(int)
    for one in delivered(begin, end, now=now):
        found[one.agency_id, one.agency, one.course_id, one.course] += one.half_days
    for correction in corrections(begin, end):
        found[correction.agency_id, correction.agency.name, None, "Corrected by hand"] += correction.half_days
    lines = [TrainerDays(*key, halves) for key, halves in found.items() if halves]
    return sorted(
        lines,
        key=lambda line: (line.agency_id is None, line.agency, line.course_id is None, line.course),
    )


def delivered(
    begin: date, end: date, *, now: datetime, trainer: Trainer | None = None
) -> Sequence[Delivered]:
    """What trainers, or one of them, delivered in a period, both days included, by day; four queries, however much it is.

    That is parts of published dates that took place and are over, whether their register is closed or not: a trainer
    has given the day even if the paper lies about. Several parts of one day make no more than a day.
    """
    trained = training_session_trainer.c
    query = (
        select(
            trained.trainer_id, TrainingSession.id, TrainingSession.course_version_id,
            SessionPart.starts_at, SessionPart.ends_at,
        )
        .select_from(SessionPart)
        .join(SessionPart.training_session)
        .join(training_session_trainer, trained.training_session_id == TrainingSession.id)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            SessionPart.cancelled_at.is_(None),
            SessionPart.ends_at <= now,
            SessionPart.starts_at >= at_london(begin),
            SessionPart.starts_at < at_london(end + timedelta(days=1)),
        )
        .order_by(SessionPart.starts_at, SessionPart.id, trained.trainer_id)
    )  # fmt: skip
    if trainer is not None:
        query = query.where(trained.trainer_id == trainer.id)
    parts = db.session.execute(query).all()
    people = _people_who_train({trainer_id for trainer_id, *_ in parts})
    courses = _courses_of({version_id for _, _, version_id, *_ in parts})
    agencies = _agencies_of({person_id for person_id, _ in people.values()})
    given: dict[tuple[int, date], int] = defaultdict(int)
    lent: dict[tuple[int, date], tuple[int | None, str]] = {}
    lines: dict[tuple[int, date, int], Delivered] = {}
    for trainer_id, session_id, version_id, starts_at, ends_at in parts:
        day = london_date(starts_at)
        before = given[trainer_id, day]
        given[trainer_id, day] = rules.half_days(before, ends_at - starts_at)
        person_id, name = people[trainer_id]
        if (trainer_id, day) not in lent:
            lent[trainer_id, day] = _agency_on(agencies.get(person_id, ()), day)
        known = lines.get((trainer_id, day, session_id))
        lines[trainer_id, day, session_id] = Delivered(
            trainer_id, name, *lent[trainer_id, day], *courses[version_id], session_id, day,
            given[trainer_id, day] - before + (known.half_days if known else 0),
        )  # fmt: skip
    return list(lines.values())


def _people_who_train(trainer_ids: Collection[int]) -> Mapping[int, tuple[int, str]]:
    query = select(Trainer.id, Person.id, Person.name).join(Trainer.person).where(Trainer.id.in_(trainer_ids))
    return {key: (person_id, name) for key, person_id, name in db.session.execute(query)}


def _courses_of(version_ids: Collection[int]) -> Mapping[int, tuple[int, str]]:
    query = select(CourseVersion.id, Course.id, Course.title).join(CourseVersion.course)
    found = db.session.execute(query.where(CourseVersion.id.in_(version_ids)))
    return {key: (course_id, title) for key, course_id, title in found}


def corrections(begin: date, end: date) -> Sequence[LedgerCorrection]:
    """What staff corrected for days of the period, the first day first."""
    return rows(
        select(LedgerCorrection)
        .where(LedgerCorrection.on >= begin, LedgerCorrection.on <= end)
        .options(
            joinedload(LedgerCorrection.agency),
            joinedload(LedgerCorrection.trainer).joinedload(Trainer.person),
            joinedload(LedgerCorrection.recorded_by),
        )
        .order_by(LedgerCorrection.on, LedgerCorrection.id)
    )


def last_correction(agency: Agency) -> LedgerCorrection | None:
    """What staff corrected last for an agency."""
    query = select(LedgerCorrection).where(LedgerCorrection.agency_id == agency.id)
    return row_or_none(query.order_by(LedgerCorrection.id.desc()))


def entries(agency: Agency, period: Period, *, now: datetime) -> Sequence[Entry]:
    """The ledger of an agency in a period, by day; a correction follows what was delivered on its day."""
    given = [
        Entry(one.on, one.name, one.course, one.half_days)
        for one in delivered(*period, now=now)
        if one.agency_id == agency.id
    ]
    corrected = [
        Entry(
            one.on,
            one.trainer.person.name if one.trainer else "",
            "",
            one.half_days,
            one.reason,
            one.recorded_by.name if one.recorded_by else "",
            is_correction=True,
        )
        for one in corrections(*period)
        if one.agency_id == agency.id
    ]
    return sorted([*given, *corrected], key=lambda entry: entry.on)


def _agencies_of(person_ids: Collection[int]) -> Mapping[int, Sequence[Membership]]:
    found: dict[int, list[Membership]] = defaultdict(list)
    for membership in rows(
        select(Membership)
        .where(Membership.person_id.in_(person_ids))
        .options(joinedload(Membership.agency))
        .order_by(Membership.valid_from, Membership.id)
    ):
        found[membership.person_id].append(membership)
    return found


def _agency_on(memberships: Iterable[Membership], day: date) -> tuple[int | None, str]:
    """Of several agencies at once the one that they have worked at longest; a correction moves what another lent."""
    for membership in memberships:
        if membership.is_current(day):
            return membership.agency_id, membership.agency.name
    return None, NO_AGENCY


# What it earns


@dataclass(frozen=True)
class Places:
    """The free places that an agency earned in a year of account, and how many of them it used."""

    earned: int = 0
    used: int = 0

    @property
    def left(self) -> int:
        return self.earned - self.used


@dataclass(frozen=True)
class Account:
    """What an agency lent in a period, half days, and its free places of a year of account."""

    agency_id: int | None
    agency: str
    trainers: int = 0
    delivered: int = 0
    corrected: int = 0
    places: Places = field(default_factory=Places)

    @property
    def half_days(self) -> int:
        return self.delivered + self.corrected


def accounts(period: Period, *, year: Period, now: datetime) -> Sequence[Account]:
    """The account of every agency that lent something in the period or has places in the year, by name."""
    lines, corrected = delivered(*period, now=now), corrections(*period)
    names = {one.agency_id: one.agency for one in lines} | {
        one.agency_id: one.agency.name for one in corrected
    }
    places = free_places(year, now=now)
    names |= dict(_names(places.keys() - names.keys()))
    return [
        Account(
            agency_id,
            names[agency_id],
            trainers=len({one.trainer_id for one in lines if one.agency_id == agency_id}),
            delivered=sum(one.half_days for one in lines if one.agency_id == agency_id),
            corrected=sum(one.half_days for one in corrected if one.agency_id == agency_id),
            places=places.get(agency_id, Places()) if agency_id is not None else Places(),
        )
        for agency_id in sorted(names, key=lambda agency_id: (agency_id is None, names[agency_id]))
    ]


def free_places(year: Period, *, now: datetime) -> Mapping[int, Places]:
    """The free places of each agency that earned or used some in a year of account, by its key."""
    lent: dict[int, list[Lent]] = defaultdict(list)
    for one in delivered(*year, now=now):
        if one.agency_id is not None:
            lent[one.agency_id].append(Lent(one.on, one.half_days))
    for correction in corrections(*year):
        lent[correction.agency_id].append(Lent(correction.on, correction.half_days))
    used: dict[int, int] = defaultdict(int)
    for place in rows(_used(year)):
        used[place.agency_id] += 1
    per_day = {rule.valid_from: rule.places_per_day for rule in earning_rules()}
    earned = {agency_id: rules.places_earned(days, per_day) for agency_id, days in lent.items()}
    found = {
        agency_id: Places(earned.get(agency_id, 0), used.get(agency_id, 0)) for agency_id in earned | used
    }
    return {agency_id: places for agency_id, places in found.items() if places.earned or places.used}


def places_used(agency: Agency, year: Period) -> Sequence[EarnedPlace]:
    """The places that an agency used in a year of account, the first one first."""
    return rows(_used(year).where(EarnedPlace.agency_id == agency.id))


def charges_to_pay_for(agency: Agency) -> Sequence[Charge]:
    """The agency's charges that are due, the oldest first: each takes one place."""
    return rows(
        select(Charge)
        .where(Charge.agency_id == agency.id, Charge.state == ChargeState.DUE)
        .options(joinedload(Charge.booking).options(joinedload(Booking.person), _COURSE_OF_BOOKING))
        .order_by(Charge.raised_at, Charge.id)
    )


def place_for(charge: Charge) -> EarnedPlace | None:
    """The earned place that was once used for this charge."""
    return row_or_none(select(EarnedPlace).where(EarnedPlace.charge_id == charge.id))


def charge_of(agency: Agency, charge_id: int) -> Charge:
    """The agency's charge; 404 for any other."""
    return row_or_404(select(Charge).where(Charge.id == charge_id, Charge.agency_id == agency.id))


def earning_rules() -> Sequence[EarningRule]:
    """What a trainer day earned from when on, the latest first."""
    return rows(select(EarningRule).order_by(EarningRule.valid_from.desc()))


def rule_from(day: date) -> EarningRule | None:
    """The rule that begins on this day."""
    return row_or_none(select(EarningRule).where(EarningRule.valid_from == day))


def ledger_agency_seen_by(viewer: Person, agency_id: int) -> Agency:
    """The agency whose ledger the viewer may read: any for board staff, their own for a lead; otherwise 404."""
    query = select(Agency).where(Agency.id == agency_id)
    if not viewer.is_board_staff:
        query = query.where(Agency.id.in_(viewer.leads_agency_ids))
    return row_or_404(query)


def _used(year: Period) -> Select[EarnedPlace]:
    return (
        select(EarnedPlace)
        .join(EarnedPlace.charge)
        .where(
            EarnedPlace.used_on >= year.begin,
            EarnedPlace.used_on <= year.end,
            Charge.state == ChargeState.WAIVED,
            Charge.decided_at == EarnedPlace.used_at,
        )
        .options(
            joinedload(EarnedPlace.charge)
            .joinedload(Charge.booking)
            .options(joinedload(Booking.person), _COURSE_OF_BOOKING)
        )
        .order_by(EarnedPlace.used_on, EarnedPlace.id)
    )


def _names(agency_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    query = select(Agency.id, Agency.name).where(Agency.id.in_(agency_ids)).order_by(func.lower(Agency.name))
    return [(agency_id, name) for agency_id, name in db.session.execute(query)]


_COURSE_OF_BOOKING = (
    joinedload(Booking.training_session)
    .joinedload(TrainingSession.course_version)
    .joinedload(CourseVersion.course)
)
