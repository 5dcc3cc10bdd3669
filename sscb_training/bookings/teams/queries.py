"""Whom a lead can pick, whom a list means, and who of an agency is on a date."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import current_agencies
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.bookings.teams.rules import Entry
from sscb_training.core.db import number, rows
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person
from sscb_training.people.rules import fold_email

MOST_SHOWN = 60


def agencies_booked_for(viewer: Person, *, on: date) -> Sequence[Agency]:
    """The agencies for whose staff the viewer may book: those that they lead; for board staff every one."""
    every = current_agencies(on)
    return every if viewer.is_board_staff else [one for one in every if one.id in viewer.leads_agency_ids]


def dates_to_book(
    viewer: Person, *, now: datetime, course_ids: Collection[int] = (), version_ids: Collection[int] = ()
) -> Select[TrainingSession]:
    """The dates on which the viewer can book several people, of these courses or versions alone if named; next first."""
    query = (
        select(TrainingSession)
        .join(TrainingSession.course_version)
        .join(CourseVersion.course)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            Course.published_at.is_not(None),
        )
        .options(contains_eager(TrainingSession.course_version).contains_eager(CourseVersion.course))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    if course_ids:
        query = query.where(Course.id.in_(course_ids))
    if version_ids:
        query = query.where(TrainingSession.course_version_id.in_(version_ids))
    if viewer.is_board_staff:
        return query
    only = TrainingSession.only_agency_id
    return query.where(or_(only.is_(None), only.in_(viewer.leads_agency_ids)))


def staff_of(agency: Agency, *, on: date, search: str = "") -> Sequence[Membership]:
    """The agency's current jobs by name, as many as a page shows."""
    query = _staff(agency, on).order_by(func.lower(Person.name), Membership.id).limit(MOST_SHOWN)
    for word in search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True)
            | Membership.job_title.icontains(word, autoescape=True)
        )
    return rows(query)


def staff_with_keys(agency: Agency, membership_ids: Sequence[int], *, on: date) -> Sequence[Membership]:
    """Those of these jobs that are current ones at the agency, by name."""
    query = _staff(agency, on).where(Membership.id.in_(membership_ids))
    return rows(query.order_by(func.lower(Person.name), Membership.id))


@dataclass(frozen=True)
class Roster:
    """Who the entries of a list could be, looked up for all of them at once.

    `picked` by the membership's key, `people` by folded address, `jobs` at the agency (the latest) by person, current
    jobs `named` so by folded name, and the live bookings that each of them has on the date, `booked`.
    """

    picked: Mapping[int, Membership]
    people: Mapping[str, Person]
    jobs: Mapping[int, Membership]
    named: Mapping[str, Sequence[Membership]]
    booked: Mapping[int, Booking]

    @property
    def current(self) -> Sequence[Membership]:
        """Every job that an entry could mean."""
        found = [
            *self.picked.values(),
            *self.jobs.values(),
            *(job for jobs in self.named.values() for job in jobs),
        ]
        return list({job.id: job for job in found}.values())


def roster(
    training_session: TrainingSession, agency: Agency, entries: Sequence[Entry], *, on: date
) -> Roster:
    """Who these entries could be, in as many queries for thirty as for one."""
    keys = [entry.membership_id for entry in entries if entry.membership_id is not None]
    addresses = {fold_email(entry.email) for entry in entries if entry.email}
    names = {entry.name.lower() for entry in entries if entry.membership_id is None and not entry.email}
    picked = {job.id: job for job in staff_with_keys(agency, keys, on=on)} if keys else {}
    people = rows(select(Person).where(Person.email_key.in_(addresses))) if addresses else []
    jobs = _latest_jobs(agency, [person.id for person in people])
    named: dict[str, list[Membership]] = defaultdict(list)
    if names:
        for job in rows(_staff(agency, on).where(func.lower(Person.name).in_(names)).order_by(Membership.id)):
            named[job.person.name.lower()].append(job)
    known = {job.person_id for jobs_ in named.values() for job in jobs_} | {
        job.person_id for job in picked.values()
    }
    return Roster(
        picked,
        {person.email_key: person for person in people if person.email_key},
        jobs,
        named,
        _booked(training_session, known | {person.id for person in people}),
    )


def _latest_jobs(agency: Agency, people: Sequence[int]) -> Mapping[int, Membership]:
    """Each person's latest job at the agency, current or not."""
    found = rows(
        select(Membership)
        .where(Membership.agency_id == agency.id, Membership.person_id.in_(people))
        .options(joinedload(Membership.person), joinedload(Membership.agency))
        .order_by(Membership.valid_to.is_not(None), Membership.valid_to.desc(), Membership.id.desc())
    )
    return {job.person_id: job for job in reversed(found)}


def _booked(training_session: TrainingSession, people: Collection[int]) -> Mapping[int, Booking]:
    live = select(Booking).where(
        Booking.training_session_id == training_session.id,
        Booking.person_id.in_(people),
        Booking.status.in_(LIVE),
    )
    return {booking.person_id: booking for booking in rows(live)}


def bookings_of_list(training_session: TrainingSession, by: Person, *, form_key: str) -> Sequence[Booking]:
    """What this very list booked when it was sent before."""
    return rows(
        select(Booking).where(
            Booking.training_session_id == training_session.id,
            Booking.requested_by_id == by.id,
            Booking.form_key.startswith(f"{form_key}/", autoescape=True),
        )
    )


def team_on(training_session: TrainingSession, agency: Agency) -> Sequence[Booking]:
    """The agency's people who hold a place on the date or wait for one, by name."""
    return rows(
        select(Booking)
        .join(Booking.person)
        .join(Booking.membership)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status.in_(LIVE),
            Membership.agency_id == agency.id,
        )
        .options(contains_eager(Booking.person), contains_eager(Booking.membership))
        .order_by(func.lower(Person.name), Booking.id)
    )


def number_from_elsewhere(training_session: TrainingSession, agency: Agency) -> int:
    """How many hold a place or wait for one who were not booked as staff of this agency."""
    return number(
        select(func.count(Booking.id))
        .outerjoin(Booking.membership)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status.in_(LIVE),
            or_(Membership.id.is_(None), Membership.agency_id != agency.id),
        )
    )


def _staff(agency: Agency, on: date) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.person)
        .where(Membership.agency_id == agency.id, Membership.is_current(on), Person.suspended_at.is_(None))
        .options(contains_eager(Membership.person), joinedload(Membership.agency))
    )
