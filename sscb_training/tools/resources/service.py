"""What puts resources there, replaces and retires them, and notes who had which version."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.files import keep
from sscb_training.core.times import plain_date
from sscb_training.people.models import Person
from sscb_training.tools.resources import queries
from sscb_training.tools.resources.models import Resource, ResourceReader, ResourceVersion
from sscb_training.tools.service import ToolRefused


class ContentRefused(ToolRefused):
    """A version that is neither a file nor a link, or both."""


def add_resource(
    scheme: AccreditationScheme,
    *,
    title: str,
    description: str,
    name: str,
    valid_from: date,
    link: str = "",
    file: tuple[str, bytes] | None = None,
    by: Person | None,
    now: datetime,
) -> Resource:
    """Put a resource behind the scheme's others, with its first version."""
    lock(scheme)
    resource = Resource(
        scheme=scheme, title=title, description=description, position=queries.last_position(scheme) + 1
    )
    version = _version(name=name, valid_from=valid_from, link=link, file=file, by=by, now=now)
    resource.versions.append(version)
    db.session.add(resource)
    history.record("added", resource, by=by, at=now, title=title, **_told(version))
    return resource


def change_resource(
    resource: Resource, *, title: str, description: str, by: Person | None, now: datetime
) -> None:
    """Describe a resource better; its versions stay as they are."""
    lock(resource)
    changes = history.amend(resource, title=title, description=description)
    if changes:
        history.record("changed", resource, by=by, at=now, **changes)


def replace_resource(
    resource: Resource,
    *,
    name: str,
    valid_from: date,
    link: str = "",
    file: tuple[str, bytes] | None = None,
    by: Person | None,
    now: datetime,
) -> ResourceVersion:
    """Put a new version in the place of the present one from a day on; the old one stays for staff."""
    lock(resource)
    latest = next((one for one in resource.versions if one.taken_back_at is None), None)
    if latest is not None and valid_from < latest.valid_from:
        raise ToolRefused(
            f"Version {latest.name} counts from {plain_date(latest.valid_from)}. Enter that day or a later one, "
            "or take that version back first."
        )
    version = _version(name=name, valid_from=valid_from, link=link, file=file, by=by, now=now)
    version.resource = resource
    db.session.add(version)
    db.session.flush()
    db.session.expire(resource, ["versions"])
    history.record("replaced", resource, by=by, at=now, **_told(version))
    return version


def take_back_version(version: ResourceVersion, *, by: Person | None, now: datetime) -> None:
    """Close a version that should not have been put there; the one before counts again."""
    lock(version.resource)
    lock(version)
    if version.taken_back_at is None:
        version.taken_back_at = now
        history.record("took back a version", version.resource, by=by, at=now, version=version.name)


def retire_resource(resource: Resource, *, by: Person | None, now: datetime) -> None:
    """Close a resource for all but staff."""
    lock(resource)
    if resource.retired_at is None:
        resource.retired_at = now
        history.record("retired", resource, by=by, at=now)


def restore_resource(resource: Resource, *, by: Person | None, now: datetime) -> None:
    """Open a retired resource again."""
    lock(resource)
    if resource.retired_at is not None:
        resource.retired_at = None
        history.record("restored", resource, by=by, at=now)


def move_resource_up(resource: Resource, *, by: Person | None, now: datetime) -> None:
    """Put a resource one place earlier among those that are not retired; the first one stays first."""
    lock(resource.scheme)
    everything = list(queries.resources(resource.scheme))
    shown = [one for one in everything if one.retired_at is None]
    place = shown.index(resource) if resource in shown else 0
    if place == 0:
        return
    everything.remove(resource)
    everything.insert(everything.index(shown[place - 1]), resource)
    for position, one in enumerate(everything, 1):
        one.position = position
    history.record("moved up", resource, by=by, at=now)


def note_reader(version: ResourceVersion, person: Person, *, now: datetime) -> None:
    """Keep that somebody had a version, the first time; twice at once is once."""
    if queries.reader(version, person) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(ResourceReader(version_id=version.id, person_id=person.id, first_at=now))
    except IntegrityError:
        return


def _version(
    *,
    name: str,
    valid_from: date,
    link: str,
    file: tuple[str, bytes] | None,
    by: Person | None,
    now: datetime,
) -> ResourceVersion:
    if bool(link) == (file is not None):
        raise ContentRefused(
            "Choose a file or enter an address, not both." if link else "Choose a file or enter an address."
        )
    by_id = by.id if by else None
    return ResourceVersion(
        name=name,
        valid_from=valid_from,
        url=link,
        file=keep(*file, by_id=by_id, now=now) if file else None,
        added_at=now,
        added_by_id=by_id,
    )


def _told(version: ResourceVersion) -> dict[str, object]:
    return {
        "version": version.name,
        "valid_from": version.valid_from,
        "file": version.file.name if version.file else None,
        "sha256": version.file.sha256 if version.file else None,
        "link": version.url,
    }
