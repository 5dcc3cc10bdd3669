"""What runs out when, of whom, and whether they have booked what renews it; each in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, distinct, exists, func, select

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, scheme_course
from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import db
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.forecast.rules import FOR_EVER, Lapses
from sscb_training.people.models import Membership, Person


@dataclass(frozen=True)
class Holders:
    """Of one scheme: how many hold it, what of it runs out on which day, and how many holders no agency counts."""

    in_force: int
    ending: Sequence[tuple[date, Lapses]]
    without_agency: int


@dataclass(frozen=True)
class RunningOut:
    """Of one scheme: how many hold it, and what of that runs out by a day."""

    in_force: int
    lapses: Lapses


@dataclass(frozen=True)
class AgencyLapses:
    """Of one agency: how many accreditations its people hold, and what of them runs out in the forecast's time."""

    agency_id: int
    agency: str
    in_force: int
    lapses: Lapses


@dataclass(frozen=True)
class Behind:
    """One of the accreditations behind a figure: whose it is, until when they hold it, and whether a renewal is booked.

    Of somebody's jobs the first recorded stands there; they work at so many `agencies`.
    """

    person_id: int
    name: str
    staff_group: str
    scheme: str
    last_day: date
    has_booked: int
    agency: str
    agencies: int

    @property
    def until(self) -> date | None:
        return None if self.last_day == FOR_EVER else self.last_day


def people_behind(
    scheme_id: int | None,
    agency_id: int | None,
    *,
    begin: date | None,
    until: date | None,
    booked: bool | None,
    on: date,
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    """Who holds a scheme, or any, as `holders` counts them, what runs out first at the top: rows for `Behind`.

    Of what runs out from one day until another, both included, and of who has a renewal booked or has not, where these
    are given.
    """
    held = _held(on, now)
    works = and_(Membership.person_id == held.c.person_id, _counts(on))
    lapse = select(
        held.c.scheme_id, held.c.until, held.c.booked, func.min(Membership.id).label("first_id"),
        func.count(distinct(Membership.agency_id)).label("agencies"),
    ).join(Membership, works).where(held.c.until.between(begin or on, until or FOR_EVER))  # fmt: skip
    if scheme_id is not None:
        lapse = lapse.where(held.c.scheme_id == scheme_id)
    if agency_id is not None:
        lapse = lapse.where(Membership.agency_id == agency_id)
    if booked is not None:
        lapse = lapse.where(held.c.booked == int(booked))
    one = lapse.group_by(held.c.person_id, held.c.scheme_id, held.c.until, held.c.booked).subquery("one")
    return (
        select(
            Person.id, Person.name, StaffGroup.name, AccreditationScheme.name, one.c.until, one.c.booked, Agency.name,
            one.c.agencies,
        )
        .select_from(one)
        .join(Membership, Membership.id == one.c.first_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Agency, Agency.id == Membership.agency_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .join(AccreditationScheme, AccreditationScheme.id == one.c.scheme_id)
        .order_by(one.c.until, Person.name, Person.id, one.c.scheme_id)
    )  # fmt: skip


def holders(agency_id: int | None, *, on: date, now: datetime) -> Mapping[int, Holders]:
    """By scheme, of everybody who works somewhere, or at this agency, on the day. Each person counts once in a scheme.

    Of several accreditations in one scheme the one that lasts longest decides.
    """
    held = _held(on, now)
    job = _current_jobs(held, agency_id, on)
    # named, or SQLite would look for each job twice
    query = (
        select(
            held.c.scheme_id, held.c.until, case((job, 1), else_=0).label("works"), func.count(),
            func.sum(held.c.booked),
        )
        .group_by(held.c.scheme_id, held.c.until, "works")
        .order_by(held.c.until)
    )  # fmt: skip
    numbers: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    ending: dict[int, list[tuple[date, Lapses]]] = defaultdict(list)
    for scheme_id, until, has_job, number, booked in db.session.execute(query):
        numbers[scheme_id][0 if has_job else 1] += number
        if has_job and until != FOR_EVER:
            ending[scheme_id].append((until, Lapses(number, booked)))
    return {
        scheme_id: Holders(in_force, ending[scheme_id], 0 if agency_id else elsewhere)
        for scheme_id, (in_force, elsewhere) in numbers.items()
    }


def running_out(agency_id: int | None, *, until: date, on: date, now: datetime) -> Mapping[int, RunningOut]:
    """The same of those who work, as one line a scheme, the day `until` included; of a scheme that others hold, noughts."""
    held = _held(on, now)
    ends = case((held.c.until <= until, 1), else_=0)
    works = case((_current_jobs(held, agency_id, on), 1), else_=0)
    # set apart, or SQLite would look for each job once a figure
    one = (
        select(held.c.scheme_id, works.label("works"), ends.label("ends"), held.c.booked)
        .offset(0)
        .subquery("one")
    )
    query = select(
        one.c.scheme_id, func.sum(one.c.works), func.sum(one.c.works * one.c.ends),
        func.sum(one.c.works * one.c.ends * one.c.booked),
    ).group_by(one.c.scheme_id)  # fmt: skip
    return {
        scheme_id: RunningOut(in_force, Lapses(lapse, booked))
        for scheme_id, in_force, lapse, booked in db.session.execute(query)
    }


def by_agency(
    scheme_id: int | None, agency_id: int | None, *, until: date, on: date, now: datetime
) -> Sequence[AgencyLapses]:
    """By agency, by name. Whoever works at two counts in each, so the lines need not add up to the whole."""
    held = _held(on, now)
    ends = case((held.c.until <= until, 1), else_=0)
    jobs = select(Membership.person_id, Membership.agency_id).where(_counts(on)).distinct().subquery("job")
    query = (
        select(Agency.id, Agency.name, func.count(), func.sum(ends), func.sum(ends * held.c.booked))
        .select_from(held)
        .join(jobs, jobs.c.person_id == held.c.person_id)
        .join(Agency, Agency.id == jobs.c.agency_id)
        .group_by(Agency.id, Agency.name)
        .order_by(func.lower(Agency.name), Agency.id)
    )
    if scheme_id is not None:
        query = query.where(held.c.scheme_id == scheme_id)
    if agency_id is not None:
        query = query.where(Agency.id == agency_id)
    return [
        AgencyLapses(key, name, number, Lapses(lapse, booked))
        for key, name, number, lapse, booked in db.session.execute(query)
    ]


def _current_jobs(held: Subquery, agency_id: int | None, on: date) -> Any:
    job = exists(Membership.person_id).where(Membership.person_id == held.c.person_id, _counts(on))
    return job if agency_id is None else job.where(Membership.agency_id == agency_id)


def _counts(on: date) -> ColumnElement[bool]:
    """Whether a job is somebody's on the day, and more than their own word."""
    return and_(Membership.is_current(on), Membership.confirmed_at.is_not(None))


def _held(on: date, now: datetime) -> Subquery:
    """Until when each person holds each scheme that they hold on the day, and whether what renews it is booked."""
    until = func.max(func.coalesce(Accreditation.expires_on, FOR_EVER))
    held = (
        select(Accreditation.person_id, Accreditation.scheme_id, until.label("until"))
        .where(Accreditation.in_force(on))
        .group_by(Accreditation.person_id, Accreditation.scheme_id)
        .subquery("ending")
    )
    booked = (
        select(Booking.person_id, scheme_course.c.scheme_id)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .join(scheme_course, scheme_course.c.course_id == CourseVersion.course_id)
        .where(
            Booking.status.in_(LIVE),
            Booking.makes_up_part_id.is_(None),  # so that it is over when its date is
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.ends_at > now,
        )
        .distinct()
        .subquery("coming")
    )
    return (
        select(held, case((booked.c.person_id.is_not(None), 1), else_=0).label("booked"))
        .outerjoin(
            booked,
            and_(booked.c.person_id == held.c.person_id, booked.c.scheme_id == held.c.scheme_id),
        )
        .subquery("held")
    )
