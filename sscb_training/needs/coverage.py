"""The statements that count coverage, each one SELECT however many agencies, needs or days there are.

They are put together once and kept, with places for the need, the days and what was known. Their parts:

* a *point* is a day that figures are wanted for, the last being the *as at* day;
* *aim* is who a need is for: its staff groups;
* *holding* is what meets it, person by person, each from a day and perhaps until one;
* *counted* is who of the audience holds it on a point, at which agency;
* *booked* is who of the audience has a confirmed place on a coming date that would meet it;
* *line* is an agency's headcount on a point, known only when no staff group that works there lacks a return.

Sectors that a need is not for have no line, and everything is joined to lines in the end.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
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
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation, scheme_course
from sscb_training.agencies.models import Agency, Headcount, StaffGroup
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import Moment
from sscb_training.core.times import at_london
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.models import Intervention, NeedExcludedSector, need_staff_group
from sscb_training.people.models import Membership, Person

AnyColumns = Select[*tuple[Any, ...]]
AT_ONCE = "MATERIALIZED"
"""Before a part that the database shall work out by itself and not mix with what is joined to it."""
KNOWN_BEFORE = bindparam("known_before", type_=Moment())
BEGINS = bindparam("begins", type_=Moment())
NEED = bindparam("need_id", type_=Integer())
AGENCY = bindparam("agency_id", type_=Integer())


def answers(points: Sequence[date], known_on: date, **more: int) -> dict[str, Any]:
    """What goes into the places of a statement."""
    return {
        **{f"on_{place}": on for place, on in enumerate(points)},
        "begins": at_london(points[-1]),
        "known_before": at_london(known_on + timedelta(days=1)),
        **more,
    }


@cache
def by_agency() -> AnyColumns:
    """In force, headcount, booked, agency's id and name, date of its oldest return; for one need and day."""
    parts = _Parts(points=1, one_need=True)
    line, held, coming = parts.line, _people(parts.counted), _people(parts.booked)
    return (
        select(
            func.coalesce(held.c.people, 0),
            line.c.headcount,
            func.coalesce(coming.c.people, 0),
            Agency.id,
            Agency.name,
            line.c.returned_on,
        )
        .select_from(line)
        .join(Agency, Agency.id == line.c.agency_id)
        .outerjoin(held, held.c.agency_id == line.c.agency_id)
        .outerjoin(coming, coming.c.agency_id == line.c.agency_id)
        .order_by(Agency.name, Agency.id)
    )


def _people(part: CTE) -> CTE:
    """How many people an agency has in a part."""
    return (
        select(part.c.agency_id, func.count(distinct(part.c.person_id)).label("people"))
        .group_by(part.c.agency_id)
        .cte(f"{part.name}_people")
    )


@cache
def county(*, points: int, one_need: bool, with_booked: bool) -> AnyColumns:
    """In force, headcount, booked, need's id, day, in force everywhere, agencies, agencies left out."""
    parts = _Parts(points=points, one_need=one_need)
    line, counted, booked = parts.line, parts.counted, parts.booked
    known = line.c.headcount.is_not(None)
    sums = (
        select(
            line.c.need_id,
            line.c.on_day,
            func.sum(line.c.headcount).cast(Integer).label("headcount"),
            func.count().label("agencies"),
            func.sum(case((known, 0), else_=1)).label("left_out"),
        )
        .group_by(line.c.need_id, line.c.on_day)
        .cte("sums")
    )
    held = (
        select(
            counted.c.need_id,
            counted.c.on_day,
            func.count(distinct(case((known, counted.c.person_id)))).label("people"),
            func.count(distinct(counted.c.person_id)).label("everywhere"),
        )
        .join(line, _same(line, counted, "need_id", "on_day", "agency_id"))
        .group_by(counted.c.need_id, counted.c.on_day)
        .cte("in_force")
    )
    coming = (
        select(booked.c.need_id, func.count(distinct(booked.c.person_id)).label("people"))
        .join(line, _same(line, booked, "need_id", "agency_id"))
        .group_by(booked.c.need_id)
        .cte("coming")
    )
    query = (
        select(
            func.coalesce(held.c.people, 0),
            sums.c.headcount,
            func.coalesce(coming.c.people, 0) if with_booked else literal(0),
            sums.c.need_id,
            sums.c.on_day,
            func.coalesce(held.c.everywhere, 0),
            sums.c.agencies,
            sums.c.left_out,
        )
        .select_from(sums)
        .outerjoin(held, _same(held, sums, "need_id", "on_day"))
    )
    return query.outerjoin(coming, coming.c.need_id == sums.c.need_id) if with_booked else query


def people(*, booked: bool) -> AnyColumns:
    """Who stands behind an agency's number, by name: id, name, staff group, job title; what they hold, or nothing."""
    parts = _Parts(points=1, one_need=True)
    part, holding = parts.booked if booked else parts.counted, parts.holding
    return (
        select(
            Person.id,
            Person.name,
            func.min(StaffGroup.name),
            func.min(Membership.job_title),
            func.max(holding.c.since),
            func.max(holding.c.until),
            func.max(holding.c.by_award),
        )
        .select_from(part)
        .join(Person, Person.id == part.c.person_id)
        .join(Membership, Membership.id == part.c.membership_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .outerjoin(holding, and_(holding.c.person_id == part.c.person_id, _stands(holding, parts.as_at)))
        .where(part.c.agency_id == AGENCY)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )


class _Parts:
    """The parts that every statement is put together from, for some points and one need or all."""

    def __init__(self, *, points: int, one_need: bool) -> None:
        days = [bindparam(f"on_{place}", type_=Date()) for place in range(points)]
        self.as_at: ColumnElement[date] = days[-1]
        self.point = union_all(*(select(day.label("on_day")) for day in days)).cte("point")
        self.wanted: ColumnElement[bool] = Intervention.need_id == NEED if one_need else true()
        aim = select(need_staff_group.c.need_id, need_staff_group.c.staff_group_id)
        self.aim = (aim.where(need_staff_group.c.need_id == NEED) if one_need else aim).cte("aim")
        self.holding = self._holding()
        self.counted = self._counted()
        self.booked = self._booked()
        self.line = self._line()

    def _holding(self) -> CTE:
        """What meets the need: a scheme's accreditation, or having attended a version or a later one."""
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
                literal(1).label("by_award"),
            )
            .join(Accreditation, Accreditation.scheme_id == Intervention.scheme_id)
            .where(
                self.wanted,
                Intervention.counts,
                Accreditation.awarded_on <= self.as_at,
                Accreditation.recorded_at < KNOWN_BEFORE,
                or_(Accreditation.withdrawn_at.is_(None), Accreditation.withdrawn_at >= KNOWN_BEFORE),
            )
        )
        attended = (
            self._from_version(
                select(
                    Intervention.need_id,
                    Booking.person_id,
                    Booking.outcome_on,
                    null().cast(Date),
                    null().cast(Date),
                    literal(0),
                )
            )
            .join(TrainingSession, TrainingSession.course_version_id == CourseVersion.id)
            .join(Booking, Booking.training_session_id == TrainingSession.id)
            .where(Booking.outcome == Outcome.ATTENDED, Booking.outcome_on <= self.as_at)
        )
        return union_all(award, attended).cte("holding")

    def _from_version(self, query: AnyColumns) -> AnyColumns:
        """The same, joined from interventions to the course versions that count: the one named and later ones."""
        first = aliased(CourseVersion)
        return (
            query.select_from(Intervention)
            .join(first, first.id == Intervention.from_version_id)
            .join(
                CourseVersion,
                and_(CourseVersion.course_id == first.course_id, CourseVersion.number >= first.number),
            )
            .where(self.wanted, Intervention.counts)
        )

    def _in_audience(self, query: AnyColumns, person: CTE) -> AnyColumns:
        """The same, joined to the memberships of a person that are in the need's audience."""
        return query.join(
            Membership,
            and_(Membership.person_id == person.c.person_id, Membership.recorded_at < KNOWN_BEFORE),
        ).join(
            self.aim,
            and_(
                self.aim.c.need_id == person.c.need_id,
                self.aim.c.staff_group_id == Membership.staff_group_id,
            ),
        )

    def _worked(self, on: ColumnElement[date]) -> ColumnElement[bool]:
        return and_(
            Membership.valid_from <= on,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= on),
            Membership.recorded_at < KNOWN_BEFORE,
        )

    def _counted(self) -> CTE:
        """Who holds it on a point. Who of the audience ever did is settled first, once for all points."""
        holding, on = self.holding, self.point.c.on_day
        query = select(
            holding.c.need_id,
            holding.c.person_id,
            holding.c.since,
            holding.c.until,
            holding.c.ended_on,
            Membership.id.label("membership_id"),
            Membership.agency_id,
            Membership.valid_from,
            Membership.valid_to,
        ).select_from(holding)
        held = self._in_audience(query, holding).cte("held").prefix_with(AT_ONCE)
        return (
            select(held.c.need_id, on, held.c.agency_id, held.c.person_id, held.c.membership_id)
            .select_from(held)
            .join(
                self.point,
                and_(
                    _stands(held, on),
                    held.c.valid_from <= on,
                    or_(held.c.valid_to.is_(None), held.c.valid_to >= on),
                ),
            )
            .cte("counted")
            .prefix_with(AT_ONCE)
        )

    def _booked(self) -> CTE:
        """Who of the audience has a confirmed place on a coming date that would meet the need."""
        by_course = self._from_version(
            select(Intervention.need_id, CourseVersion.id.label("course_version_id"))
        )
        by_scheme = (
            select(Intervention.need_id, CourseVersion.id)
            .join(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
            .join(CourseVersion, CourseVersion.course_id == scheme_course.c.course_id)
            .where(self.wanted, Intervention.counts)
        )
        meeting = by_course.union(by_scheme).cte("meeting")
        place = (
            select(meeting.c.need_id, Booking.person_id)
            .join(TrainingSession, TrainingSession.course_version_id == meeting.c.course_version_id)
            .join(Booking, Booking.training_session_id == TrainingSession.id)
            .where(
                TrainingSession.status == SessionStatus.PUBLISHED,
                TrainingSession.starts_at >= BEGINS,
                Booking.status == BookingStatus.CONFIRMED,
                Booking.unscheduled.is_(False),
                or_(Booking.outcome.is_(None), Booking.outcome_on > self.as_at),
            )
            .cte("place")
        )
        query = select(
            place.c.need_id, Membership.agency_id, place.c.person_id, Membership.id.label("membership_id")
        ).select_from(place)
        return (
            self._in_audience(query, place).where(self._worked(self.as_at)).cte("booked").prefix_with(AT_ONCE)
        )

    def _line(self) -> CTE:
        """Each agency's headcount on each point, empty unless every staff group that it has sent a return."""
        on = self.point.c.on_day
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
            returned.c.staff_group_id == self.aim.c.staff_group_id,
            returned.c.as_at <= on,
            or_(returned.c.next_on.is_(None), returned.c.next_on > on),
            Agency.valid_from <= on,
            or_(Agency.valid_to.is_(None), Agency.valid_to >= on),
        )
        excluded = exists().where(
            NeedExcludedSector.need_id == self.aim.c.need_id, NeedExcludedSector.sector == Agency.sector
        )
        works_there = exists().where(
            Membership.agency_id == Agency.id,
            Membership.staff_group_id == self.aim.c.staff_group_id,
            self._worked(on),
        )
        group = (
            select(self.aim.c.need_id, on, Agency.id.label("agency_id"), returned.c.number, returned.c.as_at)
            .select_from(self.aim)
            .join(self.point, true())
            .join(Agency, true())
            .outerjoin(returned, latest)
            .where(~excluded, or_(returned.c.number.is_not(None), works_there))
            .cte("group_line")
        )
        return (
            select(
                group.c.need_id,
                group.c.on_day,
                group.c.agency_id,
                case((func.count() == func.count(group.c.number), func.sum(group.c.number).cast(Integer)))
                .label("headcount"),
                func.min(group.c.as_at).label("returned_on"),
            )
            .group_by(group.c.need_id, group.c.on_day, group.c.agency_id)
            .cte("line")
        )  # fmt: skip


def _stands(holding: CTE, on: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(
        holding.c.since <= on,
        or_(holding.c.until.is_(None), holding.c.until >= on),
        or_(holding.c.ended_on.is_(None), holding.c.ended_on > on),
    )


def _same(one: CTE, other: CTE, *columns: str) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in columns))
