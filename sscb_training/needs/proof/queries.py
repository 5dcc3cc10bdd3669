"""What an accreditation rests on, for whoever may know of it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation, standing
from sscb_training.bookings.models import Booking
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Membership, Person


def accreditation_seen_by(viewer: Person, accreditation_id: int, *, on: date) -> Accreditation:
    """The accreditation, for board staff, its holder, and who leads an agency that the holder works at; else 404.

    One that was recorded in error is for board staff only.
    """
    query = (
        select(Accreditation)
        .where(Accreditation.id == accreditation_id)
        .options(
            joinedload(Accreditation.person),
            joinedload(Accreditation.scheme),
            joinedload(Accreditation.attempt),
        )
    )
    return row_or_404(_seen_by(viewer, query, on=on))


def accreditations_of_seen_by(viewer: Person, person: Person, *, on: date) -> Sequence[Accreditation]:
    """Of all that somebody was ever accredited in what the viewer may know of, the latest first."""
    query = (
        select(Accreditation)
        .where(Accreditation.person_id == person.id, standing)
        .options(joinedload(Accreditation.scheme))
        .order_by(Accreditation.awarded_on.desc(), Accreditation.id.desc())
    )
    return rows(_seen_by(viewer, query, on=on))


def training_behind(accreditation: Accreditation) -> TrainingSession | None:
    """The session by which it was earned; none when it rests on no booking of this service."""
    return row_or_none(
        select(TrainingSession)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(Booking.id == accreditation.booking_id)
        .options(joinedload(TrainingSession.course_version).joinedload(CourseVersion.course))
    )


def _seen_by(viewer: Person, query: Select[Accreditation], *, on: date) -> Select[Accreditation]:
    if viewer.is_board_staff:
        return query
    led = exists().where(
        Membership.person_id == Accreditation.person_id,
        Membership.agency_id.in_(viewer.leads_agency_ids),
        Membership.is_current(on),
    )
    return query.where(standing, or_(Accreditation.person_id == viewer.id, led))
