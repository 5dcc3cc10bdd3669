"""The statements that count coverage on a day, each one SELECT however many agencies, needs or people there are.

They are put together once of their `parts` and kept, with places for the need, the days and what was known.
"""

from functools import cache

from sqlalchemy import (
    and_,
    case,
    distinct,
    func,
    select,
    true,
)

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.needs.coverage import parts
from sscb_training.needs.coverage.parts import AGENCY, AS_AT, TRAINED, AnyColumns
from sscb_training.people.models import Membership, Person


@cache
def table() -> AnyColumns:
    """For one need, an agency a row: in force, headcount, booked, its id and name, date of its oldest return,
    whether people by name stand in for a return.

    Three more columns say the same of the whole county in every row, each person once: in force where the
    headcount is known, in force everywhere, booked.
    """
    aim = parts.aim(one_need=True)
    line, counted, booked = (
        parts.line([AS_AT], aim),
        parts.counted(parts.holdings(one_need=True), aim),
        parts.booked(aim, one_need=True),
    )
    held, coming = parts.people_in(counted), parts.people_in(booked)

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
            line.c.is_named == 1,
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


@cache
def county() -> AnyColumns:
    """For every need, the county's figure: in force, headcount, booked, need's id, day, in force everywhere,
    agencies, agencies left out."""
    aim = parts.aim(one_need=False)
    line, counted, booked = (
        parts.line([AS_AT], aim),
        parts.counted(parts.holdings(one_need=False), aim),
        parts.booked(aim, one_need=False),
    )
    held = (
        select(
            counted.c.need_id,
            func.count(distinct(case((line.c.headcount.is_not(None), counted.c.person_id)))).label("people"),
            func.count(distinct(counted.c.person_id)).label("everywhere"),
        )
        .join(line, parts.same(line, counted, "need_id", "agency_id"))
        .group_by(counted.c.need_id)
        .cte("held")
    )
    coming = (
        select(booked.c.need_id, func.count(distinct(booked.c.person_id)).label("people"))
        .join(line, parts.same(line, booked, "need_id", "agency_id"))
        .group_by(booked.c.need_id)
        .cte("coming")
    )
    sums = parts.sums(line, "need_id")
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


def people(*, booked: bool) -> AnyColumns:
    """Who stands behind an agency's number, by name: id, name, staff group, job title; what they hold, or nothing."""
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    part = parts.booked(aim, one_need=True) if booked else parts.counted(holding, aim)
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
                parts.works(AS_AT),
            ),
        )
        .join(aim, aim.c.staff_group_id == Membership.staff_group_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .outerjoin(holding, and_(holding.c.person_id == part.c.person_id, parts.stands(holding)))
        .where(part.c.agency_id == AGENCY)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )


@cache
def missing() -> AnyColumns:
    """For one need, each agency's id with a staff group that works there and has sent no return, in the board's order."""
    group = parts.groups([AS_AT], parts.aim(one_need=True))
    return (
        select(group.c.agency_id, StaffGroup.name)
        .join(StaffGroup, StaffGroup.id == group.c.staff_group_id)
        .where(group.c.number.is_(None))
        .order_by(group.c.agency_id, StaffGroup.position, StaffGroup.name)
    )


@cache
def trained_only() -> AnyColumns:
    """For one need, how many of those in force everywhere hold it by earlier training alone."""
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    line = parts.line([AS_AT], aim)
    query = select(holding.c.person_id).where(parts.stands(holding))
    person = (
        parts.in_audience(query, holding, aim, parts.works(AS_AT))
        .join(line, line.c.agency_id == Membership.agency_id)
        .group_by(holding.c.person_id)
        .having(func.max(holding.c.basis) == TRAINED)
        .cte("trained_person")
    )
    return select(func.count()).select_from(person)


@cache
def agency() -> AnyColumns:
    """For every need that is for one agency: in force, headcount, booked, need's id, date of its oldest return."""
    aim = parts.aim(one_need=False)
    line = parts.line([AS_AT], aim)
    counted = parts.counted(parts.holdings(one_need=False), aim)
    booked = parts.booked(aim, one_need=False)
    held, coming = (
        select(part.c.need_id, func.count().label("people"))
        .where(part.c.agency_id == AGENCY)
        .group_by(part.c.need_id)
        .cte(f"{part.name}_here")
        for part in (counted, booked)
    )
    return (
        select(
            func.coalesce(held.c.people, 0),
            line.c.headcount,
            func.coalesce(coming.c.people, 0),
            line.c.need_id,
            line.c.returned_on,
            line.c.is_named == 1,
        )
        .select_from(line)
        .outerjoin(held, held.c.need_id == line.c.need_id)
        .outerjoin(coming, coming.c.need_id == line.c.need_id)
        .where(line.c.agency_id == AGENCY)
    )
