"""Whose certificate is there to download, what is due, and what has to be withdrawn."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.certificates.models import Certificate, stands
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.courses.models import CourseVersion, SessionPart, TrainingSession
from sscb_training.evaluations.queries import waiting_for_evaluation
from sscb_training.people.models import Person

_COMPLETED = (Booking.outcome == Outcome.ATTENDED) & Booking.part_id.is_(None)
_IN_FULL = (
    joinedload(Booking.person),
    joinedload(Booking.training_session).options(
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
        selectinload(TrainingSession.parts),
    ),
)


def completed_booking_seen_by(viewer: Person, booking_id: int) -> Booking:
    """A booking that its delegate completed, for them and the board's staff; for everybody else 404.

    An agency's lead and a trainer know who came. The proof is the delegate's to show.
    """
    query = select(Booking).where(Booking.id == booking_id, _COMPLETED).options(*_IN_FULL)
    if not viewer.is_board_staff:
        query = query.where(Booking.person_id == viewer.id)
    return row_or_404(query)


def certificate_of(booking: Booking) -> Certificate | None:
    """The one that stands."""
    return row_or_none(select(Certificate).where(Certificate.booking_id == booking.id, stands))


def released(bookings: Collection[Booking], *, now: datetime) -> frozenset[int]:
    """Of these bookings those whose certificate can be downloaded, by key; three queries however many they are."""
    completed = [one for one in bookings if one.outcome is Outcome.ATTENDED and one.part_id is None]
    issued = select(Certificate.booking_id).where(
        Certificate.booking_id.in_([one.id for one in completed]), stands
    )
    waiting = waiting_for_evaluation(completed, now=now)
    return frozenset(rows(issued)) | {one.id for one in completed if one.id not in waiting}


def parts_attended(booking: Booking) -> Sequence[SessionPart]:
    """The parts of a completed booking, those that were made up on another date as they took place there."""
    made_up = {one.makes_up_part_id: one.part for one in booking.make_ups if one.outcome is Outcome.ATTENDED}
    parts = (made_up.get(part.id, part) for part in booking.training_session.parts)
    return sorted((part for part in parts if part is not None and part.is_on), key=_starts_at)


def _starts_at(part: SessionPart) -> datetime:
    return part.starts_at


def due(*, now: datetime, most: int) -> Sequence[int]:
    """Completed bookings without a certificate that wait for nothing, by key: the latest, and no more than so many.

    They are looked through `most` at a time, because where certificates are new there are hundreds of thousands.
    """
    issued = exists().where(Certificate.booking_id == Booking.id, stands)
    latest_first = select(Booking).where(_COMPLETED, ~issued).order_by(Booking.id.desc()).options(*_IN_FULL)
    found: list[int] = []
    looked_at = rows(latest_first.limit(most))
    while looked_at and len(found) < most:
        waiting = waiting_for_evaluation(looked_at, now=now)
        found += [booking.id for booking in looked_at if booking.id not in waiting]
        looked_at = rows(latest_first.where(Booking.id < looked_at[-1].id).limit(most))
    return found[:most]


def to_withdraw() -> Sequence[Certificate]:
    """Those that stand although their register, corrected, says that the delegate did not attend."""
    return rows(
        select(Certificate)
        .join(Certificate.booking)
        .where(stands, Booking.outcome.is_not(None), Booking.outcome != Outcome.ATTENDED)
        .options(contains_eager(Certificate.booking))
        .order_by(Certificate.id)
    )
