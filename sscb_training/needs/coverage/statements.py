"""The statements that count coverage on a day, each one SELECT however many agencies, needs or people there are.

They are put together once of their `parts` and `lines` and kept, with places for the need, the days and what was known.
People and their jobs come out of them apart, and are matched in `queries` (decision 45).
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    CompoundSelect,
    String,
    and_,
    distinct,
    func,
    null,
    or_,
    select,
    true,
)

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.needs.coverage import claims, lines, parts
from sscb_training.needs.coverage.parts import (
    AGENCY,
    AS_AT,
    BOOKED,
    IN_FORCE,
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
    group = lines.groups([AS_AT], parts.aim(one_need=one_need))
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
def jobs(*, one_need: bool, one_agency: bool) -> AnyColumns:
    """Who works where on the day: agency, staff group, people. For one need those of its audience."""
    job = (Membership.agency_id, Membership.staff_group_id)
    query = select(*job, parts.joined(Membership.person_id)).where(parts.works(AS_AT))
    if one_agency:
        query = query.where(Membership.agency_id == AGENCY)
    if one_need:
        query = query.where(Membership.staff_group_id.in_(select(parts.aim(one_need=True).c.staff_group_id)))
    return query.group_by(Membership.staff_group_id, Membership.agency_id)  # as the index has them


@cache
def holders(*, one_need: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Who holds on the day what meets a need: need, people. Both come many times over."""
    return parts.holders_joined(one_need=one_need)


@cache
def holders_on_both() -> CompoundSelect[*tuple[Any, ...]]:
    """The same of every need on two days, the earlier one and the later: need, the days, people."""
    return parts.holders_joined_on_both()


@cache
def claimants(*, one_need: bool, refreshers: bool) -> AnyColumns:
    """Who has a place that would meet a need, and who waits for one: need, people; whoever waits after a semicolon."""
    return claims.joined(claims.meeting(one_need=one_need, refreshers=refreshers))


@cache
def people(standing: int | None) -> AnyColumns:
    """Who stands so to a need, by name; without a standing, who is of its audience and not in force: rows for
    `queries.Behind`.

    Of one agency, one sector and one staff group alone where they are given; where only those are asked for whose
    headcount is known, without the agencies that have sent none. Of somebody's jobs the first recorded stands there.
    """
    aim = parts.aim(one_need=True)
    part = _part(standing, aim)
    group = lines.groups([AS_AT], aim)
    without_headcount = select(group.c.agency_id).where(
        group.c.number.is_(None), or_(STAFF_GROUP.is_(None), group.c.staff_group_id == STAFF_GROUP)
    )
    one = (
        select(
            func.min(Membership.id).label("membership_id"),
            func.count(distinct(Agency.id)).label("agencies"),
            *(
                (func.max(part.c[name]) if name in part.c else null()).label(name)
                for name in ("since", "until", "basis", "standing", "waits")
            ),
        )
        .select_from(part)
        .join(Membership, and_(Membership.person_id == part.c.person_id, parts.works(AS_AT)))
        .join(
            group,
            and_(
                group.c.agency_id == Membership.agency_id, group.c.staff_group_id == Membership.staff_group_id
            ),
        )
        .join(Agency, Agency.id == Membership.agency_id)
        .where(
            part.c.standing == standing if standing in (BOOKED, WAITING) else true(),
            or_(AGENCY.is_(None), Agency.id == AGENCY),
            or_(SECTOR.cast(String).is_(None), Agency.sector == SECTOR),
            or_(STAFF_GROUP.is_(None), Membership.staff_group_id == STAFF_GROUP),
            or_(ONLY_KNOWN == 0, Agency.id.not_in(without_headcount)),
        )
        .group_by(part.c.person_id)
        .subquery("one")
    )
    return (
        select(
            Person.id, Person.name, StaffGroup.name, Membership.job_title, Membership.id, one.c.since, one.c.until,
            one.c.basis, Agency.name, one.c.agencies, one.c.standing, one.c.waits,
        )
        .select_from(one)
        .join(Membership, Membership.id == one.c.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Agency, Agency.id == Membership.agency_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .order_by(Person.name, Person.id)
    )  # fmt: skip


def _part(standing: int | None, aim: CTE) -> CTE:
    if standing is None:
        return claims.left_to_train(aim)
    return parts.held() if standing == IN_FORCE else claims.claiming_and_held()


@cache
def trained_only() -> AnyColumns:
    """For one need, how many of those in force everywhere hold it by earlier training alone."""
    aim, holding = parts.aim(one_need=True), parts.holdings(one_need=True)
    line = lines.line([AS_AT], aim)
    query = select(holding.c.person_id).where(parts.stands(holding))
    person = (
        parts.in_audience(query, holding, aim, parts.works(AS_AT))
        .join(line, line.c.agency_id == Membership.agency_id)
        .group_by(holding.c.person_id)
        .having(func.max(holding.c.basis) == TRAINED)
        .cte("trained_person")
    )
    return select(func.count()).select_from(person)
