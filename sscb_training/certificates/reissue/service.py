"""What asks for certificates in a new name, issues them again, and declines."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sscb_training.certificates.models import Certificate
from sscb_training.certificates.reissue import queries
from sscb_training.certificates.reissue.models import ReissueRequest
from sscb_training.certificates.service import CertificateRefused, reissue
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.people.models import Person


def ask(person: Person, *, words: str, now: datetime) -> ReissueRequest:
    """Ask the board's staff for what bears another name to be issued in the present one."""
    lock(person)
    if queries.open_request(person) is not None:
        raise CertificateRefused("You asked for this already. We write to you when it is decided.")
    if not queries.in_another_name(person, on=london_date(now)):
        raise CertificateRefused("Your certificates are all in the name that you have now.")
    request = ReissueRequest(person=person, words=words, asked_at=now)
    db.session.add(request)
    history.record("asked", request, by=person, at=now, name=person.name)
    return request


def reissue_several(
    person: Person, *, certificates: Collection[int], reason: str, by: Person, now: datetime
) -> Sequence[Certificate]:
    """Issue those of somebody's certificates again in the name that they have now, and send them the new ones.

    An open request is answered by it.
    """
    lock(person)
    chosen = [one for one in queries.in_another_name(person, on=london_date(now)) if one.id in certificates]
    if not chosen:
        raise CertificateRefused("Select the certificates to issue again.")
    again = [reissue(one, reason=reason, by=by, now=now) for one in reversed(chosen)]
    request = queries.open_request(person)
    if request is not None:
        _answer(request, granted=True, answer=reason, by=by, now=now)
    for certificate in again:
        certificate.emailed_at = now
    mail.queue(
        "certificates/reissued",
        to=person.email or person.contact_email,
        at=now,
        person=person,
        certificates=again,
        attached=again,
    )
    return again


def decline(request: ReissueRequest, *, reason: str, by: Person, now: datetime) -> None:
    """Leave the certificates as they are and say why."""
    lock(request)
    if request.answered_at is not None:
        raise CertificateRefused("This request was answered already.")
    _answer(request, granted=False, answer=reason, by=by, now=now)
    person = request.person
    mail.queue(
        "certificates/not_reissued",
        to=person.email or person.contact_email,
        at=now,
        person=person,
        reason=reason,
    )


def _answer(request: ReissueRequest, *, granted: bool, answer: str, by: Person, now: datetime) -> None:
    request.answered_at, request.was_granted, request.answer = now, granted, answer
    history.record("granted" if granted else "declined", request, by=by, at=now, reason=answer)
