"""A year's dates, and what people and needs wait for; the same number of queries whatever there is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Subquery, case, func, or_, select

from sscb_training.bookings.interest.queries import Demand
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.queries import taken
from sscb_training.core.db import db, rows
from sscb_training.core.times import at_london
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Theme,
    TrainingSession,
)
from sscb_training.courses.queries import shown_in_lists
from sscb_training.needs.coverage.queries import coverage_of_every_need
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import answering_versions, needs_in_order
from sscb_training.programme import rules
from sscb_training.programme.rules import Year


@dataclass(frozen=True)
class Filters:
    """What the year is narrowed to; without `drafts` it shows what is published."""

    year: Year
    theme_id: int | None = None
    course_id: int | None = None
    venue_id: int | None = None
    drafts: bool = True


def dates_of(filters: Filters) -> Sequence[TrainingSession]:
    """The dates that begin in the year, but for those cancelled and those for one missed part, by when they begin."""
    query = (
        select(TrainingSession)
        .join(TrainingSession.course_version)
        .join(CourseVersion.course)
        .where(
            TrainingSession.starts_at >= at_london(filters.year.first),
            TrainingSession.starts_at < at_london(filters.year.end),
            TrainingSession.repeats_part.is_(None),
            TrainingSession.status.in_(
                [SessionStatus.PUBLISHED, *([SessionStatus.DRAFT] if filters.drafts else [])]
            ),
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    if filters.theme_id is not None:
        query = query.where(Course.theme_id == filters.theme_id)
    if filters.course_id is not None:
        query = query.where(Course.id == filters.course_id)
    if filters.venue_id is not None:
        query = query.where(TrainingSession.parts.any(SessionPart.venue_id == filters.venue_id))
    return rows(query)


@dataclass(frozen=True)
class CourseRow:
    """A course in the board's order of themes; `version_id` is its newest."""

    id: int
    code: str
    title: str
    theme: str
    version_id: int | None


def courses_of(filters: Filters, also: Iterable[int]) -> Sequence[CourseRow]:
    """The published courses that the filters leave, and these others, which have a date."""
    newest = select(func.max(CourseVersion.id)).where(CourseVersion.course_id == Course.id).scalar_subquery()
    query = (
        select(Course.id, Course.code, Course.title, Theme.name, newest)
        .join(Course.theme)
        .where(or_(Course.published_at.is_not(None), Course.id.in_(list(also))))
        .order_by(Theme.position, Theme.name, Course.title, Course.id)
    )
    if filters.theme_id is not None:
        query = query.where(Course.theme_id == filters.theme_id)
    if filters.course_id is not None:
        query = query.where(Course.id == filters.course_id)
    return [CourseRow(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Wanted:
    """How many wait for a course: on its interest list, and on the waiting lists of dates to come.

    `from_versions` is how many of those on the list wait only from which version on, by its number, with how many of the
    places left are on dates of that one and later ones.
    `left` are the places that nobody holds on its published dates to come, `drafts` how many dates are planned beside.
    """

    course_id: int
    title: str
    version_id: int | None
    asked: int
    waiting: int
    left: int
    drafts: int
    from_versions: Mapping[int, tuple[int, int]]

    @property
    def people(self) -> int:
        return self.asked + self.waiting


def wanted(interest: Sequence[Demand], *, course_id: int | None = None, now: datetime) -> Sequence[Wanted]:
    """The courses that anybody waits for, the most wanted first; `interest` is who is on the lists by agency."""
    asked = {one.course_id: one.of_all_agencies for one in interest}
    from_versions: dict[int, Counter[int]] = {key: Counter() for key in asked}
    for one in interest:
        if one.from_version is not None:
            from_versions[one.course_id][one.from_version] += one.people
    session = _dates_to_come(now)
    waiting = (
        select(func.count(func.distinct(Booking.person_id)))
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(
            CourseVersion.course_id == Course.id,
            Booking.status == BookingStatus.WAITLISTED,
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at > now,
        )
        .scalar_subquery()
    )
    newest = select(func.max(CourseVersion.id)).where(CourseVersion.course_id == Course.id).scalar_subquery()
    query = (
        select(
            Course.id,
            Course.title,
            newest,
            waiting,
            func.coalesce(func.sum(case((session.c.status == SessionStatus.PUBLISHED, session.c.left))), 0),
            func.count(case((session.c.status == SessionStatus.DRAFT, session.c.id))),
        )
        .outerjoin(session, session.c.course_id == Course.id)
        .where(or_(Course.id.in_(asked), waiting > 0))
        .group_by(Course.id, Course.title)
    )
    if course_id is not None:
        query = query.where(Course.id == course_id)
    of_versions = db.session.execute(
        select(session.c.course_id, CourseVersion.number, session.c.left)
        .join(CourseVersion, CourseVersion.id == session.c.version_id)
        .where(session.c.course_id.in_(asked), session.c.status == SessionStatus.PUBLISHED)
    ).all()

    def answered(key: int) -> dict[int, tuple[int, int]]:
        return {
            first: (people, sum(left for of, number, left in of_versions if of == key and number >= first))
            for first, people in sorted(from_versions.get(key, {}).items())
        }

    found = [
        Wanted(key, title, version_id, asked.get(key, 0), waits, left, drafts, answered(key))
        for key, title, version_id, waits, left, drafts in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (-one.people, one.title))


@dataclass(frozen=True)
class Unmet:
    """A need that more people are to meet: its gap today, who of them has booked, and what they could still book."""

    need: TrainingNeed
    gap: int | None
    booked: int
    left: int
    in_drafts: int
    courses: Sequence[tuple[str, int]]

    @property
    def unplanned(self) -> int | None:
        """For how many nothing is planned, drafts counted as planned; None while the headcount is not known."""
        if self.gap is None:
            return None
        return rules.unplanned(gap=self.gap, booked=self.booked, places=self.left + self.in_drafts)


def unmet_needs(*, on: date, now: datetime) -> Sequence[Unmet]:
    """The needs that are not closed and have a gap or an unknown one, the one with most people unplanned for first."""
    figures = coverage_of_every_need(as_at=on, known_on=on, refreshers=False)
    places, courses = _places_by_need(now), _courses_by_need()
    found = [
        Unmet(need, figure.gap, figure.booked, *places.get(need.id, (0, 0)), courses.get(need.id, ()))
        for need in needs_in_order()
        if need.status is not NeedStatus.CLOSED
        and (figure := figures.get(need.id)) is not None
        and (figure.gap is None or figure.gap > 0)
    ]
    return sorted(found, key=lambda one: (one.unplanned is None, -(one.unplanned or 0)))


def _places_by_need(now: datetime) -> Mapping[int, tuple[int, int]]:
    """Of each need the places that are left on published dates to come that would meet it, and those of drafts."""
    answers, session = answering_versions(counting=True).subquery(), _dates_to_come(now)
    query = (
        select(
            answers.c.need_id,
            func.coalesce(func.sum(case((session.c.status == SessionStatus.PUBLISHED, session.c.left))), 0),
            func.coalesce(func.sum(case((session.c.status == SessionStatus.DRAFT, session.c.left))), 0),
        )
        .join(session, session.c.version_id == answers.c.version_id)
        .group_by(answers.c.need_id)
    )
    return {need_id: (left, drafts) for need_id, left, drafts in db.session.execute(query)}


def _courses_by_need() -> Mapping[int, Sequence[tuple[str, int]]]:
    """Of each need the courses that meet it, each with its newest version that does, to plan a date of."""
    answers = answering_versions(counting=True).subquery()
    query = (
        select(answers.c.need_id, Course.title, func.max(answers.c.version_id))
        .join(CourseVersion, CourseVersion.id == answers.c.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .group_by(answers.c.need_id, Course.id, Course.title)
        .order_by(answers.c.need_id, Course.title)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for need_id, title, version_id in db.session.execute(query):
        found.setdefault(need_id, []).append((title, version_id))
    return found


def _dates_to_come(now: datetime) -> Subquery:
    """Every whole date to come that is a draft or published, with the places that nobody holds."""
    free = TrainingSession.capacity - taken()
    return (
        select(
            TrainingSession.id,
            TrainingSession.course_version_id.label("version_id"),
            CourseVersion.course_id,
            TrainingSession.status,
            case((free > 0, free), else_=0).label("left"),
        )
        .join(TrainingSession.course_version)
        .where(
            TrainingSession.status.in_([SessionStatus.PUBLISHED, SessionStatus.DRAFT]),
            TrainingSession.starts_at > now,
            TrainingSession.repeats_part.is_(None),
        )
        .subquery()
    )
