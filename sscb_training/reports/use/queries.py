"""How training dates that are over were used: by date and by agency, each in one query."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, not_, or_, select

from sscb_training.agencies.models import Agency, Sector
from sscb_training.attendance.models import Register
from sscb_training.bookings.charges.models import Charge, ChargeState
from sscb_training.bookings.models import Booking, BookingStatus, CancelReason, Outcome, booking_missed_part
from sscb_training.core.db import db
from sscb_training.core.times import at_london
from sscb_training.courses.models import Course, CourseVersion, SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person
from sscb_training.reports.use.rules import Use


@dataclass(frozen=True)
class Filters:
    """The dates that began in a period, both days included; of one course, or of some people's bookings, alone.

    `is_unconfirmed`: of those alone whose agency nobody has confirmed.
    """

    begin: date
    end: date
    course_id: int | None = None
    agency_id: int | None = None
    sector: Sector | None = None
    is_unconfirmed: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks of some of the people on a date, and not of the whole date."""
        return self.agency_id is not None or self.sector is not None or self.is_unconfirmed


@dataclass(frozen=True)
class DateUse:
    """How one training date was used."""

    training_session_id: int
    starts_at: datetime
    course_id: int
    code: str
    title: str
    use: Use


@dataclass(frozen=True)
class AgencyUse:
    """How the people of one agency used training dates; without an agency, those whose agency nobody has confirmed."""

    agency_id: int | None
    name: str
    sector: Sector | None
    use: Use


NOT_CONFIRMED = "Agency not confirmed"

_is_closed = and_(TrainingSession.status == SessionStatus.PUBLISHED, Register.closed_at.is_not(None))
_is_open = and_(TrainingSession.status == SessionStatus.PUBLISHED, Register.closed_at.is_(None))
_kept = Booking.status == BookingStatus.CONFIRMED
_given_up = and_(
    Booking.status == BookingStatus.CANCELLED_BY_DELEGATE,
    Booking.confirmed_at.is_not(None),
    Booking.unscheduled.is_(False),
)
_lost_to_the_board = or_(
    and_(Booking.status == BookingStatus.CANCELLED_BY_BOARD, Booking.confirmed_at.is_not(None)),
    Booking.outcome == Outcome.CANCELLED_BY_BOARD,
)
_lost = and_(not_(_is_open), _lost_to_the_board)
_counts = or_(Booking.outcome.is_(None), Booking.outcome != Outcome.CANCELLED_BY_BOARD)
_is_excused = exists().where(Charge.booking_id == Booking.id, Charge.state == ChargeState.EXCUSED)
_concerns = and_(TrainingSession.status == SessionStatus.PUBLISHED, _counts, or_(_kept, _given_up))
_matters = or_(_concerns, _lost)
"""Whether a booking is in any figure."""
_absent = and_(_kept, Booking.outcome == Outcome.DID_NOT_ATTEND)
_lost_a_part = exists().where(
    SessionPart.training_session_id == Booking.training_session_id, SessionPart.cancelled_at.is_not(None)
)
_missed_one = exists().where(booking_missed_part.c.booking_id == Booking.id)
_to_all = or_(
    Booking.outcome == Outcome.ATTENDED,
    and_(Booking.outcome == Outcome.PART_ATTENDED, _lost_a_part, not_(_missed_one)),
)
"""Whether a delegate missed nothing but what the board cancelled."""


def use_by_date(filters: Filters, *, now: datetime) -> Sequence[DateUse]:
    """How each date that is over was used, the earliest first.

    What the board cancelled, a date, a part of one or a booking, is counted apart and in no other figure: whoever came to
    all that took place came. Nobody counts who was never confirmed, and no booking that makes up a part of another. Dates
    whose register is open are counted as that and nothing else: without outcomes they would lower every rate.
    """
    keys = (TrainingSession.id, TrainingSession.starts_at, Course.id, Course.code, Course.title)

    def date(condition: Any, concerns: Any) -> Any:
        if filters.is_narrowed:
            return func.max(_one_if(and_(condition, concerns)))
        return _one_if(condition)

    query = (
        select(
            *keys,
            date(_is_closed, _concerns),
            literal(0) if filters.is_narrowed else _one_if(_is_closed) * TrainingSession.capacity,
            *_figures(),
            date(TrainingSession.status == SessionStatus.CANCELLED, _lost),
            date(_is_open, _concerns),
        )
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .group_by(*keys, TrainingSession.status, TrainingSession.capacity, Register.closed_at)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    if filters.is_narrowed:
        query = query.where(_matters)
    found = db.session.execute(_over(query, filters, now, with_bookings=filters.is_narrowed))
    return [
        DateUse(date_id, starts_at, course_id, code, title, Use(*(int(number) for number in numbers)))
        for date_id, starts_at, course_id, code, title, *numbers in found
    ]


def use_by_agency(filters: Filters, *, now: datetime) -> Sequence[AgencyUse]:
    """The same by the agency that somebody booked for; its dates are those on which it had anybody."""
    found: dict[int | None, AgencyUse] = {}
    for (agency_id, _), one in use_by_agency_and_course(filters, now=now).items():
        before = found.get(agency_id)
        found[agency_id] = one if before is None else replace(one, use=before.use + one.use)
    return list(found.values())


def use_by_agency_and_course(filters: Filters, *, now: datetime) -> dict[tuple[int | None, int], AgencyUse]:
    """The same by agency and course, so that lines of either add up to those of the other; each booking is read once."""
    of_bookings = (
        select(
            TrainingSession.id,
            _agency_id.label("agency_id"),
            CourseVersion.course_id,
            _marks().label("marks"),
        )
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
    )
    # set apart, so that the database sorts four numbers a booking and not all that they come from
    each = _over(of_bookings, filters, now, with_bookings=True).offset(0).subquery("each")
    alike: Counter[tuple[int | None, int, int]] = Counter()
    dates: dict[tuple[int | None, int, int], set[int]] = defaultdict(set)
    of = each.c
    query = select(of.id, of.agency_id, of.course_id, of.marks, func.count()).group_by(*of)
    for date_id, agency_id, course_id, marks, number in db.session.execute(query):
        if marks:
            alike[agency_id, course_id, marks] += number
            dates[agency_id, course_id, marks & MARKED_DATES].add(date_id)
    figures: dict[tuple[int | None, int], Counter[str]] = defaultdict(Counter)
    for (agency_id, course_id, marks), number in alike.items():
        for figure in CONDITIONS:
            figures[agency_id, course_id][figure] += number if marks & MARKS[figure] else 0
    for (agency_id, course_id, marks), found in dates.items():
        for figure in OF_DATES:
            figures[agency_id, course_id][figure] += len(found) if marks & MARKS[figure] else 0
    agencies = {agency.id: agency for agency in db.session.scalars(select(Agency))}
    return {
        (agency_id, course_id): AgencyUse(
            agency_id,
            agencies[agency_id].name if agency_id else NOT_CONFIRMED,
            agencies[agency_id].sector if agency_id else None,
            Use(**numbers),
        )
        for (agency_id, course_id), numbers in figures.items()
    }


_agency_id = case((Membership.confirmed_at.is_not(None), Membership.agency_id))
"""The agency that somebody booked for, once it does not rest on a walk-in's word alone."""


@dataclass(frozen=True)
class Ended:
    """Why places were given up, and how many requests came to nothing before there was a place."""

    given_up: dict[CancelReason | None, int]
    declined: int
    lapsed: int


def endings(filters: Filters, *, now: datetime) -> Ended:
    """How bookings of the same dates ended before the day."""
    asked = or_(_given_up, Booking.status.in_((BookingStatus.DECLINED, BookingStatus.LAPSED)))
    query = (
        select(Booking.status, Booking.reason_code, func.count(Booking.id))
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(_is_closed, asked, _counts)
        .group_by(Booking.status, Booking.reason_code)
    )
    given_up: dict[CancelReason | None, int] = {}
    others: dict[BookingStatus, int] = {}
    for status, code, number in db.session.execute(_over(query, filters, now, with_bookings=True)):
        if status is BookingStatus.CANCELLED_BY_DELEGATE:
            given_up[code] = number
        else:
            others[status] = others.get(status, 0) + number
    return Ended(given_up, others.get(BookingStatus.DECLINED, 0), others.get(BookingStatus.LAPSED, 0))


def _conditions() -> dict[str, ColumnElement[bool]]:
    """What a booking must be to be counted, by the name of the figure in `Use`, from `booked` to `cancelled_by_board`."""
    closed = and_(_is_closed, _counts)
    came = and_(closed, _kept, _to_all)
    return {
        "booked": and_(closed, Booking.unscheduled.is_(False), or_(_kept, _given_up)),
        "cancelled": and_(closed, _given_up),
        "cancelled_late": and_(closed, _given_up, Booking.cancelled_late),
        "attended": came,
        "unscheduled": and_(came, Booking.unscheduled),
        "part_attended": and_(closed, _kept, Booking.outcome == Outcome.PART_ATTENDED, not_(_to_all)),
        "did_not_attend": and_(closed, _absent),
        "excused": and_(closed, _absent, _is_excused),
        "cancelled_by_board": _lost,
    }


CONDITIONS = _conditions()
BEHIND = {**CONDITIONS, "came_as_booked": and_(CONDITIONS["attended"], not_(Booking.unscheduled))}
"""What a booking must be to be behind a figure or a rate."""


OF_DATES = {
    "dates": and_(_is_closed, _concerns),
    "dates_cancelled": and_(TrainingSession.status == SessionStatus.CANCELLED, _lost),
    "open_registers": and_(_is_open, _concerns),
}
"""What a booking must be for its date to be counted; no date is of two kinds."""
MARKS = {figure: 1 << place for place, figure in enumerate([*CONDITIONS, *OF_DATES])}
MARKED_DATES = sum(MARKS[figure] for figure in OF_DATES)


def _marks() -> ColumnElement[int]:
    """The figures that count a booking, as one number: the sum of their marks."""
    came_as_most_do = and_(
        Booking.outcome == Outcome.ATTENDED, _kept, Booking.unscheduled.is_(False), _is_closed
    )
    theirs = sum(MARKS[figure] for figure in ("booked", "attended", "dates"))
    figures = [
        case((condition, MARKS[figure]), else_=0) for figure, condition in (CONDITIONS | OF_DATES).items()
    ]
    # asked first, so that few bookings are asked all the rest
    return case((came_as_most_do, theirs), else_=reduce(add, figures))


def _figures() -> tuple[Any, ...]:
    """What bookings add up to, in the order of `Use`."""
    return tuple(
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in CONDITIONS.values()
    )


def bookings_behind(figure: str, filters: Filters, *, now: datetime) -> Select[Booking]:
    """The bookings that a figure counts, by its name in `BEHIND`: the latest date first, then by name."""
    query = (
        select(Booking)
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(BEHIND[figure])
    )
    return (
        _over(query, filters, now, with_bookings=True)
        .join(Person, Person.id == Booking.person_id)
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id, Person.name, Booking.id)
    )


def _one_if(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)


def _over(
    query: Select[*tuple[Any, ...]], filters: Filters, now: datetime, *, with_bookings: bool
) -> Select[*tuple[Any, ...]]:
    """The query, of the dates that are over and their bookings; `with_bookings` leaves out dates without any."""
    of_date = and_(Booking.training_session_id == TrainingSession.id, Booking.part_id.is_(None))
    query = _dates(query, filters, now).join(Booking, of_date, isouter=not with_bookings)
    if with_bookings:
        query = query.outerjoin(Membership, Membership.id == Booking.membership_id)
    if filters.agency_id is not None:
        query = query.where(Membership.agency_id == filters.agency_id, Membership.confirmed_at.is_not(None))
    if filters.is_unconfirmed:
        query = query.where(_agency_id.is_(None))
    if filters.sector is not None:
        query = query.join(Agency, Agency.id == Membership.agency_id).where(
            Agency.sector == filters.sector, Membership.confirmed_at.is_not(None)
        )
    return query


def _dates(query: Select[*tuple[Any, ...]], filters: Filters, now: datetime) -> Select[*tuple[Any, ...]]:
    query = query.outerjoin(Register, Register.training_session_id == TrainingSession.id).where(
        TrainingSession.status.in_((SessionStatus.PUBLISHED, SessionStatus.CANCELLED)),
        TrainingSession.repeats_part.is_(None),
        TrainingSession.starts_at >= at_london(filters.begin),
        TrainingSession.starts_at < at_london(filters.end + timedelta(days=1)),
        TrainingSession.ends_at <= now,
    )
    return query if filters.course_id is None else query.where(CourseVersion.course_id == filters.course_id)


def dates_by_course(filters: Filters, *, now: datetime) -> dict[int, Use]:
    """By course, how many dates were held, with how much room, were cancelled, or wait for their register."""
    counted = (
        func.sum(_one_if(_is_closed)),
        func.sum(_one_if(_is_closed) * TrainingSession.capacity),
        func.sum(_one_if(TrainingSession.status == SessionStatus.CANCELLED)),
        func.sum(_one_if(_is_open)),
    )
    query = (
        select(CourseVersion.course_id, *counted)
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .group_by(CourseVersion.course_id)
    )
    return {
        course_id: Use(
            dates=int(closed),
            capacity=int(capacity),
            dates_cancelled=int(cancelled),
            open_registers=int(still_open),
        )
        for course_id, closed, capacity, cancelled, still_open in db.session.execute(
            _dates(query, filters, now)
        )
    }
