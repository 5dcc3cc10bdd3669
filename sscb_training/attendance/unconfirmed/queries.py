"""Which agencies rest on a walk-in's word alone, and who such a person may really be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.bookings.models import Booking
from sscb_training.core.db import number, row_or_404, rows
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Membership, Person


def unconfirmed() -> Select[Membership]:
    """The jobs whose agency nobody has checked, the oldest first."""
    return (
        select(Membership)
        .where(Membership.confirmed_at.is_(None))
        .options(
            joinedload(Membership.person),
            joinedload(Membership.agency),
            joinedload(Membership.staff_group),
        )
        .order_by(Membership.recorded_at, Membership.id)
    )


def number_unconfirmed() -> int:
    """How many agencies wait to be checked."""
    return number(select(func.count(Membership.id)).where(Membership.confirmed_at.is_(None)))


def unconfirmed_or_404(membership_id: int) -> Membership:
    """A job whose agency nobody has checked yet; for staff."""
    return row_or_404(unconfirmed().where(Membership.id == membership_id))


def came_to(jobs: Sequence[Membership]) -> Mapping[int, Sequence[Booking]]:
    """By job, what they came to in it, the latest first."""
    found: dict[int, list[Booking]] = defaultdict(list)
    for booking in rows(
        select(Booking)
        .where(Booking.membership_id.in_([job.id for job in jobs]))
        .options(
            joinedload(Booking.training_session)
            .joinedload(TrainingSession.course_version)
            .joinedload(CourseVersion.course)
        )
        .order_by(Booking.requested_at.desc(), Booking.id.desc())
    ):
        found[booking.membership_id or 0].append(booking)
    return found


def namesakes(jobs: Sequence[Membership]) -> Mapping[int, Sequence[Person]]:
    """By job, others of the same name: the walk-in may be one of them."""
    names = {job.person.name.casefold() for job in jobs}
    same = rows(
        select(Person)
        .where(func.lower(Person.name).in_(names))
        .options(selectinload(Person.memberships).joinedload(Membership.agency))
        .order_by(Person.id)
    )
    return {
        job.id: [
            person
            for person in same
            if person.id != job.person_id and person.name.casefold() == job.person.name.casefold()
        ]
        for job in jobs
    }
