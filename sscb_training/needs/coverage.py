"""The statements that count coverage, each one SELECT however many agencies, needs or people there are.

They are put together once and kept, with places for the need, the days and what was known. Their parts:

* *aim* is who a need is for: its staff groups. A job that rests on a walk-in's word alone, which nobody has checked
  yet, puts nobody into it and makes no line;
* *holding* is what meets it, person by person, each from a day and perhaps until one;
* *counted* is who of the audience holds it on the day, at which agency;
* *booked* is who of the audience has a confirmed place on a coming date that would meet it, since that day or before;
* *line* is an agency's headcount on a day, known only when no staff group that works there lacks a return.

Sectors that a need is not for have no line, and everything is joined to lines in the end. The trend has its own
way of counting a person once on each of many days: see `trend`.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation, scheme_course
from sscb_training.agencies.models import Agency, Headcount, StaffGroup
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import Moment
from sscb_training.core.times import at_london
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.imports.models import Assessment, EarlierTraining
from sscb_training.needs.models import Intervention, NeedExcludedSector, need_staff_group
from sscb_training.people.models import Membership, Person

AnyColumns = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]

AS_AT = bindparam("as_at", type_=Date())
BEGINS = bindparam("begins", type_=Moment())
ENDS = bindparam("ends", type_=Moment())
KNOWN_BEFORE = bindparam("known_before", type_=Moment())
NEED = bindparam("need_id", type_=Integer())
AGENCY = bindparam("agency_id", type_=Integer())

END_IS_NOT_KNOWN = Membership.ended_recorded_at >= KNOWN_BEFORE
"""The job's last day was recorded later, so that the job went on as far as was known."""

TRAINED, ATTENDED, AWARDED = range(3)
"""What somebody holds it by, the strongest last: earlier training alone, a course, or an accreditation."""

MONTHS = 12
DAYS = [bindparam(f"on_{place}", type_=Date()) for place in range(MONTHS)]
BITS = 5


def answers(as_at: date, known_on: date, days: Sequence[date] = (), **more: int) -> dict[str, Any]:
    """What goes into the places of a statement."""
    return {
        **{f"on_{place}": on for place, on in enumerate(days)},
        "as_at": as_at,
        "begins": at_london(as_at),
        "ends": at_london(as_at + timedelta(days=1)),
        "known_before": at_london(known_on + timedelta(days=1)),
        **more,
    }


@cache
def table() -> AnyColumns:
    """For one need, an agency a row: in force, headcount, booked, its id and name, date of its oldest return.

    Three more columns say the same of the whole county in every row, each person once: in force where the
    headcount is known, in force everywhere, booked.
    """
    aim = _aim(one_need=True)
    line, counted, booked = (
        _line([AS_AT], aim),
        _counted(_holdings(one_need=True), aim),
        _booked(aim, one_need=True),
    )
    held, coming = _people(counted), _people(booked)

    everybody = (
        select(
            func.count(distinct(case((line.c.headcount.is_not(None), counted.c.person_id)))).label("known"),
            func.count(distinct(counted.c.person_id)).label("everywhere"),
        )
        .join(line, line.c.agency_id == counted.c.agency_id)
        .cte("everybody")
    )
    everybody_booked = (
        select(func.count(distinct(booked.c.person_id)).label("people"))
        .join(line, line.c.agency_id == booked.c.agency_id)
        .cte("everybody_booked")
    )
    return (
        select(
            func.coalesce(held.c.people, 0),
            line.c.headcount,
            func.coalesce(coming.c.people, 0),
            Agency.id,
            Agency.name,
            line.c.returned_on,
            everybody.c.known,
            everybody.c.everywhere,
            everybody_booked.c.people,
        )
        .select_from(line)
        .join(everybody, true())
        .join(everybody_booked, true())
        .join(Agency, Agency.id == line.c.agency_id)
        .outerjoin(held, held.c.agency_id == line.c.agency_id)
        .outerjoin(coming, coming.c.agency_id == line.c.agency_id)
        .order_by(Agency.name, Agency.id)
    )


def _people(part: CTE) -> CTE:
    """How many people an agency has in a part."""
    return (
        select(part.c.agency_id, func.count().label("people"))
        .group_by(part.c.agency_id)
        .cte(f"{part.name}_people")
    )


@cache
def county() -> AnyColumns:
    """For every need, the county's figure: in force, headcount, booked, need's id, day, in force everywhere,
    agencies, agencies left out."""
    aim = _aim(one_need=False)
    line, counted, booked = (
        _line([AS_AT], aim),
        _counted(_holdings(one_need=False), aim),
        _booked(aim, one_need=False),
    )
    held = (
        select(
            counted.c.need_id,
            func.count(distinct(case((line.c.headcount.is_not(None), counted.c.person_id)))).label("people"),
            func.count(distinct(counted.c.person_id)).label("everywhere"),
        )
        .join(line, _same(line, counted, "need_id", "agency_id"))
        .group_by(counted.c.need_id)
        .cte("held")
    )
    coming = (
        select(booked.c.need_id, func.count(distinct(booked.c.person_id)).label("people"))
        .join(line, _same(line, booked, "need_id", "agency_id"))
        .group_by(booked.c.need_id)
        .cte("coming")
    )
    sums = _sums(line, "need_id")
    return (
        select(
            func.coalesce(held.c.people, 0),
            sums.c.headcount,
            func.coalesce(coming.c.people, 0),
            sums.c.need_id,
            AS_AT,
            func.coalesce(held.c.everywhere, 0),
            sums.c.agencies,
            sums.c.left_out,
        )
        .select_from(sums)
        .outerjoin(held, held.c.need_id == sums.c.need_id)
        .outerjoin(coming, coming.c.need_id == sums.c.need_id)
    )


@cache
def trend() -> AnyColumns:
    """For one need on each of twelve days, the county's figure in the columns of `county`, without who is booked.

    Counting each person once a day, day by day, would read everybody twelve times. Instead each pair of a job
    and something held is read once, and becomes a number with a digit a day: 1 on the days that both cover.
    A person's numbers are added, and people with the same sum are counted together; a day's people are those
    whose digit for it is not 0. A digit has five bits, and equal numbers are added once, so it could run over
    only for somebody with 32 pairs on one day, each from or until another month.
    """
    aim = _aim(one_need=True)
    line = _line(DAYS, aim)
    digit = union_all(
        *(
            select(day.label("on_day"), _whole(1 << BITS * place).label("one"))
            for place, day in enumerate(DAYS)
        )
    ).cte("digit")
    every = ((1 << BITS) - 1) * digit.c.one
    known = (
        select(
            line.c.agency_id,
            func.sum(case((line.c.headcount.is_not(None), every), else_=0)).cast(BigInteger).label("days"),
        )
        .join(digit, digit.c.on_day == line.c.on_day)
        .group_by(line.c.agency_id)
        .cte("known")
    )
    pair = _pairs(aim)
    person = (
        select(
            func.sum(distinct(pair.c.days.bitwise_and(known.c.days))).cast(BigInteger).label("known"),
            func.sum(distinct(pair.c.days)).cast(BigInteger).label("everywhere"),
        )
        .join(known, known.c.agency_id == pair.c.agency_id)
        .group_by(pair.c.person_id)
        .cte("person_days")
    )
    alike = (
        select(person.c.known, person.c.everywhere, func.count().label("people"))
        .group_by(person.c.known, person.c.everywhere)
        .cte("alike")
    )

    def on_the_day(sum_of_days: ColumnElement[int]) -> Any:
        covered = sum_of_days.bitwise_and(every) != 0
        return func.coalesce(func.sum(case((covered, alike.c.people), else_=0)), 0).cast(Integer)

    held = (
        select(
            digit.c.on_day,
            on_the_day(alike.c.known).label("people"),
            on_the_day(alike.c.everywhere).label("everywhere"),
        )
        .join(alike, true())
        .group_by(digit.c.on_day)
        .cte("held")
    )
    sums = _sums(line, "on_day")
    return (
        select(
            func.coalesce(held.c.people, 0),
            sums.c.headcount,
            literal(0),
            NEED,
            sums.c.on_day,
            func.coalesce(held.c.everywhere, 0),
            sums.c.agencies,
            sums.c.left_out,
        )
        .select_from(sums)
        .outerjoin(held, held.c.on_day == sums.c.on_day)
    )


def _pairs(aim: CTE) -> CTE:
    """Each job in the audience with each thing held beside it, and the days of the trend that both cover."""
    holding = _holdings(one_need=True)
    days = (
        _days_from(holding.c.since)
        .bitwise_and(_days_until(holding.c.until))
        .bitwise_and(_days_before(holding.c.ended_on))
        .bitwise_and(_days_from(Membership.valid_from))
        .bitwise_and(_days_until(Membership.valid_to, unless=END_IS_NOT_KNOWN))
    )
    in_the_year = and_(
        Membership.valid_from <= DAYS[-1],
        or_(Membership.valid_to.is_(None), Membership.valid_to >= DAYS[0], END_IS_NOT_KNOWN),
        Membership.recorded_at < KNOWN_BEFORE,
        Membership.confirmed_at.is_not(None),
    )
    query = select(holding.c.person_id, Membership.agency_id, days.label("days")).where(
        holding.c.since <= DAYS[-1], or_(holding.c.until.is_(None), holding.c.until >= DAYS[0])
    )
    return _in_audience(query, holding, aim, in_the_year).cte("pair")


def _days_from(begun: Any) -> ColumnElement[int]:
    """The days on and after this one, a digit each."""
    return case(
        (begun <= DAYS[0], _whole(_ones(MONTHS))),
        else_=_by_number_of_days(lambda day: day < begun, lambda n: _ones(MONTHS) - _ones(n)),
    )


def _days_until(last: Any, *, unless: Condition | None = None) -> ColumnElement[int]:
    """The days before this one and the day itself; all of them when there is no such day, or it does not hold."""
    every = or_(last.is_(None), last >= DAYS[-1])
    return case(
        (every if unless is None else or_(every, unless), _whole(_ones(MONTHS))),
        else_=_by_number_of_days(lambda day: day <= last, _ones),
    )


def _days_before(end: Any) -> ColumnElement[int]:
    """The days before this one; all of them when there is no such day."""
    return case(
        (end.is_(None), _whole(_ones(MONTHS))), else_=_by_number_of_days(lambda day: day < end, _ones)
    )


def _by_number_of_days(
    holds: Callable[[BindParameter[Any]], Condition],
    then: Callable[[int], int],
    low: int = 0,
    high: int = MONTHS,
) -> ColumnElement[int]:
    """What follows from the number of days, in order, of which this holds: found by halving."""
    if low == high:
        return _whole(then(low))
    middle = (low + high) // 2
    return case(
        (holds(DAYS[middle]), _by_number_of_days(holds, then, middle + 1, high)),
        else_=_by_number_of_days(holds, then, low, middle),
    )


def _ones(days: int) -> int:
    """A number with the digit 1 for each of the first so many days."""
    return sum(1 << BITS * place for place in range(days))


def _whole(number: int) -> ColumnElement[int]:
    return literal_column(str(number), BigInteger)


def people(*, booked: bool) -> AnyColumns:
    """Who stands behind an agency's number, by name: id, name, staff group, job title; what they hold, or nothing."""
    aim, holding = _aim(one_need=True), _holdings(one_need=True)
    part = _booked(aim, one_need=True) if booked else _counted(holding, aim)
    return (
        select(
            Person.id,
            Person.name,
            func.min(StaffGroup.name),
            func.min(Membership.job_title),
            func.max(holding.c.since),
            func.max(holding.c.until),
            func.max(holding.c.basis),
        )
        .select_from(part)
        .join(Person, Person.id == part.c.person_id)
        .join(
            Membership,
            and_(
                Membership.person_id == part.c.person_id,
                Membership.agency_id == part.c.agency_id,
                _works(AS_AT),
            ),
        )
        .join(aim, aim.c.staff_group_id == Membership.staff_group_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .outerjoin(holding, and_(holding.c.person_id == part.c.person_id, _stands(holding)))
        .where(part.c.agency_id == AGENCY)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )


@cache
def missing() -> AnyColumns:
    """For one need, each agency's id with a staff group that works there and has sent no return, in the board's order."""
    group = _groups([AS_AT], _aim(one_need=True))
    return (
        select(group.c.agency_id, StaffGroup.name)
        .join(StaffGroup, StaffGroup.id == group.c.staff_group_id)
        .where(group.c.number.is_(None))
        .order_by(group.c.agency_id, StaffGroup.position, StaffGroup.name)
    )


@cache
def trained_only() -> AnyColumns:
    """For one need, how many of those in force everywhere hold it by earlier training alone."""
    aim, holding = _aim(one_need=True), _holdings(one_need=True)
    line = _line([AS_AT], aim)
    query = select(holding.c.person_id).where(_stands(holding))
    person = (
        _in_audience(query, holding, aim, _works(AS_AT))
        .join(line, line.c.agency_id == Membership.agency_id)
        .group_by(holding.c.person_id)
        .having(func.max(holding.c.basis) == TRAINED)
        .cte("trained_person")
    )
    return select(func.count()).select_from(person)


def _aim(*, one_need: bool) -> CTE:
    query = select(need_staff_group.c.need_id, need_staff_group.c.staff_group_id)
    return (query.where(need_staff_group.c.need_id == NEED) if one_need else query).cte("aim")


def _wanted(one_need: bool) -> Condition:
    """The interventions that make coverage."""
    return and_(Intervention.need_id == NEED, Intervention.counts) if one_need else and_(Intervention.counts)


def _holdings(*, one_need: bool) -> CTE:
    """What meets the need: a scheme's accreditation, or having attended a version or a later one.

    An accreditation counts from `since`, until `until` (that day included) and before `ended_on`; having
    attended counts from the first time on. Earlier training counts where the board says so.
    """
    revoked = or_(
        Accreditation.revoked_recorded_at.is_(None), Accreditation.revoked_recorded_at < KNOWN_BEFORE
    )
    award = (
        select(
            Intervention.need_id,
            Accreditation.person_id,
            Accreditation.awarded_on.label("since"),
            Accreditation.expires_on.label("until"),
            case((revoked, Accreditation.revoked_on)).label("ended_on"),
            literal(AWARDED).label("basis"),
        )
        .join(Accreditation, Accreditation.scheme_id == Intervention.scheme_id)
        .where(
            _wanted(one_need),
            Accreditation.awarded_on <= AS_AT,
            Accreditation.recorded_at < KNOWN_BEFORE,
            or_(Accreditation.withdrawn_at.is_(None), Accreditation.withdrawn_at >= KNOWN_BEFORE),
        )
    )
    attended = (
        _from_version(
            select(
                Intervention.need_id,
                Booking.person_id,
                func.min(Booking.outcome_on),
                null().cast(Date),
                null().cast(Date),
                literal(ATTENDED),
            ),
            one_need,
        )
        .join(TrainingSession, TrainingSession.course_version_id == CourseVersion.id)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(
            Booking.outcome == Outcome.ATTENDED,
            Booking.part_id.is_(None),
            Booking.outcome_on <= AS_AT,
            Booking.outcome_recorded_at < KNOWN_BEFORE,
        )
        .group_by(Intervention.need_id, Booking.person_id)
    )
    return union_all(award, attended, _trained(one_need)).cte("holding")


def _trained(one_need: bool) -> AnyColumns:
    """Earlier training under a scheme with nothing that evidences its assessment; nothing unless the board counts it."""
    board_counts_it = exists().where(BoardSetting.name == "trained_counts", BoardSetting.value == 1)
    return (
        select(
            Intervention.need_id,
            EarlierTraining.person_id,
            EarlierTraining.attended_on,
            EarlierTraining.counts_until,
            null().cast(Date),
            literal(TRAINED),
        )
        .join(EarlierTraining, EarlierTraining.scheme_id == Intervention.scheme_id)
        .where(
            board_counts_it,
            _wanted(one_need),
            EarlierTraining.assessment == Assessment.NOT_EVIDENCED,
            EarlierTraining.attended_on <= AS_AT,
            EarlierTraining.recorded_at < KNOWN_BEFORE,
            or_(EarlierTraining.withdrawn_at.is_(None), EarlierTraining.withdrawn_at >= KNOWN_BEFORE),
        )
    )


def _from_version(query: AnyColumns, one_need: bool) -> AnyColumns:
    """The same, joined from interventions to the course versions that count: the one named and later ones."""
    first = aliased(CourseVersion)
    return (
        query.select_from(Intervention)
        .join(first, first.id == Intervention.from_version_id)
        .join(
            CourseVersion,
            and_(CourseVersion.course_id == first.course_id, CourseVersion.number >= first.number),
        )
        .where(_wanted(one_need))
    )


def _in_audience(query: AnyColumns, person: CTE, aim: CTE, works: Condition) -> AnyColumns:
    """The same, joined to the memberships that put a person into the need's audience."""
    return query.join(Membership, and_(Membership.person_id == person.c.person_id, works)).join(
        aim,
        and_(aim.c.need_id == person.c.need_id, aim.c.staff_group_id == Membership.staff_group_id),
    )


def _works(on: Any) -> Condition:
    return and_(
        Membership.valid_from <= on,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= on, END_IS_NOT_KNOWN),
        Membership.recorded_at < KNOWN_BEFORE,
        Membership.confirmed_at.is_not(None),
    )


def _counted(holding: CTE, aim: CTE) -> CTE:
    """Who of the audience holds it on the day, once for each agency."""
    query = select(holding.c.need_id, Membership.agency_id, holding.c.person_id).where(_stands(holding))
    return _in_audience(query, holding, aim, _works(AS_AT)).distinct().cte("counted")


def _booked(aim: CTE, *, one_need: bool) -> CTE:
    """Who of the audience has a confirmed place, asked for by then, on a coming date that would meet the need."""
    by_course = _from_version(
        select(Intervention.need_id, CourseVersion.id.label("course_version_id")), one_need
    )
    by_scheme = (
        select(Intervention.need_id, CourseVersion.id)
        .join(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .join(CourseVersion, CourseVersion.course_id == scheme_course.c.course_id)
        .where(_wanted(one_need))
    )
    meeting = union(by_course, by_scheme).cte("meeting")
    place = (
        select(meeting.c.need_id, Booking.person_id)
        .join(TrainingSession, TrainingSession.course_version_id == meeting.c.course_version_id)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at >= BEGINS,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.unscheduled.is_(False),
            func.coalesce(Booking.confirmed_at, Booking.requested_at) < ENDS,
            func.coalesce(Booking.confirmed_at, Booking.requested_at) < KNOWN_BEFORE,
            or_(
                Booking.outcome.is_(None),
                Booking.outcome_on > AS_AT,
                Booking.outcome_recorded_at >= KNOWN_BEFORE,
            ),
        )
        .cte("place")
    )
    query = select(place.c.need_id, Membership.agency_id, place.c.person_id).select_from(place)
    return _in_audience(query, place, aim, _works(AS_AT)).distinct().cte("booked")


def _line(days: Sequence[BindParameter[Any]], aim: CTE) -> CTE:
    """Each agency's headcount on each day, empty unless every staff group that it has sent a return."""
    group = _groups(days, aim)
    every_group_returned = func.count() == func.count(group.c.number)
    return (
        select(
            group.c.need_id,
            group.c.on_day,
            group.c.agency_id,
            case((every_group_returned, func.sum(group.c.number).cast(Integer))).label("headcount"),
            func.min(group.c.as_at).label("returned_on"),
        )
        .group_by(group.c.need_id, group.c.on_day, group.c.agency_id)
        .cte("line")
    )


def _groups(days: Sequence[BindParameter[Any]], aim: CTE) -> CTE:
    """Each staff group of each agency on each day with the number that it last returned, empty when it works there and
    has returned none."""
    point = union_all(*(select(day.label("on_day")) for day in days)).cte("point")
    on = point.c.on_day
    returned = (
        select(
            Headcount.agency_id,
            Headcount.staff_group_id,
            Headcount.number,
            Headcount.as_at,
            func.lead(Headcount.as_at)
            .over(
                partition_by=(Headcount.agency_id, Headcount.staff_group_id),
                order_by=(Headcount.as_at, Headcount.recorded_at, Headcount.id),
            )
            .label("next_on"),
        )
        .where(Headcount.recorded_at < KNOWN_BEFORE)
        .cte("returned")
    )
    latest = and_(
        returned.c.agency_id == Agency.id,
        returned.c.staff_group_id == aim.c.staff_group_id,
        returned.c.as_at <= on,
        or_(returned.c.next_on.is_(None), returned.c.next_on > on),
        Agency.valid_from <= on,
        or_(Agency.valid_to.is_(None), Agency.valid_to >= on),
    )
    excluded = exists().where(
        NeedExcludedSector.need_id == aim.c.need_id, NeedExcludedSector.sector == Agency.sector
    )
    works_there = exists().where(
        Membership.agency_id == Agency.id, Membership.staff_group_id == aim.c.staff_group_id, _works(on)
    )
    return (
        select(
            aim.c.need_id,
            on,
            Agency.id.label("agency_id"),
            aim.c.staff_group_id,
            returned.c.number,
            returned.c.as_at,
        )
        .select_from(aim)
        .join(point, true())
        .join(Agency, true())
        .outerjoin(returned, latest)
        .where(~excluded, or_(returned.c.number.is_not(None), works_there))
        .cte("group_line")
    )


def _sums(line: CTE, by: str) -> CTE:
    """The headcounts that are known, how many agencies there are, and how many are left out, by a column."""
    known = line.c.headcount.is_not(None)
    return (
        select(
            line.c[by],
            func.sum(line.c.headcount).cast(Integer).label("headcount"),
            func.count().label("agencies"),
            func.sum(case((known, 0), else_=1)).label("left_out"),
        )
        .group_by(line.c[by])
        .cte("sums")
    )


def _stands(holding: CTE) -> Condition:
    return and_(
        holding.c.since <= AS_AT,
        or_(holding.c.until.is_(None), holding.c.until >= AS_AT),
        or_(holding.c.ended_on.is_(None), holding.c.ended_on > AS_AT),
    )


def _same(one: CTE, other: CTE, *columns: str) -> Condition:
    return and_(*(one.c[name] == other.c[name] for name in columns))
