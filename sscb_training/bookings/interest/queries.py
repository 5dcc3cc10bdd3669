"""Who waits for new dates of which course, by person and by agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, cast, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from sscb_training.agencies.models import Agency
from sscb_training.bookings.interest.models import DateTold, Interest
from sscb_training.bookings.models import HOLDS_A_PLACE, Booking
from sscb_training.bookings.queries import taken
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person


def published_course(course_id: int) -> Course:
    """A course of the catalogue; 404 for one that is not published."""
    return row_or_404(select(Course).where(Course.id == course_id, Course.published_at.is_not(None)))


def version_of(course: Course, version_id: int) -> CourseVersion:
    """A version of the course; 404 for any other."""
    return row_or_404(
        select(CourseVersion).where(CourseVersion.id == version_id, CourseVersion.course_id == course.id)
    )


def interest_of(person: Person, course: Course) -> Interest | None:
    """The person's own entry on the course's list, while no place has answered it."""
    return row_or_none(
        select(Interest).where(
            Interest.person_id == person.id, Interest.course_id == course.id, _still_waits()
        )
    )


def keeps_its_turn(interest: Interest, from_version: CourseVersion | None) -> bool:
    """Whether the entry would still wait if it were for dates from this version on: no place since is on one of those."""
    first = from_version.number if from_version else 0
    return row_or_none(select(Interest).where(Interest.id == interest.id, _still_waits(first))) is not None


def interests_of(person: Person) -> Sequence[Interest]:
    """All that somebody waits to hear of, the longest wait first."""
    return rows(
        select(Interest)
        .where(Interest.person_id == person.id, _still_waits())
        .options(joinedload(Interest.course), joinedload(Interest.from_version))
        .order_by(Interest.noted_at, Interest.id)
    )


@dataclass(frozen=True)
class Demand:
    """How many people of one agency wait for new dates of a course, of how many, and since when the first of them does.

    With `from_version`, its number, those who wait for dates of that version and later ones alone.
    """

    course_id: int
    code: str
    title: str
    agency: str
    people: int
    of_all_agencies: int
    since: datetime
    from_version: int | None


def demand(*, course_id: int | None, on: date) -> Sequence[Demand]:
    """What to schedule next: the course that most people wait for first, and its agencies likewise, in one query.

    Counts roles that are held on this day.
    """
    people = func.count(Interest.id)
    of_all = cast(func.sum(people).over(partition_by=Course.id), Integer)
    of_course = (Course.id, Course.code, Course.title)
    query = (
        select(*of_course, Agency.name, people, of_all, func.min(Interest.noted_at), CourseVersion.number)
        .select_from(Interest)
        .join(Interest.course)
        .join(Interest.membership)
        .join(Membership.agency)
        .outerjoin(Interest.from_version)
        .where(_still_waits(), Membership.is_current(on))
        .group_by(*of_course, Agency.id, Agency.name, CourseVersion.number)
        .order_by(
            of_all.desc(),
            Course.title,
            Course.id,
            people.desc(),
            Agency.name,
            func.coalesce(CourseVersion.number, 0),
        )
    )
    if course_id is not None:
        query = query.where(Interest.course_id == course_id)
    return [Demand(*row) for row in db.session.execute(query)]


def dates_to_tell_of(now: datetime) -> Sequence[int]:
    """The dates with a place left that somebody on a list is still to be told of, by when they opened."""
    return rows(
        select(TrainingSession.id)
        .join(TrainingSession.course_version)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            TrainingSession.capacity > taken(),
            select(Interest.id)
            .where(Interest.course_id == CourseVersion.course_id, *_to_hear_of_it())
            .exists(),
        )
        .order_by(TrainingSession.opened_at, TrainingSession.id)
    )


def to_tell(training_session: TrainingSession) -> Sequence[Interest]:
    """Who is still to hear of this date: those who asked before it opened, first come first."""
    return rows(
        select(Interest)
        .join(TrainingSession, TrainingSession.id == training_session.id)
        .join(TrainingSession.course_version)
        .where(Interest.course_id == CourseVersion.course_id, *_to_hear_of_it())
        .options(joinedload(Interest.person), joinedload(Interest.from_version))
        .order_by(Interest.noted_at, Interest.id)
    )


def _to_hear_of_it() -> tuple[ColumnElement[bool], ...]:
    told = (
        select(DateTold.id)
        .where(DateTold.interest_id == Interest.id, DateTold.training_session_id == TrainingSession.id)
        .correlate(Interest, TrainingSession)  # it may stand two selects below the session's
    )
    return (
        TrainingSession.opened_at > Interest.noted_at,
        _is_asked_for(CourseVersion),
        or_(
            TrainingSession.only_agency_id.is_(None),
            Interest.membership.has(Membership.agency_id == TrainingSession.only_agency_id),
        ),
        Interest.person.has(Person.suspended_at.is_(None)),
        Interest.course.has(Course.published_at.is_not(None)),
        ~told.exists(),
        _still_waits(),
    )


def _still_waits(first: int | None = None) -> ColumnElement[bool]:
    """Whether the person has not got a place since on any date that they asked for, or of a version from this number on."""
    dates, versions = aliased(TrainingSession), aliased(CourseVersion)
    place_since = (
        select(Booking.id)
        .join(dates, dates.id == Booking.training_session_id)
        .join(versions, versions.id == dates.course_version_id)
        .where(
            Booking.person_id == Interest.person_id,
            versions.course_id == Interest.course_id,
            _is_asked_for(versions) if first is None else versions.number >= first,
            Booking.status.in_(HOLDS_A_PLACE),
            Booking.requested_at >= Interest.noted_at,
        )
    )
    return ~place_since.exists()


def _is_asked_for(version: type[CourseVersion]) -> ColumnElement[bool]:
    """Whether an entry is for dates of this version of its course."""
    first = aliased(CourseVersion)
    number = select(first.number).where(first.id == Interest.from_version_id).correlate(Interest)
    return or_(Interest.from_version_id.is_(None), version.number >= number.scalar_subquery())
