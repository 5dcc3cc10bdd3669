"""What issues the certificates of a session and sends each delegate theirs."""

from collections.abc import Sequence
from datetime import datetime

from sscb_training.bookings.models import Booking
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.service import CertificateRefused, issue, issue_accreditation
from sscb_training.certificates.sessions import queries
from sscb_training.certificates.sessions.models import CertificateSending
from sscb_training.certificates.sessions.queries import Delegate
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person


def issue_all(training_session: TrainingSession, *, board: str, now: datetime) -> Sequence[Certificate]:
    """Every certificate of the session that waits for nothing, delegate by delegate; what is missing is issued now."""
    return [
        certificate
        for delegate in queries.delegates(training_session, now=now)
        for certificate in _issued(delegate, board=board, now=now)
    ]


def _issued(delegate: Delegate, *, board: str, now: datetime) -> Sequence[Certificate]:
    if len(delegate.certificates) == len(delegate.accreditations) + (not delegate.waits):
        return delegate.certificates
    attendance = [] if delegate.waits else [issue(delegate.booking, board=board, now=now)]
    return [*attendance, *(issue_accreditation(one, board=board, now=now) for one in delegate.accreditations)]


def ask_to_send(training_session: TrainingSession, *, by: Person, now: datetime) -> None:
    """Have the worker email each delegate what is theirs and was not emailed yet."""
    lock(training_session)
    sending = queries.last_sending(training_session)
    if sending is not None and sending.finished_at is None:
        raise CertificateRefused("The certificates of this session are being sent already.")
    if not any(delegate.is_to_be_written_to for delegate in queries.delegates(training_session, now=now)):
        raise CertificateRefused("There is nobody to send a certificate to.")
    db.session.add(CertificateSending(training_session=training_session, asked_by=by, asked_at=now))
    history.record("certificates sent", training_session, by=by, at=now)


def send(booking: Booking, *, board: str, now: datetime) -> bool:
    """Write to one delegate with what was not emailed yet, attached; whether there was anything. Nothing goes twice."""
    lock(booking)
    delegate = queries.delegate_of(booking, now=now)
    if delegate is None or not delegate.is_to_be_written_to:
        return False
    unsent = [one for one in _issued(delegate, board=board, now=now) if one.emailed_at is None]
    for certificate in unsent:
        certificate.emailed_at = now
    mail.queue(
        queries.LETTER, to=delegate.address, at=now, booking=booking, certificates=unsent, attached=unsent
    )
    return True


def finish(sending: CertificateSending, *, now: datetime) -> None:
    """All that could be written is in the outbox."""
    lock(sending)
    sending.finished_at = sending.finished_at or now
