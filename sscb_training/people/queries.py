"""Questions about people."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.orm import joinedload

from sscb_training.agencies.models import Agency
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.core.roles import Role
from sscb_training.people.models import Membership, Person, RoleGrant
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
        return Person.id.is_not(None)
    theirs = Person.id == viewer.id
    return theirs | works_at(viewer.leads_agency_ids, on=on) if viewer.leads_agency_ids else theirs


def works_at(agency_ids: frozenset[int], *, on: date | None = None) -> ColumnElement[bool]:
    """The condition on Person that they work at one of these agencies."""
    if not agency_ids:
        return false()
    current = Membership.is_current(on) if on else Membership.valid_to.is_(None)
    return exists().where(Membership.person_id == Person.id, Membership.agency_id.in_(agency_ids), current)


def person_by_email(email: str) -> Person | None:
    """Whoever signs in with this address, however it is spelt."""
    return row_or_none(select(Person).where(Person.email_key == fold_email(email)))


def memberships_of(person: Person, on: date) -> Sequence[Membership]:
    """Where the person works on this day, longest first."""
    return rows(_memberships(person).where(Membership.is_current(on)))


def every_membership_of(person: Person) -> Sequence[Membership]:
    """Where the person works, has worked and will work."""
    return rows(_memberships(person))


def _memberships(person: Person) -> Select[Membership]:
    return (
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.agency), joinedload(Membership.staff_group))
        .order_by(Membership.valid_from, Membership.id)
    )


def grants_of(person: Person) -> Sequence[RoleGrant]:
    """The roles that the person holds, with their agencies."""
    return rows(
        select(RoleGrant)
        .where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None))
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


def administrators() -> Sequence[Person]:
    """Everybody who holds the administrator's role, suspended or not."""
    return rows(
        select(Person)
        .join(RoleGrant)
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.ended_at.is_(None))
        .order_by(Person.id)
        .execution_options(populate_existing=True)
    )
