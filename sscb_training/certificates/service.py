"""What issues certificates, issues them again and withdraws them."""

import secrets
from datetime import datetime
from typing import Any

from sscb_training.accreditation.models import Accreditation
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates import queries, rules
from sscb_training.certificates.models import Certificate
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date, plain_date
from sscb_training.evaluations.queries import waits_for_evaluation
from sscb_training.people.models import Person


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
    return _issued(
        booking=booking,
        course_title=training_session.course.title,
        version=training_session.course_version.number,
        days=sorted({london_date(part.starts_at).isoformat() for part in parts}),
        minutes=sum(int((part.ends_at - part.starts_at).total_seconds() // 60) for part in parts),
        board=board,
        now=now,
    )


def issue_accreditation(accreditation: Accreditation, *, board: str, now: datetime) -> Certificate:
    """The accreditation's certificate, written the first time as above. It waits for nothing, the evaluation included.

    Refused once the accreditation is revoked, or was taken back as an error.
    """
    lock(accreditation)
    if accreditation.withdrawn_at is not None:
        raise CertificateRefused(
            "This accreditation was recorded in error, so there is no certificate of it."
        )
    if accreditation.revoked_on is not None and accreditation.revoked_on <= london_date(now):
        raise CertificateRefused(
            "This accreditation is not in force any more, so its certificate is not given out."
        )
    if (standing := queries.certificate_of_accreditation(accreditation)) is not None:
        return standing
    booking, attempt = queries.earned_by(accreditation), accreditation.attempt
    return _issued(
        accreditation=accreditation,
        scheme_code=accreditation.scheme.code,
        scheme_name=accreditation.scheme.name,
        awarded_on=accreditation.awarded_on,
        expires_on=accreditation.expires_on,
        evidence=rules.evidence_in_words(
            accreditation.evidence,
            course=booking.training_session.course.title if booking else "",
            passed_on=plain_date(attempt.assessed_on) if attempt else "",
            source=accreditation.source,
        ),
        board=board,
        now=now,
    )


def _issued(*, now: datetime, **said: Any) -> Certificate:
    certificate = Certificate(check_code=_new_code(), issued_at=now, **said)
    certificate.name = certificate.proves.person.name
    db.session.add(certificate)
    history.record("issued", certificate, by=None, at=now, **_about(certificate))
    return certificate


def _new_code() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(rules.LENGTH))


def _about(certificate: Certificate) -> dict[str, str]:
    if certificate.booking is not None:
        return {"booking": certificate.booking.reference}
    return {"scheme": certificate.scheme_code}


def reissue(certificate: Certificate, *, reason: str, by: Person, now: datetime) -> Certificate:
    """The same once more, in the name that its holder has now and with a code of its own; the old one is replaced.

    Only the name differs: what was attended or earned, the board's name and all else stay as they were said.
    """
    lock(certificate)
    if certificate.replaced_at is not None:
        raise CertificateRefused("This certificate was replaced already. Reissue the one that replaced it.")
    if not rules.can_be_reissued(certificate.state(london_date(now))):
        raise CertificateRefused("This certificate proves nothing any more, so it cannot be issued again.")
    name = certificate.proves.person.name
    if name == certificate.name:
        raise CertificateRefused(f"This certificate is in the name {name} already.")
    certificate.replaced_at = now
    db.session.flush()  # only one stands at any time
    said = {column: getattr(certificate, column) for column in _SAID}
    again = Certificate(
        check_code=_new_code(), issued_at=now, name=name, replaces=certificate, reissue_reason=reason, **said
    )
    db.session.add(again)
    history.record("reissued", again, by=by, at=now, reason=reason, **_about(certificate))
    history.record("replaced", certificate, by=by, at=now, reason=reason, **_about(certificate))
    return again


_SAID = (
    "booking_id", "accreditation_id", "course_title", "version", "days", "minutes",
    "scheme_code", "scheme_name", "awarded_on", "expires_on", "evidence", "board",
)  # fmt: skip


def withdraw(certificate: Certificate, *, now: datetime) -> None:
    """Take it back, because what it proves was. One that is earned later is another, with a code of its own."""
    lock(certificate.proves)
    db.session.refresh(certificate)
    if certificate.withdrawn_at is None and certificate.is_wrong:
        certificate.withdrawn_at = now
        history.record("withdrawn", certificate, by=None, at=now, **_about(certificate))
