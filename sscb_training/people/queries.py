"""Questions about people."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    bindparam,
    exists,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.agencies.models import Agency
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.core.roles import Role
from sscb_training.people.models import FormerName, Membership, Person, RoleGrant, SignIn
from sscb_training.people.rules import fold_email


def person_seen_by(viewer: Person, person_id: int, *, on: date | None = None) -> Person:
    """The person, if the viewer may know of them; otherwise 404, as if they did not exist.

    Board staff see everybody, an agency lead whoever works at their agency on this day (without a day:
    whoever has no last day there), and everybody themself.
    """
    return row_or_404(select(Person).where(Person.id == person_id, seen_by(viewer, on=on)))


def seen_by(viewer: Person, *, on: date | None = None) -> ColumnElement[bool]:
    """The condition on Person that holds for whom the viewer may see."""
    if viewer.is_board_staff:
        return Person.withdrawn_at.is_(None)
    theirs = Person.id == viewer.id
    return theirs | works_at(viewer.leads_agency_ids, on=on) if viewer.leads_agency_ids else theirs


def ids_seen_by(viewer: Person, person_ids: Collection[int], *, on: date) -> set[int]:
    """Those of these people whom the viewer may see."""
    return set(rows(select(Person.id).where(Person.id.in_(person_ids), seen_by(viewer, on=on))))


def works_at(agency_ids: frozenset[int], *, on: date | None = None) -> ColumnElement[bool]:
    """The condition on Person that they work at one of these agencies. A walk-in's unchecked word does not count."""
    if not agency_ids:
        return false()
    current = Membership.is_current(on) if on else Membership.valid_to.is_(None)
    return exists().where(
        Membership.person_id == Person.id,
        Membership.agency_id.in_(agency_ids),
        Membership.confirmed_at.is_not(None),
        current,
    )


def person_by_email(email: str) -> Person | None:
    """Whoever signs in with this address, however it is spelt."""
    return row_or_none(select(Person).where(Person.email_key == fold_email(email)))


def memberships_of(person: Person, on: date) -> Sequence[Membership]:
    """Where the person works on this day, longest first."""
    return rows(_MEMBERSHIPS_ON, person_id=person.id, on=on)


def every_membership_of(person: Person) -> Sequence[Membership]:
    """Where the person works, has worked and will work."""
    return rows(_MEMBERSHIPS, person_id=person.id)


_MEMBERSHIPS = (
    select(Membership)
    .where(Membership.person_id == bindparam("person_id"))
    .options(joinedload(Membership.agency), joinedload(Membership.staff_group))
    .order_by(Membership.valid_from, Membership.id)
)
_ON: Any = bindparam("on", type_=Date())
_MEMBERSHIPS_ON = _MEMBERSHIPS.where(Membership.is_current(_ON))


def grants_of(person: Person) -> Sequence[RoleGrant]:
    """The roles that the person holds, with their agencies."""
    return [grant for grant in every_grant_of(person) if grant.ended_at is None]


def every_grant_of(person: Person) -> Sequence[RoleGrant]:
    """The roles that the person holds and has held, with their agencies."""
    return rows(
        select(RoleGrant)
        .where(RoleGrant.person_id == person.id)
        .options(joinedload(RoleGrant.agency))
        .order_by(RoleGrant.id)
    )


def grant(person: Person, role: Role, *, agency: Agency | None) -> RoleGrant | None:
    """The person's grant of this role (for this agency), while it holds."""
    same_agency = RoleGrant.agency_id == agency.id if agency else RoleGrant.agency_id.is_(None)
    return row_or_none(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role,
            RoleGrant.ended_at.is_(None),
            same_agency,
        )
    )


def board_staff() -> Sequence[Person]:
    """The board's staff who may sign in, administrators among them, by name."""
    holds = exists().where(
        RoleGrant.person_id == Person.id,
        RoleGrant.role.in_((Role.BOARD_STAFF, Role.ADMINISTRATOR)),
        RoleGrant.ended_at.is_(None),
    )
    may_sign_in = (
        Person.suspended_at.is_(None) & Person.withdrawn_at.is_(None) & Person.email_confirmed_at.is_not(None)
    )
    return rows(select(Person).where(holds, may_sign_in).order_by(func.lower(Person.name), Person.id))


def leads_of(agency_id: int) -> Sequence[Person]:
    """Who leads this agency and may sign in, by name."""
    return rows(leading(agency_id).order_by(func.lower(Person.name), Person.id))


def led(agency_ids: Collection[int]) -> frozenset[int]:
    """Those of these agencies that somebody leads who gets letters."""
    found = leading(Agency.id).where(Person.email.is_not(None)).exists()
    return frozenset(rows(select(Agency.id).where(Agency.id.in_(agency_ids), found)))


def leading(agency_id: int | SQLColumnExpression[int]) -> Select[Person]:
    """Those who lead an agency and may sign in, in no order yet."""
    return (
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.AGENCY_LEAD,
            RoleGrant.agency_id == agency_id,
            RoleGrant.ended_at.is_(None),
            Person.suspended_at.is_(None),
        )
    )


def administrators() -> Sequence[Person]:
    """Everybody who holds the administrator's role, suspended or not."""
    return rows(
        select(Person)
        .join(RoleGrant)
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.ended_at.is_(None))
        .order_by(Person.id)
        .execution_options(populate_existing=True)
    )


def membership_seen_by(viewer: Person, membership_id: int, *, of: Person) -> Membership:
    """One job of this person, if it is the viewer's own or the viewer is board staff; otherwise 404."""
    whose = true() if viewer.is_board_staff else Membership.person_id == viewer.id
    return row_or_404(
        select(Membership)
        .where(Membership.id == membership_id, Membership.person_id == of.id, whose)
        .options(joinedload(Membership.agency), joinedload(Membership.person))
    )


def grant_of(person: Person, grant_id: int) -> RoleGrant:
    """One of the roles that the person holds; otherwise 404."""
    return row_or_404(
        select(RoleGrant).where(
            RoleGrant.id == grant_id, RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None)
        )
    )


def devices_of(person: Person, *, since: datetime) -> Sequence[SignIn]:
    """Where the person is signed in and was active since then, the latest first."""
    return rows(
        select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.last_seen_at > since)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )


def goes_by(word: str, *, and_former: bool) -> ColumnElement[bool]:
    """The condition on Person that this is in their name, or in one that they went by before."""
    now = Person.name.icontains(word, autoescape=True)
    if not and_former:
        return now
    before = select(FormerName.person_id).where(FormerName.name.icontains(word, autoescape=True))
    return now | Person.id.in_(before)  # asked once, and not once a person


def found_by(word: str, *, and_former: bool) -> ColumnElement[bool]:
    """The condition on Person that this is in a name that they go by or in their address, which is kept folded."""
    return goes_by(word, and_former=and_former) | Person.email_key.contains(fold_email(word), autoescape=True)


def people_found(
    *, search: str = "", agency_id: int | None = None, role: Role | None = None, on: date
) -> Select[Person]:
    """People by name whose name, now or before, or address holds the words, who work at the agency, who hold the role."""
    query = select(Person).where(Person.withdrawn_at.is_(None)).order_by(Person.name, Person.id)
    for word in search.split():
        query = query.where(found_by(word, and_former=True))
    if agency_id:
        query = query.where(works_at(frozenset({agency_id}), on=on))
    if role:
        query = query.where(
            exists().where(
                RoleGrant.person_id == Person.id, RoleGrant.role == role, RoleGrant.ended_at.is_(None)
            )
        )
    return query.options(
        selectinload(Person.memberships).joinedload(Membership.agency),
        selectinload(Person.role_grants),
        selectinload(Person.former_names),
    )
