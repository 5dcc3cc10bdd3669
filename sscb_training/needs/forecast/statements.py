"""The statements that a forecast rests on, each one SELECT for one need however many people there are.

They are put together from the parts of coverage, so that whoever counts there counts here; once, and kept.
Dates of courses that only renew bring nobody new: they are among what renews, and nowhere else.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import ColumnElement

from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.queries import taken
from sscb_training.core.db import Moment
from sscb_training.core.times import at_london
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.coverage import claims, lines, parts
from sscb_training.needs.coverage.parts import AS_AT, BEGINS, ENDS, KNOWN_BEFORE, AnyColumns, Condition
from sscb_training.needs.forecast.rules import FOR_EVER
from sscb_training.people.models import Membership

YEAR = timedelta(days=365)
SETTLED = timedelta(days=60)
"""How long after a date whoever came to all of it has passed what there is to pass, or has not."""
LATEST = 500
"""Of more dates in a year only the latest tell what is usual: enough to tell it, and soon counted in any county."""
RENEWALS_BEGIN, RENEWALS_END = 25, 1
"""How many months before this one what ran out is looked at for renewals, and not any more."""

YEAR_AGO = bindparam("year_ago", type_=Date())
YEAR_BEGINS = bindparam("year_begins", type_=Moment())
SETTLED_ON = bindparam("settled_on", type_=Date())
RAN_OUT_FROM = bindparam("ran_out_from", type_=Date())
RAN_OUT_BEFORE = bindparam("ran_out_before", type_=Date())


def answers(need_id: int, as_at: date, known_on: date) -> dict[str, Any]:
    """What goes into the places of a statement."""
    return parts.answers(
        as_at,
        known_on,
        need_id=need_id,
        year_ago=as_at - YEAR,
        year_begins=at_london(as_at - YEAR),
        settled_on=as_at - SETTLED,
        ran_out_from=_months_before(as_at, RENEWALS_BEGIN),
        ran_out_before=_months_before(as_at, RENEWALS_END),
    )


@cache
def ends() -> AnyColumns:
    """Those in force by the last day that they hold it (`FOR_EVER` without one), whether they work where the headcount
    is known, whether they did not hold it a year ago, whether they have booked what renews it, and how many they are.

    What is revoked from a day to come lasts until that day.
    """
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    until = func.coalesce(holding.c.until, FOR_EVER)
    last = case((holding.c.ended_on < until, holding.c.ended_on), else_=until)
    stands = parts.stands(holding)
    stood = _stood(holding, YEAR_AGO)
    held = (
        select(
            holding.c.need_id,
            holding.c.person_id,
            func.max(case((stands, last))).label("last"),
            func.max(case((stood, 1), else_=0)).label("stood"),
        )
        .where(or_(stands, stood))
        .group_by(holding.c.need_id, holding.c.person_id)
        .having(func.max(case((stands, 1), else_=0)) == 1)
        .cte("held")
    )
    held = _once(held)
    line = _once(lines.line([AS_AT], aim))
    known = func.max(case((line.c.headcount.is_not(None), 1), else_=0))
    query = select(held.c.person_id, held.c.last, held.c.stood, known.label("known")).select_from(held)
    person = (
        parts.in_audience(query, held, aim, parts.works(AS_AT))
        .join(line, line.c.agency_id == Membership.agency_id)
        .group_by(held.c.person_id, held.c.last, held.c.stood)
        .cte("person")
    )
    coming = select(claims.place(claims.meeting(one_need=True)).c.person_id).distinct().cte("coming")
    coming = _once(coming)
    booked = case((coming.c.person_id.is_not(None), 1), else_=0)
    return (
        select(person.c.last, person.c.known, 1 - person.c.stood, booked, func.count())
        .outerjoin(coming, coming.c.person_id == person.c.person_id)
        .group_by(person.c.last, person.c.known, person.c.stood, booked)
        .order_by(person.c.last)
    )


@cache
def renewals() -> AnyColumns:
    """Of what ran out in the two years before the last full month, for people who are in the audience: how many times
    somebody's did, and how many of these they held it again, or still, by the end of the month after."""
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    other = holding.alias("other")
    renews = and_(
        other.c.person_id == holding.c.person_id,
        or_(other.c.until.is_(None), other.c.until > holding.c.until),
        _month(other.c.since) <= _month(holding.c.until) + 1,
    )
    ran_out = (
        select(
            holding.c.need_id,
            holding.c.person_id,
            holding.c.until,
            func.max(case((other.c.person_id.is_not(None), 1), else_=0)).label("renewed"),
        )
        .outerjoin(other, renews)
        .where(
            holding.c.until >= RAN_OUT_FROM,
            holding.c.until < RAN_OUT_BEFORE,
            or_(holding.c.ended_on.is_(None), holding.c.ended_on > holding.c.until),
        )
        .group_by(holding.c.need_id, holding.c.person_id, holding.c.until)
        .cte("ran_out")
    )
    line = _once(lines.line([AS_AT], aim))
    query = select(ran_out.c.person_id, ran_out.c.until, ran_out.c.renewed)
    person = (
        parts.in_audience(query, ran_out, aim, parts.works(AS_AT))
        .join(line, line.c.agency_id == Membership.agency_id)
        .distinct()
        .cte("person")
    )
    return select(func.coalesce(func.sum(person.c.renewed), 0), func.count()).select_from(person)


@cache
def dates() -> AnyColumns:
    """The published dates to come that meet it, soonest first: key, beginning, places, places taken, course, version."""
    meeting = claims.meeting(one_need=True, refreshers=False)
    then = and_(Booking.requested_at < ENDS, Booking.requested_at < KNOWN_BEFORE)
    opened = func.coalesce(TrainingSession.opened_at, BEGINS)
    return (
        select(
            TrainingSession.id,
            TrainingSession.starts_at,
            TrainingSession.capacity,
            taken(then),
            Course.title,
            CourseVersion.number,
        )
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(
            TrainingSession.course_version_id.in_(select(meeting.c.course_version_id)),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at >= BEGINS,
            opened < ENDS,
            opened < KNOWN_BEFORE,
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


@cache
def newcomers() -> AnyColumns:
    """Who of the audience, where the headcount is known, holds nothing and has a place: how many by when they first come."""
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    line = _once(lines.line([AS_AT], aim))
    place = claims.place(claims.meeting(one_need=True, refreshers=False))
    either = union_all(
        select(place.c.need_id, place.c.person_id, place.c.starts_at),
        select(holding.c.need_id, holding.c.person_id, null().cast(Moment())).where(parts.stands(holding)),
    ).cte("either")
    first = (
        select(either.c.need_id, either.c.person_id, func.min(either.c.starts_at).label("starts_at"))
        .group_by(either.c.need_id, either.c.person_id)
        .having(func.count() == func.count(either.c.starts_at))
        .cte("first")
    )
    query = select(first.c.person_id, first.c.starts_at).select_from(first)
    person = (
        parts.in_audience(query, first, aim, parts.works(AS_AT))
        .join(line, and_(line.c.agency_id == Membership.agency_id, line.c.headcount.is_not(None)))
        .distinct()
        .cte("person")
    )
    return select(person.c.starts_at, func.count()).group_by(person.c.starts_at)


@cache
def past_dates() -> AnyColumns:
    """How many dates of the courses that meet it were closed in the last year, and their places."""
    past = _past()
    return select(func.count(), func.coalesce(func.sum(past.c.capacity), 0)).select_from(past)


@cache
def past_places() -> AnyColumns:
    """What became of the places of these dates: booked and kept; of these, who did not come; who came, walk-ins
    included, if only to some; of these, who was of the audience where the headcount is known and held nothing;
    of these, who came long enough ago to be settled, on a date that meets the need; of these, who came to hold it."""
    aim, holding, past = parts.aim(one_need=True), parts.holdings(one_need=True), _past()
    line = _once(lines.line([AS_AT], aim))
    place = (
        select(
            past.c.need_id,
            past.c.meets,
            Booking.id.label("booking_id"),
            Booking.person_id,
            Booking.outcome,
            Booking.outcome_on,
            Booking.unscheduled,
        )
        .join(Booking, Booking.training_session_id == past.c.id)
        .where(
            Booking.part_id.is_(None),
            Booking.status == BookingStatus.CONFIRMED,
            Booking.outcome.is_not(None),
            Booking.outcome != Outcome.CANCELLED_BY_BOARD,
            Booking.outcome_on <= AS_AT,
            Booking.outcome_recorded_at < KNOWN_BEFORE,
        )
        .cte("past_place")
    )
    came = place.c.outcome.in_((Outcome.ATTENDED, Outcome.PART_ATTENDED))
    on = place.c.outcome_on
    is_delegate = and_(aim.c.staff_group_id.is_not(None), line.c.headcount.is_not(None))
    held_before = and_(holding.c.since < on, _stood(holding, on))
    delegate = (
        select(
            place.c.booking_id,
            place.c.meets,
            on,
            func.max(case((is_delegate, 1), else_=0)).label("is_delegate"),
            func.max(case((held_before, 1), else_=0)).label("held"),
            func.max(case((holding.c.since >= on, 1), else_=0)).label("holds"),
        )
        .select_from(place)  # outer joins keep this order, the only quick one
        .outerjoin(Membership, and_(Membership.person_id == place.c.person_id, parts.works(on)))
        .outerjoin(
            aim, and_(aim.c.need_id == place.c.need_id, aim.c.staff_group_id == Membership.staff_group_id)
        )
        .outerjoin(line, line.c.agency_id == Membership.agency_id)
        .outerjoin(holding, holding.c.person_id == place.c.person_id)
        .where(came)
        .group_by(place.c.booking_id, place.c.meets, on)
        .cte("delegate")
    )
    settled = and_(delegate.c.meets == 1, delegate.c.outcome_on <= SETTLED_ON)
    newcomer = (
        select(case((settled, 1), else_=0).label("settled"), delegate.c.holds)
        .where(delegate.c.is_delegate == 1, delegate.c.held == 0)
        .cte("newcomer")
    )
    kept = place.c.unscheduled.is_(False)
    of_places = select(
        _number(kept).label("kept"),
        _number(and_(kept, place.c.outcome == Outcome.DID_NOT_ATTEND)).label("stayed_away"),
        _number(came).label("came"),
    ).subquery("of_places")
    of_newcomers = select(
        func.count(newcomer.c.settled).label("newcomers"),
        _number(newcomer.c.settled == 1).label("settled"),
        _number(and_(newcomer.c.settled == 1, newcomer.c.holds == 1)).label("hold_it"),
    ).subquery("of_newcomers")
    # each added up by itself: joined, PostgreSQL would look all newcomers through for each place
    return select(*of_places.c, *of_newcomers.c).join_from(of_places, of_newcomers, true())


def _past() -> CTE:
    """The latest dates of a year whose register is closed, of every version of the courses that meet the need."""
    meeting = claims.meeting(one_need=True, refreshers=False)
    course = (
        select(meeting.c.need_id, CourseVersion.course_id)
        .join(CourseVersion, CourseVersion.id == meeting.c.course_version_id)
        .distinct()
        .cte("course_of_need")
    )
    meets = case(
        (TrainingSession.course_version_id.in_(select(meeting.c.course_version_id)), 1), else_=0
    ).label("meets")
    return (
        select(course.c.need_id, TrainingSession.id, TrainingSession.capacity, meets)
        .select_from(course)
        .join(CourseVersion, CourseVersion.course_id == course.c.course_id)
        .join(TrainingSession, TrainingSession.course_version_id == CourseVersion.id)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.closed_at < KNOWN_BEFORE,
            TrainingSession.starts_at >= YEAR_BEGINS,
            TrainingSession.ends_at < ENDS,
        )
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
        .limit(LATEST)
        .cte("past")
    )


def _once(part: CTE) -> CTE:
    """The same, reckoned once: PostgreSQL takes it for a row or two and would reckon it again for each person."""
    return part.prefix_with("MATERIALIZED", dialect="postgresql")


def _stood(holding: CTE, on: Any) -> Condition:
    """As `parts.stands`, on another day."""
    return and_(
        holding.c.since <= on,
        or_(holding.c.until.is_(None), holding.c.until >= on),
        or_(holding.c.ended_on.is_(None), holding.c.ended_on > on),
    )


def _number(condition: Condition) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _month(day: Any) -> ColumnElement[int]:
    """The months since the year 0, to tell how far two days' months lie apart."""
    return cast(extract("year", day) * 12 + extract("month", day), Integer)


def _months_before(on: date, earlier: int) -> date:
    number = on.year * 12 + on.month - 1 - earlier
    return date(number // 12, number % 12 + 1, 1)
