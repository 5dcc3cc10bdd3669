"""The resources of a scheme, for whom they open, and who had which version."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.queries import terms_accepted
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.roles import Role
from sscb_training.people.models import Membership, Person
from sscb_training.tools import queries as tools
from sscb_training.tools import rules
from sscb_training.tools.agreements.queries import has_agreement
from sscb_training.tools.resources.models import Resource, ResourceReader, ResourceVersion

READERS = ("Name", "Email", "Agency", "First had it")


def entry(person: Person, scheme: AccreditationScheme, *, on: date) -> rules.Entry:
    """How the scheme's resources stand for somebody on a day. The pool's trainers need no agency's agreement."""
    if person.is_board_staff:
        return rules.Entry(rules.Way.OPEN)
    holds = tools.may_use(person, scheme, on=on)
    setting = tools.setting(scheme)
    needed = holds and bool(setting and setting.needs_agreement(on)) and Role.TRAINER not in person.roles
    return rules.entry(
        is_staff=False,
        holds=holds,
        ended_on=None if holds else tools.ended_on(person, scheme, on=on),
        agreement_needed=needed,
        has_agreement=needed and has_agreement(person, scheme, on=on),
        terms_accepted=not holds or terms_accepted(person, scheme),
    )


def open_to(person: Person, *, on: date) -> Sequence[AccreditationScheme]:
    """The schemes that have something for somebody who may use their tool today, by name."""
    with_resources = Resource.scheme_id == AccreditationScheme.id
    held = rows(
        select(AccreditationScheme)
        .where(
            select(Person.id)
            .where(Person.id == person.id, tools.holds(AccreditationScheme.id, on))
            .correlate(AccreditationScheme)
            .exists(),
            select(Resource.id).where(with_resources, Resource.retired_at.is_(None)).exists(),
        )
        .order_by(AccreditationScheme.name)
    )
    return [scheme for scheme in held if entry(person, scheme, on=on).is_open]


def resources(scheme: AccreditationScheme) -> Sequence[Resource]:
    """All resources of the scheme with their versions, in staff's order, retired ones too."""
    return rows(
        select(Resource)
        .where(Resource.scheme_id == scheme.id)
        .options(selectinload(Resource.versions).joinedload(ResourceVersion.file))
        .order_by(Resource.position, Resource.id)
    )


def resource_for_staff(resource_id: int) -> Resource:
    """The resource with its scheme and versions; otherwise 404."""
    return row_or_404(
        select(Resource)
        .where(Resource.id == resource_id)
        .options(
            joinedload(Resource.scheme), selectinload(Resource.versions).joinedload(ResourceVersion.file)
        )
    )


def version_for_staff(version_id: int) -> ResourceVersion:
    """The version with its resource; otherwise 404."""
    return row_or_404(_IN_FULL.where(ResourceVersion.id == version_id))


def version_seen_by(viewer: Person, version_id: int, *, on: date) -> ResourceVersion:
    """The version, if its resource stands open to the viewer on this day and this is the present one; otherwise 404.

    Staff see every version.
    """
    version = version_for_staff(version_id)
    if viewer.is_board_staff:
        return version
    resource = version.resource
    closed = resource.present(on) is not version or not entry(viewer, resource.scheme, on=on).is_open
    return row_or_404(_IN_FULL.where(ResourceVersion.id.is_(None))) if closed else version


def reader(version: ResourceVersion, person: Person) -> ResourceReader | None:
    """That this person had this version, if they had."""
    return row_or_none(
        select(ResourceReader).where(
            ResourceReader.version_id == version.id, ResourceReader.person_id == person.id
        )
    )


def readers(version: ResourceVersion) -> Select[ResourceReader]:
    """Who had the version, by name; a page or an export runs it."""
    return (
        select(ResourceReader)
        .join(ResourceReader.person)
        .where(ResourceReader.version_id == version.id)
        .options(
            contains_eager(ResourceReader.person)
            .selectinload(Person.memberships)
            .joinedload(Membership.agency)
        )
        .order_by(func.lower(Person.name), ResourceReader.id)
    )


def agencies_of(person: Person, *, on: date) -> str:
    """Where a reader works today."""
    return ", ".join(sorted({job.agency.name for job in person.memberships if job.is_current(on)}))


def exported(version: ResourceVersion, *, on: date) -> Iterator[list[str | datetime | None]]:
    """Who had the version, as rows of a file under `READERS`."""
    for one in rows(readers(version)):
        yield [one.person.name, one.person.email, agencies_of(one.person, on=on), one.first_at]


def numbers_of_readers(resource: Resource) -> dict[int, int]:
    """How many people had each version of the resource."""
    query = (
        select(ResourceReader.version_id, func.count())
        .where(ResourceReader.version_id.in_([version.id for version in resource.versions]))
        .group_by(ResourceReader.version_id)
    )
    return dict(db.session.execute(query).all())


def last_position(scheme: AccreditationScheme) -> int:
    """The place of the scheme's last resource; 0 without any."""
    query = select(func.coalesce(func.max(Resource.position), 0)).where(Resource.scheme_id == scheme.id)
    return number(query)


_IN_FULL = select(ResourceVersion).options(
    joinedload(ResourceVersion.resource).options(
        joinedload(Resource.scheme), selectinload(Resource.versions).joinedload(ResourceVersion.file)
    )
)
