"""Who could take somebody's place, to which other dates a place could move, and who is to be moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.changes import rules
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.courses.queries import shown_in_lists
from sscb_training.people.models import Membership, Person

SHORTEST_SEARCH = 2


def colleagues(booking: Booking, *, search: str, on: date, most: int = 20) -> Sequence[Membership]:
    """Current jobs, at the booking's agency, of people with this in their name who have no live booking here.

    By name alone: nobody can fish for addresses.
    """
    if booking.membership is None or len(search) < SHORTEST_SEARCH:
        return []
    booked = select(Booking.person_id).where(
        Booking.training_session_id == booking.training_session_id, Booking.status.in_(LIVE)
    )
    query = (
        select(Membership)
        .join(Membership.person)
        .where(
            Membership.agency_id == booking.membership.agency_id,
            Membership.is_current(on),
            Person.suspended_at.is_(None),
            Person.id.not_in(booked),
        )
        .options(contains_eager(Membership.person), joinedload(Membership.agency))
        .order_by(func.lower(Person.name), Membership.id)
        .limit(most)
    )
    for word in search.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    return rows(query)


def other_dates(booking: Booking, *, now: datetime) -> Sequence[TrainingSession]:
    """The course's other dates that can be booked and that the delegate is not on, the next first."""
    booked = select(Booking.training_session_id).where(
        Booking.person_id == booking.person_id, Booking.status.in_(LIVE)
    )
    own_agency_id = booking.membership.agency_id if booking.membership else None
    return rows(
        _dates_like(booking.training_session, now).where(
            TrainingSession.id.not_in(booked),
            or_(TrainingSession.only_agency_id.is_(None), TrainingSession.only_agency_id == own_agency_id),
        )
    )


def dates_instead(called_off: TrainingSession, *, now: datetime) -> Sequence[TrainingSession]:
    """The course's dates that can be offered in place of one that was called off, the next first."""
    return rows(_dates_like(called_off, now))


def _dates_like(training_session: TrainingSession, now: datetime) -> Select[TrainingSession]:
    """The other dates of the same course that can be booked as a whole."""
    course_id = training_session.course_version.course_id
    return (
        select(TrainingSession)
        .where(
            TrainingSession.course_version.has(CourseVersion.course_id == course_id),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            TrainingSession.id != training_session.id,
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


@dataclass(frozen=True)
class Concerned:
    """Everybody whom a session that was called off concerned, who asked first first.

    Of those who `had_places` some are `settled`: they have another date of the course or were offered one. Of the rest
    those `to_move` still have their job. Who only `waited` was told of the other dates.
    """

    had_places: Sequence[Booking]
    waited: int
    settled: Sequence[Booking]
    to_move: Sequence[Booking]
    without_their_job: Sequence[Booking]


def concerned(called_off: TrainingSession, *, now: datetime) -> Concerned:
    """What became of those who were booked on a session that was called off. A make-up is asked for anew by itself."""
    every = [booking for booking in bookings.called_off(called_off) if booking.part_id is None]
    had_places = [booking for booking in every if booking.ever_held_a_place]
    elsewhere, today = _with_another_date(called_off, now), london_date(now)
    settled = [one for one in had_places if one.person_id in elsewhere or _took_another(one)]
    left = [one for one in had_places if one not in settled]
    to_move = [one for one in left if one.membership is not None and one.membership.is_current(today)]
    return Concerned(
        had_places=had_places,
        waited=len(every) - len(had_places),
        settled=settled,
        to_move=to_move,
        without_their_job=[one for one in left if one not in to_move],
    )


def to_move(called_off: TrainingSession, *, now: datetime) -> Sequence[Booking]:
    """Who had a place when a session was called off, has no other date of the course, and still has that job."""
    return concerned(called_off, now=now).to_move


def why_left_out(booking: Booking, training_session: TrainingSession) -> str:
    """Why somebody whose session was called off cannot be offered this date, for staff; empty when they can."""
    role, offered, only = booking.membership, booking.replaced_by, training_session.only_agency_id
    return rules.why_left_out(
        was_offered_it=offered is not None and offered.training_session_id == training_session.id,
        is_suspended=booking.person.suspended_at is not None,
        job_lasts=role is not None and not role.is_over(london_date(training_session.ends_at)),
        may_come=only is None or (role is not None and role.agency_id == only),
    )


def _took_another(booking: Booking) -> bool:
    """Whether another date was accepted in its place, if only to be given up afterwards."""
    return booking.replaced_by is not None and booking.replaced_by.confirmed_at is not None


def _with_another_date(called_off: TrainingSession, now: datetime) -> set[int]:
    """The people booked here who have a place on another date of the course to come, or wait for one."""
    here = aliased(Booking)
    return set(
        rows(
            select(Booking.person_id)
            .join(Booking.training_session)
            .where(
                Booking.person_id.in_(
                    select(here.person_id).where(here.training_session_id == called_off.id)
                ),
                Booking.status.in_(LIVE),
                Booking.part_id.is_(None),
                TrainingSession.ends_at > now,
                TrainingSession.course_version.has(
                    CourseVersion.course_id == called_off.course_version.course_id
                ),
            )
        )
    )
