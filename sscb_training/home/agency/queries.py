"""An agency's people for its lead: what they have booked next, and how they stand in each scheme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, standing
from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.home import queries as own
from sscb_training.home import rules
from sscb_training.people.models import Membership, Person


@dataclass(frozen=True)
class Filters:
    """What a lead's list is narrowed to. `stands` is about one scheme."""

    search: str = ""
    staff_group_id: int | None = None
    scheme_id: int | None = None
    standing: rules.Standing | None = None


@dataclass(frozen=True)
class Worker:
    """A line of the list: a job, what is booked next, and how the person stands in each scheme."""

    membership: Membership
    next_booking: Booking | None
    next_on: date | None
    stands: dict[int, rules.Stands]

    def stands_in(self, scheme: AccreditationScheme) -> rules.Stands:
        """How the person stands in this scheme."""
        return self.stands.get(scheme.id, rules.Stands(rules.Standing.NONE, None))


def jobs_at(agency: Agency, filters: Filters, *, on: date) -> Select[Membership]:
    """The agency's current jobs by the person's name; a page or an export runs it."""
    query = (
        select(Membership)
        .join(Membership.person)
        .join(Membership.staff_group)
        .where(Membership.agency_id == agency.id, Membership.is_current(on))
        .options(contains_eager(Membership.person), contains_eager(Membership.staff_group))
        .order_by(func.lower(Person.name), Membership.id)
    )
    for word in filters.search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True)
            | Membership.job_title.icontains(word, autoescape=True)
        )
    if filters.staff_group_id is not None:
        query = query.where(Membership.staff_group_id == filters.staff_group_id)
    if filters.standing is not None and filters.scheme_id is not None:
        query = query.where(_standing(filters.standing, filters.scheme_id, on))
    return query


def _standing(wanted: rules.Standing, scheme_id: int, on: date) -> ColumnElement[bool]:
    """How `rules.stands` sees it, in SQL."""
    mine = and_(
        Accreditation.person_id == Membership.person_id, Accreditation.scheme_id == scheme_id, standing
    )
    counts = exists().where(mine, Accreditation.in_force(on))
    lasts = exists().where(
        mine,
        Accreditation.in_force(on),
        or_(Accreditation.expires_on.is_(None), Accreditation.expires_on > rules.due_by(on)),
    )
    ever = exists().where(mine, Accreditation.awarded_on <= on)
    return {
        rules.Standing.IN_FORCE: lasts,
        rules.Standing.DUE: and_(counts, ~lasts),
        rules.Standing.ENDED: and_(ever, ~counts),
        rules.Standing.NONE: ~ever,
    }[wanted]


def workers(memberships: Sequence[Membership], *, now: datetime, on: date) -> Sequence[Worker]:
    """The lines for these jobs, in two queries however many there are."""
    person_ids = {membership.person_id for membership in memberships}
    jobs = {membership.id for membership in memberships}
    next_bookings: dict[int | None, Booking] = {}
    for booking in rows(own.coming(now).where(Booking.membership_id.in_(jobs)).options(*own.WITH_SESSION)):
        next_bookings.setdefault(booking.membership_id, booking)
    held: dict[int, dict[int, list[rules.Held]]] = {}
    for one in rows(own.held_by(person_ids, on=on)):
        held.setdefault(one.person_id, {}).setdefault(one.scheme_id, []).append(own.as_held(one, on))
    lines = []
    for membership in memberships:
        coming = next_bookings.get(membership.id)
        next_on = london_date(own.next_part(coming, now=now).starts_at) if coming else None
        how = {
            scheme_id: rules.stands(theirs, on=on)
            for scheme_id, theirs in held.get(membership.person_id, {}).items()
        }
        lines.append(Worker(membership, coming, next_on, how))
    return lines


def agencies_led_by(lead: Person) -> Sequence[Agency]:
    """The agencies that somebody leads, by name."""
    return rows(select(Agency).where(Agency.id.in_(lead.leads_agency_ids)).order_by(Agency.name))


def headings(schemes: Sequence[AccreditationScheme]) -> list[str]:
    """The columns of an exported list."""
    return [
        "Name",
        "Email",
        "Job title",
        "Staff group",
        "Next booking",
        "On",
        "As at",
        *(column for scheme in schemes for column in (scheme.code, f"{scheme.code} until")),
    ]


def exported(
    workers: Sequence[Worker], schemes: Sequence[AccreditationScheme], *, on: date
) -> list[list[str | date | None]]:
    """The lines as rows of a file, under `headings`."""
    found: list[list[str | date | None]] = []
    for worker in workers:
        booking, job = worker.next_booking, worker.membership
        line: list[str | date | None] = [
            job.person.name,
            job.person.email,
            job.job_title,
            job.staff_group.name,
            booking.training_session.course.title if booking else None,
            worker.next_on,
            on,
        ]
        for scheme in schemes:
            how = worker.stands_in(scheme)
            line += [how.label, how.until]
        found.append(line)
    return found
