"""Questions about courses, versions, venues, trainers and training sessions. What staff may see; the public's pages
ask for published rows only."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.times import at_london, month_after
from sscb_training.courses import rules
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    SessionPart,
    SessionStatus,
    Theme,
    Trainer,
    TrainingSession,
    Venue,
)
from sscb_training.people.models import Person


def themes() -> Sequence[Theme]:
    """Every theme, in the board's order."""
    return rows(select(Theme).order_by(Theme.position, Theme.name))


def themes_like(name: str, slug: str) -> Sequence[Theme]:
    """The themes of this name, whatever its capitals, or of this word in addresses."""
    return rows(select(Theme).where((func.lower(Theme.name) == name.lower()) | (Theme.slug == slug)))


def level_schemes() -> Sequence[LevelScheme]:
    """Every scheme of levels with its levels."""
    return rows(select(LevelScheme).options(selectinload(LevelScheme.levels)).order_by(LevelScheme.name))


def level_scheme_named(name: str) -> LevelScheme | None:
    """The scheme of levels of this name, whatever its capitals."""
    return row_or_none(select(LevelScheme).where(func.lower(LevelScheme.name) == name.lower()))


def levels() -> Sequence[Level]:
    """Every level with its scheme, scheme by scheme."""
    return rows(
        select(Level)
        .join(Level.scheme)
        .options(joinedload(Level.scheme))
        .order_by(LevelScheme.name, Level.position)
    )


def courses_found(
    *, search: str = "", theme_id: int | None = None, published: bool | None = None
) -> Select[Course]:
    """Courses by title whose code, title or summary holds the words; `published` None takes all."""
    query = select(Course).options(joinedload(Course.theme), selectinload(Course.versions))
    for word in search.split():
        query = query.where(
            Course.code.icontains(word, autoescape=True)
            | Course.title.icontains(word, autoescape=True)
            | Course.summary.icontains(word, autoescape=True)
        )
    if theme_id is not None:
        query = query.where(Course.theme_id == theme_id)
    if published is not None:
        query = query.where(Course.published_at.is_not(None) if published else Course.published_at.is_(None))
    return query.order_by(Course.title, Course.id)


def course_coded(code: str) -> Course | None:
    """The course of this code, whatever its capitals."""
    return row_or_none(select(Course).where(func.lower(Course.code) == code.lower()))


def course_or_404(course_id: int) -> Course:
    """The course with its theme, levels and versions."""
    return row_or_404(
        select(Course)
        .where(Course.id == course_id)
        .options(joinedload(Course.theme), selectinload(Course.levels).joinedload(Level.scheme))
    )


def version_valid_on(course: Course, on: date) -> CourseVersion | None:
    """The version that a session of the course on this day would use."""
    return row_or_none(
        select(CourseVersion)
        .where(CourseVersion.course_id == course.id, CourseVersion.valid_from <= on)
        .order_by(CourseVersion.number.desc())
    )


def versions_to_run() -> Sequence[CourseVersion]:
    """Every version of every course, by title, newest first: what a new date may be of."""
    return rows(
        select(CourseVersion)
        .join(CourseVersion.course)
        .options(joinedload(CourseVersion.course))
        .order_by(Course.title, Course.id, CourseVersion.number.desc())
    )


def is_used(version: CourseVersion) -> bool:
    """Whether any session, even a draft or a cancelled one, was made of this version."""
    return number(select(func.count()).where(TrainingSession.course_version_id == version.id)) > 0


def sessions_by_version(course: Course) -> Mapping[int, int]:
    """How many sessions each version of the course has, in one query; a version without any is missing."""
    query = (
        select(TrainingSession.course_version_id, func.count())
        .join(TrainingSession.course_version)
        .where(CourseVersion.course_id == course.id)
        .group_by(TrainingSession.course_version_id)
    )
    return dict(db.session.execute(query).all())


def venues(*, closed: bool = False) -> Sequence[Venue]:
    """The venues in use by name, or those closed."""
    in_use = Venue.closed_at.is_(None)
    return rows(select(Venue).where(not_(in_use) if closed else in_use).order_by(Venue.name))


def venue_named(name: str) -> Venue | None:
    """The venue of this name, whatever its capitals."""
    return row_or_none(select(Venue).where(func.lower(Venue.name) == name.lower()))


def trainers(*, left: bool = False) -> Sequence[Trainer]:
    """The training pool by name, or those who left it."""
    return rows(
        select(Trainer)
        .join(Trainer.person)
        .options(joinedload(Trainer.person))
        .where(Trainer.left_at.is_not(None) if left else Trainer.left_at.is_(None))
        .order_by(Person.name, Trainer.id)
    )


def trainer_of(person: Person) -> Trainer | None:
    """The person's place in the training pool, past or present."""
    return row_or_none(select(Trainer).where(Trainer.person_id == person.id))


def people_for_the_pool(search: str, *, most: int = 20) -> Sequence[Person]:
    """People whose name or address holds the words and who are not in the pool, by name."""
    in_the_pool = exists().where(Trainer.person_id == Person.id, Trainer.left_at.is_(None))
    query = select(Person).where(~in_the_pool, Person.suspended_at.is_(None))
    for word in search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True) | Person.email_key.icontains(word, autoescape=True)
        )
    return rows(query.order_by(Person.name, Person.id).limit(most))


def to_come(now: datetime) -> ColumnElement[bool]:
    """Published sessions that are not over."""
    return and_(TrainingSession.status == SessionStatus.PUBLISHED, TrainingSession.ends_at > now)


def planned(now: datetime) -> ColumnElement[bool]:
    """Sessions that are not over, drafts too."""
    return and_(TrainingSession.status != SessionStatus.CANCELLED, TrainingSession.ends_at > now)


def training_sessions(
    *,
    search: str = "",
    course_id: int | None = None,
    month: date | None = None,
    status: SessionStatus | None = None,
    venue_id: int | None = None,
    online: bool | None = None,
    trainer_id: int | None = None,
    from_moment: datetime | None = None,
    latest_first: bool = False,
) -> Select[TrainingSession]:
    """Training sessions by when they start, with all that a list shows of them (five queries a page).

    `month` is any day of the month, in London's calendar, in which a part starts; `online` True wants every
    part on-line, False at least one at a venue; `from_moment` leaves out what was over by then.
    """
    query = select(TrainingSession).options(*shown_in_lists())
    for word in search.split():
        holds = Course.title.icontains(word, autoescape=True) | Course.code.icontains(word, autoescape=True)
        query = query.where(TrainingSession.course_version.has(CourseVersion.course.has(holds)))
    if course_id is not None:
        query = query.where(TrainingSession.course_version.has(CourseVersion.course_id == course_id))
    if month is not None:
        first, following = _month(month)
        query = query.where(
            TrainingSession.parts.any(and_(SessionPart.starts_at >= first, SessionPart.starts_at < following))
        )
    if status is not None:
        query = query.where(TrainingSession.status == status)
    if venue_id is not None:
        query = query.where(TrainingSession.parts.any(SessionPart.venue_id == venue_id))
    if online is not None:
        at_a_venue = TrainingSession.parts.any(SessionPart.venue_id.is_not(None))
        query = query.where(not_(at_a_venue) if online else at_a_venue)
    if trainer_id is not None:
        query = query.where(TrainingSession.trainers.any(Trainer.id == trainer_id))
    if from_moment is not None:
        query = query.where(TrainingSession.ends_at > from_moment)
    order = TrainingSession.starts_at
    return query.order_by(order.desc() if latest_first else order, TrainingSession.id)


def shown_in_lists() -> tuple[_AbstractLoad, ...]:
    """Loading options for what every list of sessions shows: course, parts with venues, trainers by name."""
    return (
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course).joinedload(Course.theme),
        selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
        selectinload(TrainingSession.trainers).joinedload(Trainer.person),
    )


def training_session_or_404(training_session_id: int) -> TrainingSession:
    """The session with all that its page shows. For staff: drafts too."""
    return row_or_404(
        select(TrainingSession).where(TrainingSession.id == training_session_id).options(*shown_in_lists())
    )


def dates_to_come_of(course: Course, now: datetime) -> int:
    """How many published sessions of the course are not over."""
    return number(
        select(func.count())
        .select_from(TrainingSession)
        .join(TrainingSession.course_version)
        .where(CourseVersion.course_id == course.id, to_come(now))
    )


def dates_to_come_at(venue: Venue, now: datetime) -> int:
    """How many sessions with a part at the venue, drafts too, are not over."""
    at_the_venue = TrainingSession.parts.any(SessionPart.venue_id == venue.id)
    return number(select(func.count()).select_from(TrainingSession).where(planned(now), at_the_venue))


def dates_to_come_with(trainer: Trainer, now: datetime) -> int:
    """How many sessions with the trainer, drafts too, are not over."""
    with_them = TrainingSession.trainers.any(Trainer.id == trainer.id)
    return number(select(func.count()).select_from(TrainingSession).where(planned(now), with_them))


def cautions(training_session: TrainingSession, now: datetime) -> list[str]:
    """What to think of before this date is published."""
    return rules.cautions(
        has_trainers=bool(training_session.trainers),
        has_instructions=bool(training_session.joining_instructions),
        lacks_address=any(not part.venue_id and not part.online_url for part in training_session.parts),
        course_is_published=training_session.course.published_at is not None,
        has_begun=training_session.starts_at <= now,
    )


def clashes(training_session: TrainingSession) -> Sequence[SessionPart]:
    """Parts of other published sessions, at the same time, in the same room or with one of the same trainers."""
    if not training_session.parts:
        return []
    found = [
        and_(
            SessionPart.starts_at < part.ends_at,
            SessionPart.ends_at > part.starts_at,
            or_(
                SessionPart.venue_id == part.venue_id if part.venue_id else SessionPart.id.is_(None),
                TrainingSession.trainers.any(Trainer.id.in_([t.id for t in training_session.trainers])),
            ),
        )
        for part in training_session.parts
    ]
    return rows(
        select(SessionPart)
        .join(SessionPart.training_session)
        .where(
            TrainingSession.id != training_session.id,
            TrainingSession.status == SessionStatus.PUBLISHED,
            or_(*found),
        )
        .options(
            joinedload(SessionPart.venue),
            joinedload(SessionPart.training_session).options(*shown_in_lists()),
        )
        .order_by(SessionPart.starts_at)
    )


def _month(day: date) -> tuple[datetime, datetime]:
    """The moments at which the month of this day, and the month after it, begin in London."""
    first = day.replace(day=1)
    return at_london(first, time.min), at_london(month_after(first), time.min)
