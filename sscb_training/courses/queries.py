"""Training sessions, for all who list or count them. What staff may see; the public's pages ask for published ones only."""

from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, literal, not_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from sscb_training.core.roles import Role
from sscb_training.core.times import at_london, month_after
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
    training_session_trainer,
)
from sscb_training.people.models import Person


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
    part online, False at least one at a venue; `from_moment` leaves out what was over by then.
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


def sessions_trained_by(person: Person) -> Select[int]:
    """The keys of the sessions that somebody trains: what a trainer may see. None once the role has ended."""
    return (
        select(training_session_trainer.c.training_session_id)
        .join(Trainer, Trainer.id == training_session_trainer.c.trainer_id)
        .where(Trainer.person_id == person.id, literal(Role.TRAINER in person.roles))
    )


def shown_in_lists() -> tuple[_AbstractLoad, ...]:
    """Loading options for what every list of sessions shows: course, parts with venues, trainers by name."""
    return (
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course).joinedload(Course.theme),
        selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
        selectinload(TrainingSession.trainers).joinedload(Trainer.person),
    )


def _month(day: date) -> tuple[datetime, datetime]:
    """The moments at which the month of this day, and the month after it, begin in London."""
    first = day.replace(day=1)
    return at_london(first, time.min), at_london(month_after(first), time.min)
