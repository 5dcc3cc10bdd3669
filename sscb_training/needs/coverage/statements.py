"""The statements that count coverage on a day, each one SELECT however many agencies, needs or people there are.

They are put together once of their `parts` and kept, with places for the need, the days and what was known. One need is
counted by the database. All needs together are counted here, of people and their jobs: the same people meet several
needs, and a database would look up where they work for each (decision 45).
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    String,
    and_,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.needs.coverage import parts
from sscb_training.needs.coverage.parts import (
    AGENCY,
    AS_AT,
    BOOKED,
    IN_FORCE,
    NEED,
    ONLY_KNOWN,
    SECTOR,
    STAFF_GROUP,
    TRAINED,
    WAITING,
    AnyColumns,
)
from sscb_training.people.models import Membership, Person


@cache
def cells(*, one_need: bool) -> AnyColumns:
    """Each staff group of each agency that a need is for, with the number that its headcount has: rows for `rules.Cell`."""
    group = parts.groups([AS_AT], parts.aim(one_need=one_need))
    return (
        select(
            group.c.need_id,
            Agency.id,
            Agency.name,
            Agency.sector,
            StaffGroup.id,
            StaffGroup.name,
            group.c.number,
            group.c.as_at,
            group.c.is_named,
        )
        .join(Agency, Agency.id == group.c.agency_id)
        .join(StaffGroup, StaffGroup.id == group.c.staff_group_id)
        .order_by(Agency.name, Agency.id, StaffGroup.position, StaffGroup.name, StaffGroup.id)
    )


@cache
def tallies() -> CompoundSelect[*tuple[Any, ...]]:
    """How many people stand how to one need and work in the same places: need, standing, their jobs, people.

    The jobs are agency:staff group, joined with commas in any order. Whoever counts people by agency, by sector, by
    staff group or all together so finds each once, and reads a few hundred rows instead of everybody.
    """
    aim = parts.aim(one_need=True)
    asked = parts.claim(parts.meeting(one_need=True))
    booked = select(asked.c.person_id).where(asked.c.has_place == 1)
    waiting = select(asked.c.person_id).where(asked.c.has_place == 0)
    person_id = Membership.person_id
    return union_all(
        _alike(IN_FORCE, person_id.in_(parts.holders()), aim),
        _alike(BOOKED, person_id.in_(booked), aim),
        _alike(WAITING, and_(person_id.in_(waiting), person_id.not_in(booked)), aim),
    )


def _alike(standing: int, who: parts.Condition, aim: CTE) -> AnyColumns:
    """Those people, from their jobs, which an index has person by person."""
    in_audience = (Membership.staff_group_id + 0).in_(select(aim.c.staff_group_id))
    where_they_work = (
        select(_jobs().label("jobs"))
        .where(who, in_audience, parts.works(AS_AT))
        .group_by(Membership.person_id)
        .subquery()
    )
    jobs = where_they_work.c.jobs
    columns = (NEED.label("need_id"), literal(standing).label("standing"), jobs)
    return select(*columns, func.count()).group_by(jobs)


def _jobs() -> ColumnElement[str]:
    job = Membership.agency_id.cast(String) + ":" + Membership.staff_group_id.cast(String)
    return func.aggregate_strings(job, ",")


@cache
def jobs(*, one_agency: bool) -> AnyColumns:
    """Who works where on the day: person, agency, staff group."""
    query = select(Membership.person_id, Membership.agency_id, Membership.staff_group_id)
    return query.where(_works(one_agency))


@cache
def holders(*, one_agency: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Who holds on the day what meets each need: need, people. Both come many times over."""
    return parts.holders_of_every_need(_those_who_work(one_agency))


@cache
def claims(*, one_agency: bool) -> AnyColumns:
    """Who has a place that would meet each need, or waits for one: need, person, whether it is a place."""
    asked = parts.claim(parts.meeting(one_need=False))
    query = select(asked.c.need_id, asked.c.person_id, asked.c.has_place)
    return query.where(_those_who_work(one_agency)(asked.c.person_id))


def _works(one_agency: bool) -> parts.Condition:
    return and_(parts.works(AS_AT), Membership.agency_id == AGENCY if one_agency else true())


def _those_who_work(one_agency: bool) -> parts.Of:
    """The people of one agency, or whoever."""
    own = select(Membership.person_id).where(_works(one_agency))
    return lambda person_id: person_id.in_(own) if one_agency else true()


@cache
def people(standing: int) -> AnyColumns:
    """Who stands so to a need, by name: id, name, staff group, job title; what they hold and wait for, or nothing.

    Of one agency, one sector and one staff group alone where they are given; where only those are asked for whose
    headcount is known, without the agencies that have sent none.
    """
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    part = parts.holding_it() if standing == IN_FORCE else parts.claiming()
    group = parts.groups([AS_AT], aim)
    without_headcount = select(group.c.agency_id).where(
        group.c.number.is_(None), or_(STAFF_GROUP.is_(None), group.c.staff_group_id == STAFF_GROUP)
    )
    return (
        select(
            Person.id,
            Person.name,
            func.min(StaffGroup.name),
            func.min(Membership.job_title),
            func.max(holding.c.since),
            func.max(holding.c.until),
            func.max(holding.c.basis),
            func.min(Agency.name),
            func.count(distinct(Agency.id)),
            func.min(part.c.waits) if standing == WAITING else null(),
        )
        .select_from(part)
        .join(Person, Person.id == part.c.person_id)
        .join(Membership, and_(Membership.person_id == part.c.person_id, parts.works(AS_AT)))
        .join(
            group,
            and_(
                group.c.agency_id == Membership.agency_id, group.c.staff_group_id == Membership.staff_group_id
            ),
        )
        .join(Agency, Agency.id == Membership.agency_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .outerjoin(holding, and_(holding.c.person_id == part.c.person_id, parts.stands(holding)))
        .where(
            part.c.standing == standing if "standing" in part.c else true(),
            or_(AGENCY.is_(None), Agency.id == AGENCY),
            or_(SECTOR.cast(String).is_(None), Agency.sector == SECTOR),
            or_(STAFF_GROUP.is_(None), StaffGroup.id == STAFF_GROUP),
            or_(ONLY_KNOWN == 0, Agency.id.not_in(without_headcount)),
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
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
