"""What somebody has booked, came to and holds. Each list is one query, however long it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import Accreditation, AccreditationScheme, AssessmentAttempt, standing
from sscb_training.accreditation.rules import expires_on
from sscb_training.accreditation.terms.queries import leading_courses
from sscb_training.bookings.models import LIVE, Booking, BookingStatus
from sscb_training.bookings.queries import ENDS_AT, STARTS_AT
from sscb_training.core.db import rows
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
)
from sscb_training.home import rules
from sscb_training.people.models import Person

WITH_SESSION: tuple[ExecutableOption, ...] = (
    contains_eager(Booking.training_session).options(
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
        selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
    ),
)


def coming_bookings(person: Person, *, now: datetime) -> Sequence[Booking]:
    """What somebody has booked or waits for that is not over, soonest first."""
    return rows(coming(now).where(Booking.person_id == person.id).options(*WITH_SESSION))


def next_part(booking: Booking, *, now: datetime) -> SessionPart:
    """The part of a booking that is on or comes next; the last one when all are over."""
    parts = booking.parts or booking.booked_parts
    return next((part for part in parts if part.ends_at > now), parts[-1])


def coming(now: datetime) -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.training_session)
        .where(
            Booking.status.in_(LIVE),
            TrainingSession.status == SessionStatus.PUBLISHED,
            now < ENDS_AT,
        )
        .order_by(STARTS_AT, Booking.id)
    )


def past_bookings(person: Person, *, now: datetime) -> Sequence[Booking]:
    """The sessions that somebody had a place in and that are over, the latest first."""
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .where(
            Booking.person_id == person.id,
            Booking.status == BookingStatus.CONFIRMED,
            TrainingSession.status == SessionStatus.PUBLISHED,
            now >= ENDS_AT,
        )
        .options(*WITH_SESSION)
        .order_by(TrainingSession.starts_at.desc(), Booking.id.desc())
    )


@dataclass(frozen=True)
class Renewal:
    """An accreditation of somebody's own that runs out soon or has run out; the courses that give it again, best first."""

    scheme: AccreditationScheme
    stands: rules.Stands
    courses: Sequence[Course]

    @property
    def course(self) -> Course | None:
        """The one to take; none where none is published."""
        return self.courses[0] if self.courses else None


def due_by(scheme: AccreditationScheme, on: date) -> date:
    """The last day of what is due: the end of the time in which it can be renewed, or 90 days where no terms name one."""
    window = accreditation.terms_on(scheme, on).window_months
    return expires_on(on, valid_months=window) or rules.due_by(on)


def renewals(person: Person, *, on: date) -> Sequence[Renewal]:
    """What somebody holds that is due or has run out by itself, the first to end first.

    A refresher comes before the whole course while the terms let it renew, and is left out when it would give nothing.
    """
    held: dict[AccreditationScheme, list[Accreditation]] = {}
    for one in rows(
        held_by([person.id], on=on).options(
            joinedload(Accreditation.scheme).options(
                selectinload(AccreditationScheme.courses).load_only(
                    Course.code, Course.title, Course.published_at
                ),
                selectinload(AccreditationScheme.terms),
                selectinload(AccreditationScheme.ways),
            )
        )
    ):
        held.setdefault(one.scheme, []).append(one)
    found = []
    for scheme, theirs in held.items():
        how = rules.stands([as_held(one, on) for one in theirs], on=on, due=due_by(scheme, on))
        if how.until is not None and how.standing in (rules.Standing.DUE, rules.Standing.ENDED):
            published = {course.id: course for course in scheme.courses if course.published_at}
            leading = leading_courses(scheme, theirs, on=on)
            found.append(Renewal(scheme, how, [published[key] for key in leading if key in published]))
    return sorted(found, key=lambda renewal: renewal.stands.until or on)


def held_by(person_ids: Collection[int], *, on: date) -> Select[Accreditation]:
    return (
        select(Accreditation)
        .where(Accreditation.person_id.in_(person_ids), standing, Accreditation.awarded_on <= on)
        .order_by(Accreditation.awarded_on.desc(), Accreditation.id.desc())
    )


def as_held(one: Accreditation, on: date) -> rules.Held:
    revoked = one.revoked_on is not None and one.revoked_on <= on
    return rules.Held(one.in_force(on), one.expires_on, revoked)


def scores(bookings: Collection[Booking]) -> Mapping[int, AssessmentAttempt]:
    """The latest attempt of each of these bookings that has one."""
    return {
        attempt.booking_id: attempt
        for attempt in accreditation.attempts(booking.id for booking in bookings)
        if attempt.booking_id is not None
    }
