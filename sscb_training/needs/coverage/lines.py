"""The headcounts beside the people: the parts of the statements that begin with agencies.

A *line* is an agency's headcount on a day, known only when no staff group that works there lacks a return. Where an agency
keeps its people here, their number on the day stands in for a return that it has not sent.

Agencies that a need is not for have no line, and everything is joined to lines in the end.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    Integer,
    and_,
    case,
    distinct,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from sscb_training.agencies.models import Agency, Headcount, NamedWorkforce
from sscb_training.needs.coverage.parts import KNOWN_BEFORE, Condition, works
from sscb_training.needs.models import NeedAudience
from sscb_training.needs.queries import stood
from sscb_training.people.models import Membership


def line(days: Sequence[BindParameter[Any]], aim: CTE) -> CTE:
    """Each agency's headcount on each day, empty unless every staff group that it has sent a return."""
    group = groups(days, aim)
    every_group_returned = func.count() == func.count(group.c.number)
    return (
        select(
            group.c.need_id,
            group.c.on_day,
            group.c.agency_id,
            case((every_group_returned, func.sum(group.c.number).cast(Integer))).label("headcount"),
            func.min(group.c.as_at).label("returned_on"),
            func.max(group.c.is_named).label("is_named"),
        )
        .group_by(group.c.need_id, group.c.on_day, group.c.agency_id)
        .cte("line")
    )


def groups(days: Sequence[BindParameter[Any]], aim: CTE) -> CTE:
    """Each staff group of each agency on each day with the number that it last returned; without a return the number of
    its people by name where the agency keeps them here, and else empty when it works there."""
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
        .where(stood(Headcount, KNOWN_BEFORE))
        .cte("returned")
    )
    is_there = and_(Agency.valid_from <= on, or_(Agency.valid_to.is_(None), Agency.valid_to >= on))
    latest = and_(
        returned.c.agency_id == Agency.id,
        returned.c.staff_group_id == aim.c.staff_group_id,
        returned.c.as_at <= on,
        or_(returned.c.next_on.is_(None), returned.c.next_on > on),
        is_there,
    )
    working = and_(
        Membership.agency_id == Agency.id, Membership.staff_group_id == aim.c.staff_group_id, works(on)
    )
    works_there = exists().where(working)
    named = and_(returned.c.number.is_(None), is_there, _keeps_people_here())
    people = select(func.count(distinct(Membership.person_id))).where(working).scalar_subquery()
    return (
        select(
            aim.c.need_id,
            on,
            Agency.id.label("agency_id"),
            aim.c.staff_group_id,
            case((named, people), else_=returned.c.number).label("number"),
            case((named, on), else_=returned.c.as_at).label("as_at"),
            case((named, 1), else_=0).label("is_named"),
        )
        .select_from(aim)
        .join(point, true())
        .join(Agency, true())
        .outerjoin(returned, latest)
        .where(_is_for(aim), or_(returned.c.number.is_not(None), works_there))
        .cte("group_line")
    )


def _keeps_people_here() -> Condition:
    return exists().where(
        NamedWorkforce.agency_id == Agency.id,
        NamedWorkforce.recorded_at < KNOWN_BEFORE,
        or_(NamedWorkforce.withdrawn_at.is_(None), NamedWorkforce.withdrawn_at >= KNOWN_BEFORE),
    )


def _is_for(aim: CTE) -> Condition:
    """Whether a need is for an agency: one of those that narrow it, if any do, and none that is excluded."""
    part = aliased(NeedAudience)
    narrowing = and_(part.need_id == aim.c.need_id, stood(part, KNOWN_BEFORE), part.staff_group_id.is_(None))
    names_it = or_(part.sector == Agency.sector, part.agency_id == Agency.id)
    included = and_(narrowing, part.excluded.is_(False))
    return and_(
        ~exists().where(narrowing, part.excluded, names_it),
        or_(~exists().where(included), exists().where(included, names_it)),
    )


def sums(line: CTE, by: str) -> CTE:
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
