"""Whose certificate is there to download or to check, what is due, and what has to be withdrawn."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.accreditation.models import Accreditation, standing
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.certificates import rules
from sscb_training.certificates.models import Certificate, stands
from sscb_training.core.db import row_or_404, row_or_none, rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, SessionPart, TrainingSession
from sscb_training.evaluations.queries import waiting_for_evaluation
from sscb_training.people.models import Person

COMPLETED = (Booking.outcome == Outcome.ATTENDED) & Booking.part_id.is_(None)
IN_FULL = (
    joinedload(Booking.person),
    joinedload(Booking.training_session).options(
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
        selectinload(TrainingSession.parts),
    ),
)
EARNED = (
    joinedload(Accreditation.person),
    joinedload(Accreditation.scheme),
    joinedload(Accreditation.attempt),
)


def completed_booking_seen_by(viewer: Person, booking_id: int) -> Booking:
    """A booking that its delegate completed, for them and the board's staff; for everybody else 404.

    An agency's lead and a trainer know who came. The proof is the delegate's to show.
    """
    query = select(Booking).where(Booking.id == booking_id, COMPLETED).options(*IN_FULL)
    if not viewer.is_board_staff:
        query = query.where(Booking.person_id == viewer.id)
    return row_or_404(query)


def certificate_of(booking: Booking) -> Certificate | None:
    """The one that stands."""
    return row_or_none(select(Certificate).where(Certificate.booking_id == booking.id, stands))


def accreditation_seen_by(viewer: Person, accreditation_id: int) -> Accreditation:
    """An accreditation that was not taken back, for its holder and the board's staff; for everybody else 404."""
    query = select(Accreditation).where(Accreditation.id == accreditation_id, standing).options(*EARNED)
    if not viewer.is_board_staff:
        query = query.where(Accreditation.person_id == viewer.id)
    return row_or_404(query)


def certificate_of_accreditation(accreditation: Accreditation) -> Certificate | None:
    """The one that stands."""
    return row_or_none(select(Certificate).where(Certificate.accreditation_id == accreditation.id, stands))


def earned_by(accreditation: Accreditation) -> Booking | None:
    """The booking by which an accreditation was earned, where it was by one."""
    if accreditation.booking_id is None:
        return None
    return row_or_none(select(Booking).where(Booking.id == accreditation.booking_id).options(*IN_FULL))


def certificate_called(typed: str) -> Certificate | None:
    """The certificate of this code, whatever has become of it, with what `Certificate.state` asks for. One query."""
    return row_or_none(
        select(Certificate)
        .where(Certificate.check_code == rules.code_from(typed))
        .options(joinedload(Certificate.booking), joinedload(Certificate.accreditation))
    )


def released(bookings: Collection[Booking], *, now: datetime) -> frozenset[int]:
    """Of these bookings those whose certificate can be downloaded, by key; three queries however many they are."""
    completed = [one for one in bookings if one.outcome is Outcome.ATTENDED and one.part_id is None]
    issued = (
        select(Booking.id)
        .join(Certificate, Certificate.booking_id == Booking.id)
        .where(Booking.id.in_([one.id for one in completed]), stands)
    )
    waiting = waiting_for_evaluation(completed, now=now)
    return frozenset(rows(issued)) | {one.id for one in completed if one.id not in waiting}


@dataclass(frozen=True)
class Proof:
    """What the page of a completed booking offers: the certificate of attendance, or else it waits; and what it earned."""

    is_released: bool
    accreditations: Sequence[Accreditation]


def proof_of(booking: Booking, *, now: datetime) -> Proof:
    """What there is to download of a completed booking."""
    earned = rows(
        select(Accreditation)
        .where(Accreditation.booking_id == booking.id, standing)
        .options(joinedload(Accreditation.scheme))
        .order_by(Accreditation.id)
    )
    today = london_date(now)
    return Proof(
        booking.id in released([booking], now=now),
        [one for one in earned if one.revoked_on is None or one.revoked_on > today],
    )


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
    latest_first = select(Booking).where(COMPLETED, ~issued).order_by(Booking.id.desc()).options(*IN_FULL)
    found: list[int] = []
    looked_at = rows(latest_first.limit(most))
    while looked_at and len(found) < most:
        waiting = waiting_for_evaluation(looked_at, now=now)
        found += [booking.id for booking in looked_at if booking.id not in waiting]
        looked_at = rows(latest_first.where(Booking.id < looked_at[-1].id).limit(most))
    return found[:most]


def standing_certificates(certificate_ids: Collection[int]) -> Sequence[Certificate]:
    """Those of these keys that still stand and prove what they say."""
    found = rows(
        select(Certificate)
        .where(Certificate.id.in_(certificate_ids), stands)
        .options(joinedload(Certificate.booking), joinedload(Certificate.accreditation))
        .order_by(Certificate.accreditation_id.is_not(None), Certificate.id)
    )
    return [certificate for certificate in found if not certificate.is_wrong]


def accreditations_due(*, on: date, most: int) -> Sequence[int]:
    """Accreditations in force without a certificate, by key: the latest, and no more than so many.

    What has run out gets one when its holder downloads it.
    """
    issued = exists().where(Certificate.accreditation_id == Accreditation.id, stands)
    return rows(
        select(Accreditation.id)
        .where(Accreditation.in_force(on), ~issued)
        .order_by(Accreditation.id.desc())
        .limit(most)
    )


def to_withdraw() -> Sequence[Certificate]:
    """Those that stand although what they prove does not: see `Certificate.is_wrong`."""
    return rows(
        select(Certificate)
        .outerjoin(Certificate.booking)
        .outerjoin(Certificate.accreditation)
        .where(
            stands,
            or_(
                Booking.outcome.is_not(None) & (Booking.outcome != Outcome.ATTENDED),
                Accreditation.withdrawn_at.is_not(None),
            ),
        )
        .order_by(Certificate.id)
    )
