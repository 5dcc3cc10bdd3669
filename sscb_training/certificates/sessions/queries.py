"""Whose certificates of a session there are, who waits, and what became of the letters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation, standing
from sscb_training.bookings.models import Booking
from sscb_training.certificates.models import Certificate, stands
from sscb_training.certificates.queries import COMPLETED, EARNED, IN_FULL
from sscb_training.certificates.sessions.models import CertificateSending, unfinished
from sscb_training.core.db import row_or_none, rows
from sscb_training.core.mail import Letter
from sscb_training.core.times import london_date
from sscb_training.courses.models import TrainingSession
from sscb_training.evaluations.queries import waiting_for_evaluation
from sscb_training.people.models import Person

LETTER = "certificates/yours"


@dataclass(frozen=True)
class Delegate:
    """Somebody who completed the session: what they earned, what of it is issued, and the last letter with it.

    `waits`: their certificate waits for the evaluation, and nothing is sent to them until then.
    """

    booking: Booking
    accreditations: Sequence[Accreditation]
    certificates: Sequence[Certificate]
    waits: bool
    letter: Letter | None

    @property
    def address(self) -> str | None:
        return self.booking.person.email or self.booking.person.contact_email

    @property
    def is_to_be_written_to(self) -> bool:
        """Whether something of theirs was not emailed yet and can be."""
        is_all_emailed = len(self.certificates) == 1 + len(self.accreditations) and all(
            one.emailed_at for one in self.certificates
        )
        return not self.waits and bool(self.address) and not is_all_emailed


def delegates(training_session: TrainingSession, *, now: datetime) -> Sequence[Delegate]:
    """Everybody who completed the session, by name; as many queries for one as for a hall full."""
    return _delegates(Booking.training_session_id == training_session.id, now=now)


def delegate_of(booking: Booking, *, now: datetime) -> Delegate | None:
    """One of them; none who did not complete it."""
    return next(iter(_delegates(Booking.id == booking.id, now=now)), None)


def _delegates(which: ColumnElement[bool], *, now: datetime) -> Sequence[Delegate]:
    completed = rows(
        select(Booking)
        .join(Booking.person)
        .where(which, COMPLETED)
        .options(*IN_FULL)
        .order_by(func.lower(Person.name), Booking.id)
    )
    keys = [booking.id for booking in completed]
    earned = rows(
        select(Accreditation)
        .where(Accreditation.booking_id.in_(keys), standing)
        .options(*EARNED)
        .order_by(Accreditation.scheme_id, Accreditation.id)
    )
    revoked_by = london_date(now)
    earned = [one for one in earned if one.revoked_on is None or one.revoked_on > revoked_by]
    issued = _issued(keys, [one.id for one in earned])
    letters = {
        letter.about_id: letter
        for letter in rows(
            select(Letter)
            .where(
                Letter.about_type == Booking.__tablename__,
                Letter.about_id.in_(keys),
                Letter.template == LETTER,
            )
            .order_by(Letter.id)
        )
    }
    waiting = waiting_for_evaluation(completed, now=now)
    return [
        Delegate(
            booking,
            theirs := [one for one in earned if one.booking_id == booking.id],
            [one for one in issued if _is_of(one, booking, theirs)],
            booking.id in waiting,
            letters.get(booking.id),
        )
        for booking in completed
    ]


def _issued(booking_ids: Iterable[int], accreditation_ids: Iterable[int]) -> Sequence[Certificate]:
    return rows(
        select(Certificate)
        .where(
            stands,
            Certificate.booking_id.in_(list(booking_ids))
            | Certificate.accreditation_id.in_(list(accreditation_ids)),
        )
        .options(joinedload(Certificate.booking), joinedload(Certificate.accreditation))
        .order_by(Certificate.accreditation_id.is_not(None), Certificate.id)
    )


def _is_of(certificate: Certificate, booking: Booking, accreditations: Sequence[Accreditation]) -> bool:
    return certificate.booking_id == booking.id or any(
        certificate.accreditation_id == one.id for one in accreditations
    )


def last_sending(training_session: TrainingSession) -> CertificateSending | None:
    """The latest, under way or finished."""
    return row_or_none(
        select(CertificateSending)
        .where(CertificateSending.training_session_id == training_session.id)
        .options(joinedload(CertificateSending.asked_by))
        .order_by(CertificateSending.id.desc())
    )


def sendings_under_way() -> Sequence[int]:
    """Those that the worker has to fulfil, by key."""
    return rows(select(CertificateSending.id).where(unfinished).order_by(CertificateSending.id))


def to_write_to(sending: CertificateSending, *, now: datetime) -> Sequence[int]:
    """The bookings whose delegates are to get something, by key."""
    found = delegates(sending.training_session, now=now)
    return [delegate.booking.id for delegate in found if delegate.is_to_be_written_to]


def why_no_certificates(booking_id: int, _now: datetime) -> str:
    """Nobody is sent what was taken back meanwhile."""
    mine = select(Certificate.id).outerjoin(Certificate.accreditation)
    either = (Certificate.booking_id == booking_id) | (Accreditation.booking_id == booking_id)
    return "" if row_or_none(mine.where(stands, either)) is not None else "The certificate was taken back."
