"""Lists for staff: sessions with their numbers, and people to put in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.dates.queries import is_untold
from sscb_training.bookings.models import HOLDS_A_PLACE, LIVE, Booking, BookingStatus
from sscb_training.bookings.queries import FIRST_COME, nearly_empty, taken
from sscb_training.bookings.sessions.rules import SOON, State
from sscb_training.core.db import db, number, rows
from sscb_training.core.times import at_london, london_date, month_after
from sscb_training.courses import queries as courses
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
    Venue,
)
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import found_by

SOON_FOR_A_DRAFT = timedelta(days=28)
_STATUS = {State.CLOSED: SessionStatus.PUBLISHED}


@dataclass(frozen=True)
class Filters:
    """What the list of sessions is narrowed to. It shows what is to come, unless `past` is asked for."""

    course_id: int | None = None
    month: date | None = None
    state: State | None = None
    online: bool | None = None
    venue_id: int | None = None
    attention: bool = False
    at_risk: bool = False
    past: bool = False


@dataclass(frozen=True)
class Numbers:
    """How full a session is."""

    taken: int = 0
    waiting: int = 0


def training_sessions(filters: Filters, *, now: datetime) -> Select[TrainingSession]:
    """Sessions by when they start: the next first, or of those past the latest first."""
    query = courses.training_sessions(
        course_id=filters.course_id,
        month=filters.month,
        status=SessionStatus(_STATUS.get(filters.state, filters.state)) if filters.state else None,
        online=filters.online,
        venue_id=filters.venue_id,
        from_moment=None if filters.past else now,
        latest_first=filters.past,
    )
    if filters.past:
        query = query.where(TrainingSession.ends_at <= now)
    if filters.state in {State.PUBLISHED, State.CLOSED}:
        is_open = TrainingSession.closed_at.is_(None)
        query = query.where(is_open if filters.state is State.PUBLISHED else not_(is_open))
    if filters.attention:
        query = query.where(needs_attention(now))
    if filters.at_risk:
        query = query.where(at_risk(now))
    return query


def parts_of_month(
    month: date, *, course_id: int | None, venue_id: int | None
) -> Mapping[date, Sequence[SessionPart]]:
    """The parts of each day of a month on which there are any, by time, with their sessions; cancelled ones too."""
    first, following = at_london(month), at_london(month_after(month))
    query = (
        select(SessionPart)
        .join(SessionPart.training_session)
        .where(SessionPart.starts_at >= first, SessionPart.starts_at < following)
        .options(
            contains_eager(SessionPart.training_session)
            .joinedload(TrainingSession.course_version)
            .joinedload(CourseVersion.course),
            joinedload(SessionPart.venue),
        )
        .order_by(SessionPart.starts_at, SessionPart.id)
    )
    if course_id is not None:
        query = query.where(TrainingSession.course_version.has(CourseVersion.course_id == course_id))
    if venue_id is not None:
        query = query.where(SessionPart.venue_id == venue_id)
    found = defaultdict[date, list[SessionPart]](list)
    for part in rows(query):
        found[london_date(part.starts_at)].append(part)
    return found


def venues_with_sessions() -> Sequence[tuple[int, str]]:
    """The venues that ever had a session, to filter by."""
    query = (
        select(Venue.id, Venue.name)
        .where(Venue.id.in_(select(SessionPart.venue_id)))
        .order_by(Venue.name, Venue.id)
    )
    return [(venue_id, name) for venue_id, name in db.session.execute(query)]


def needs_attention(now: datetime) -> ColumnElement[bool]:
    """The sessions to come that somebody has to do something about."""
    live = Booking.training_session_id == TrainingSession.id
    waiting = select(Booking.id).where(live, Booking.status == BookingStatus.WAITLISTED).exists()
    published = TrainingSession.status == SessionStatus.PUBLISHED
    draft = TrainingSession.status == SessionStatus.DRAFT
    return and_(
        TrainingSession.starts_at > now,
        or_(
            and_(draft, TrainingSession.starts_at <= now + SOON_FOR_A_DRAFT),
            and_(published, waiting),
            is_untold(now),
            at_risk(now),
            and_(published, not_(TrainingSession.trainers.any())),
            and_(
                published,
                TrainingSession.starts_at <= now + SOON,
                nearly_empty(taken()),
            ),
        ),
    )


def at_risk(now: datetime) -> ColumnElement[bool]:
    """The published sessions to come with fewer delegates than they need, to be decided about within two weeks."""
    return and_(
        TrainingSession.status == SessionStatus.PUBLISHED,
        TrainingSession.starts_at > now,
        TrainingSession.decide_by <= london_date(now) + SOON,
        taken() < TrainingSession.fewest,
    )


def numbers(training_session_ids: Iterable[int]) -> Mapping[int, Numbers]:
    """How full each of these sessions is, in one query; a session without bookings is missing."""
    waiting = (
        select(func.count(Booking.id))
        .where(Booking.training_session_id == TrainingSession.id, Booking.status == BookingStatus.WAITLISTED)
        .scalar_subquery()
    )
    query = select(TrainingSession.id, taken(), waiting).where(
        TrainingSession.id.in_(list(training_session_ids))
    )
    return {found: Numbers(held, wait) for found, held, wait in db.session.execute(query) if held or wait}


def courses_with_sessions() -> Sequence[tuple[int, str]]:
    """The courses that ever had a session, to filter by."""
    query = (
        select(Course.id, Course.title)
        .where(Course.versions.any(CourseVersion.id.in_(select(TrainingSession.course_version_id))))
        .order_by(Course.title, Course.id)
    )
    return [(course_id, title) for course_id, title in db.session.execute(query)]


def live_bookings(training_session: TrainingSession) -> Mapping[BookingStatus, Sequence[Booking]]:
    """Everybody who holds a place or waits for one, by status: who waits by the longest wait, all others by name.

    One query, with agency and approval. Access needs are not among it.
    """
    found = defaultdict[BookingStatus, list[Booking]](list)
    for booking in rows(
        select(Booking)
        .join(Booking.person)
        .where(Booking.training_session_id == training_session.id, Booking.status.in_(LIVE))
        .options(contains_eager(Booking.person), _MEMBERSHIP, joinedload(Booking.approval))
        .order_by(Booking.waitlisted_at.is_(None), *FIRST_COME)
    ):
        found[booking.status].append(booking)
    for status in HOLDS_A_PLACE:
        found[status].sort(key=lambda booking: (booking.person.name.lower(), booking.id))
    return found


def ended_bookings(training_session: TrainingSession) -> Sequence[Booking]:
    """The bookings that were cancelled or came to nothing otherwise, the latest first."""
    return rows(
        select(Booking)
        .where(Booking.training_session_id == training_session.id, Booking.status.not_in(LIVE))
        .options(joinedload(Booking.person))
        .order_by(Booking.ended_at.desc(), Booking.id.desc())
    )


def called_off(training_session: TrainingSession) -> tuple[Sequence[Booking], Sequence[Booking]]:
    """Who had a place when this session was cancelled, by name, and who waited for one, the longest wait first."""
    found = bookings.called_off(training_session)
    waited = (one for one in found if not one.ever_held_a_place)
    return (
        sorted(
            (one for one in found if one.ever_held_a_place),
            key=lambda booking: (booking.person.name.lower(), booking.id),
        ),
        sorted(waited, key=lambda booking: (booking.waitlisted_at or booking.requested_at, booking.id)),
    )


def number_with_access_needs(training_session: TrainingSession) -> int:
    """How many delegates said what they need; what it is stays unread."""
    return number(
        select(func.count(Booking.id)).where(
            Booking.training_session_id == training_session.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.access_needs.has(),
        )
    )


def roles_to_put_in(
    training_session: TrainingSession, *, search: str, on: date, form_key: str, most: int = 20
) -> Sequence[Membership]:
    """Current roles of people whose name or address holds the words and who have no live booking here.

    Whom this very form has put in is still among them: the same form sent again must find its booking.
    """
    booked = select(Booking.person_id).where(
        Booking.training_session_id == training_session.id,
        Booking.status.in_(LIVE),
        Booking.form_key.is_distinct_from(form_key),
    )
    query = (
        select(Membership)
        .join(Membership.person)
        .where(Membership.is_current(on), Person.suspended_at.is_(None), Person.id.not_in(booked))
        .options(contains_eager(Membership.person), joinedload(Membership.agency))
        .order_by(func.lower(Person.name), Membership.id)
        .limit(most)
    )
    for word in search.split():
        query = query.where(found_by(word, and_former=True))
    return rows(query)


_MEMBERSHIP = joinedload(Booking.membership).options(
    joinedload(Membership.agency), joinedload(Membership.staff_group)
)
