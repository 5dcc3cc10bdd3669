"""What issues certificates and withdraws them."""

import secrets
from datetime import datetime

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates import queries, rules
from sscb_training.certificates.models import Certificate
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date
from sscb_training.evaluations.queries import waits_for_evaluation


class CertificateRefused(Refused):
    """There is no certificate to issue."""


def issue(booking: Booking, *, board: str, now: datetime) -> Certificate:
    """The booking's certificate; it is written the first time, in the name that the delegate has then, and stays.

    Refused while the register does not say that they attended, or while it waits for the evaluation.
    """
    lock(booking)
    if booking.outcome is not Outcome.ATTENDED or booking.part_id is not None:
        raise CertificateRefused("There is no certificate for this booking.")
    if (standing := queries.certificate_of(booking)) is not None:
        return standing
    if waits_for_evaluation(booking, now=now):
        raise CertificateRefused("Send in your evaluation first. Your certificate is released then.")
    training_session, parts = booking.training_session, queries.parts_attended(booking)
    certificate = Certificate(
        booking=booking,
        check_code="".join(secrets.choice(REFERENCE_LETTERS) for _ in range(rules.LENGTH)),
        name=booking.person.name,
        course_title=training_session.course.title,
        version=training_session.course_version.number,
        days=sorted({london_date(part.starts_at).isoformat() for part in parts}),
        minutes=sum(int((part.ends_at - part.starts_at).total_seconds() // 60) for part in parts),
        board=board,
        issued_at=now,
    )
    db.session.add(certificate)
    history.record("issued", certificate, by=None, at=now, booking=booking.reference)
    return certificate


def withdraw(certificate: Certificate, *, now: datetime) -> None:
    """Take it back, because the register was corrected. One that is earned later is another, with a code of its own."""
    lock(certificate.booking)
    db.session.refresh(certificate)
    if certificate.withdrawn_at is None and certificate.booking.outcome not in (None, Outcome.ATTENDED):
        certificate.withdrawn_at = now
        history.record("withdrawn", certificate, by=None, at=now, outcome=certificate.booking.outcome)
