"""What the public sees of courses and dates: published ones, with the places left on each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, Subquery, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.bookings.queries import taken
from sscb_training.core.db import db, row_or_404
from sscb_training.core.times import at_london, london_date, month_after
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    SessionPart,
    SessionStatus,
    Theme,
    TrainingSession,
    Venue,
    course_level,
)

DATES_SHOWN = 3
"""How many dates a course shows in the catalogue; its own page has them all."""


@dataclass(frozen=True)
class Filters:
    """What the catalogue is narrowed to. `month` is its first day; `online` False wants a part at a place.

    `agency_ids` are those of the viewer: dates for one of them alone are shown too.
    """

    search: str = ""
    theme: str = ""
    level_id: int | None = None
    online: bool | None = None
    month: date | None = None
    with_places: bool = False
    agency_ids: frozenset[int] = frozenset()

    @property
    def about_dates(self) -> bool:
        """Whether a course without a date that fits is left out."""
        return self.online is not None or self.month is not None or self.with_places


@dataclass(frozen=True)
class Offer:
    """A date that can be booked, or waited for when no place is left."""

    training_session_id: int
    course_id: int
    version_id: int
    starts_at: datetime
    ends_at: datetime
    parts: int
    parts_cancelled: int
    parts_at_a_venue: int
    venue: str
    left: int
    dates_of_course: int

    @property
    def place(self) -> str:
        if not self.parts_at_a_venue:
            return "Online"
        return self.venue if self.parts_at_a_venue == self.parts else f"{self.venue} and online"


def courses(filters: Filters, *, now: datetime) -> Select[int, str, str, str, str]:
    """Published courses by theme: id, code, title, summary and the theme's name."""
    query = (
        select(Course.id, Course.code, Course.title, Course.summary, Theme.name.label("theme"))
        .join(Course.theme)
        .where(Course.published_at.is_not(None))
        .order_by(Theme.position, Theme.name, Course.title, Course.id)
    )
    for word in filters.search.split():
        query = query.where(
            Course.title.icontains(word, autoescape=True)
            | Course.summary.icontains(word, autoescape=True)
            | Course.code.icontains(word, autoescape=True)
            | Theme.name.icontains(word, autoescape=True)
        )
    if filters.theme:
        query = query.where(Theme.slug == filters.theme)
    if filters.level_id is not None:
        query = query.where(Course.levels.any(Level.id == filters.level_id))
    if filters.about_dates:
        query = query.where(Course.id.in_(select(_offered(filters, now).c.course_id)))
    return query


def next_offers(
    course_ids: Iterable[int], filters: Filters, *, now: datetime, most: int | None = DATES_SHOWN
) -> Mapping[int, Sequence[Offer]]:
    """The next dates of each course that fit the filters, soonest first; a second query where some have several venues."""
    offered = _offered(filters, now)
    in_turn = (offered.c.starts_at, offered.c.id)
    ranked = (
        select(
            offered,
            func.count().over(partition_by=offered.c.course_id).label("dates"),
            func.row_number().over(partition_by=offered.c.course_id, order_by=in_turn).label("turn"),
        )
        .where(offered.c.course_id.in_(list(course_ids)))
        .subquery()
    )
    query = select(ranked).order_by(ranked.c.starts_at, ranked.c.id)
    if most is not None:
        query = query.where(ranked.c.turn <= most)
    listed = db.session.execute(query).all()
    at_several = _venues_in_turn([row.id for row in listed if row.venues > 1])
    found: dict[int, list[Offer]] = {}
    for row in listed:
        offer = Offer(
            row.id, row.course_id, row.version_id, row.starts_at, row.ends_at, row.parts, row.parts_cancelled,
            row.parts_at_a_venue, at_several.get(row.id, row.venue or ""), max(0, row.places_left), row.dates,
        )  # fmt: skip
        found.setdefault(offer.course_id, []).append(offer)
    return found


def _venues_in_turn(training_session_ids: Collection[int]) -> Mapping[int, str]:
    """The venues of each of these dates as one reads them, in the order of its parts; no query for no dates."""
    if not training_session_ids:
        return {}
    query = (
        select(SessionPart.training_session_id, Venue.name)
        .join(SessionPart.venue)
        .where(SessionPart.training_session_id.in_(training_session_ids), SessionPart.cancelled_at.is_(None))
        .order_by(SessionPart.training_session_id, SessionPart.position)
    )
    names: dict[int, dict[str, None]] = {}
    for training_session_id, name in db.session.execute(query):
        names.setdefault(training_session_id, {})[name] = None
    return {training_session_id: " and ".join(of_one) for training_session_id, of_one in names.items()}


def programme(filters: Filters, *, now: datetime) -> Sequence[tuple[Offer, str, str]]:
    """Every date to come that fits, soonest first, with its course's code and title."""
    found = {row.id: row for row in db.session.execute(courses(filters, now=now))}
    offers = next_offers(found, filters, now=now, most=None)
    in_turn = sorted(
        (offer for listed in offers.values() for offer in listed),
        key=lambda offer: (offer.starts_at, offer.training_session_id),
    )
    return [(offer, found[offer.course_id].code, found[offer.course_id].title) for offer in in_turn]


def last_month(*, agency_ids: frozenset[int] = frozenset(), now: datetime) -> date | None:
    """The first day of the month in which the last date begins that the catalogue offers; None without any."""
    offered = _offered(Filters(agency_ids=agency_ids), now)
    starts_at = db.session.scalar(
        select(func.max(offered.c.starts_at))
        .join(Course, Course.id == offered.c.course_id)
        .where(Course.published_at.is_not(None))
    )
    return london_date(starts_at).replace(day=1) if starts_at else None


def levels_in_use() -> Sequence[tuple[int, str]]:
    """The levels that published courses have, to filter by: id, and the name with its scheme's."""
    query = (
        select(Level.id, Level.name, LevelScheme.name)
        .join(Level.scheme)
        .join(course_level, course_level.c.level_id == Level.id)
        .join(Course, Course.id == course_level.c.course_id)
        .where(Course.published_at.is_not(None))
        .group_by(Level.id, Level.name, LevelScheme.name, Level.position)
        .order_by(LevelScheme.name, Level.position, Level.id)
    )
    return [(level_id, f"{name} ({scheme})") for level_id, name, scheme in db.session.execute(query)]


def themes_in_use() -> Sequence[tuple[str, str]]:
    """The themes of published courses, to filter by: the word in addresses, and the name."""
    query = (
        select(Theme.slug, Theme.name)
        .join(Course, Course.theme_id == Theme.id)
        .where(Course.published_at.is_not(None))
        .group_by(Theme.id, Theme.slug, Theme.name, Theme.position)
        .order_by(Theme.position, Theme.name)
    )
    return [(slug, name) for slug, name in db.session.execute(query)]


def published_course(code: str) -> Course:
    """The course of this code, whatever its capitals; 404 while it is not published."""
    return row_or_404(
        select(Course)
        .where(func.lower(Course.code) == code.lower(), Course.published_at.is_not(None))
        .options(joinedload(Course.theme), selectinload(Course.levels).joinedload(Level.scheme))
    )


def _offered(filters: Filters, now: datetime) -> Subquery:
    """The dates that have not started and fit the filters, with what a list shows of them: one row a date."""
    held = taken()
    takes_place = SessionPart.cancelled_at.is_(None)
    at_a_venue = func.count(SessionPart.venue_id).filter(takes_place)
    query = (
        select(
            TrainingSession.id,
            CourseVersion.course_id,
            TrainingSession.course_version_id.label("version_id"),
            TrainingSession.starts_at,
            TrainingSession.ends_at,
            (TrainingSession.capacity - held).label("places_left"),
            func.count(SessionPart.id).filter(takes_place).label("parts"),
            func.count(SessionPart.cancelled_at).label("parts_cancelled"),
            at_a_venue.label("parts_at_a_venue"),
            func.min(Venue.name).filter(takes_place).label("venue"),
            func.count(func.distinct(Venue.id)).filter(takes_place).label("venues"),
        )
        .join(TrainingSession.course_version)
        .outerjoin(TrainingSession.parts)
        .outerjoin(SessionPart.venue)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            or_(
                TrainingSession.only_agency_id.is_(None),
                TrainingSession.only_agency_id.in_(filters.agency_ids),
            ),
        )
        .group_by(TrainingSession.id, CourseVersion.course_id)
    )
    if filters.month is not None:
        query = query.where(
            TrainingSession.starts_at >= at_london(filters.month),
            TrainingSession.starts_at < at_london(month_after(filters.month)),
        )
    if filters.online is not None:
        query = query.having(at_a_venue == 0 if filters.online else at_a_venue > 0)
    if filters.with_places:
        query = query.where(TrainingSession.capacity > held)
    return query.subquery()
