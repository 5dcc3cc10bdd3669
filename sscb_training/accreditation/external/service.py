"""What states, withdraws and decides about what somebody holds from elsewhere."""

from datetime import date, datetime

from sscb_training.accreditation.external import queries
from sscb_training.accreditation.external.models import ExternalAccreditation, ExternalStatus
from sscb_training.accreditation.models import Accreditation, AccreditationScheme, EvidenceKind
from sscb_training.accreditation.service import AccreditationRefused, award
from sscb_training.core import files, history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person


def record_external(
    person: Person,
    scheme: AccreditationScheme,
    *,
    area: str,
    awarded_on: date,
    expires_on: date | None,
    evidence: tuple[str, bytes],
    by: Person,
    now: datetime,
) -> ExternalAccreditation:
    """State what another area accredited somebody in, with its proof. It counts nowhere until the board accepts it."""
    if by.id != person.id and not by.is_board_staff:
        raise AccreditationRefused("Only they themselves and the board’s staff can record it.")
    if awarded_on > london_date(now):
        raise AccreditationRefused("The date on which it was awarded must be today or in the past.")
    if expires_on is not None and expires_on < awarded_on:
        raise AccreditationRefused("The last day must be the day of the award or later.")
    lock(person)
    if queries.waiting_in(person, scheme):
        raise AccreditationRefused(f"An accreditation in {scheme.name} is waiting for a decision already.")
    if queries.is_on_record(person, scheme, awarded_on):
        raise AccreditationRefused(
            f"An accreditation in {scheme.name} of {plain_date(awarded_on)} is on record already."
        )
    external = ExternalAccreditation(
        person=person,
        scheme=scheme,
        area=area,
        awarded_on=awarded_on,
        expires_on=expires_on,
        evidence=files.keep(*evidence, by_id=by.id, now=now),
        status=ExternalStatus.PENDING_EXTERNAL,
        stated_at=now,
        stated_by_id=by.id,
    )
    db.session.add(external)
    history.record(
        "recorded", external, by=by, at=now, area=area, awarded_on=awarded_on, expires_on=expires_on
    )
    return external


def accept(
    external: ExternalAccreditation, *, as_stated: bool, reason: str, by: Person, now: datetime
) -> Accreditation:
    """Let it count from the day that the other area gave it, as known from now on, and tell the person.

    It ends by the board's own terms or, `as_stated`, on the last day that the other area gave.
    """
    _begin_decision(external, by=by)
    accreditation = award(
        external.person,
        external.scheme,
        awarded_on=external.awarded_on,
        until=external.expires_on if as_stated else None,
        evidence=EvidenceKind.EXTERNAL,
        source=external.area,
        tell=False,
        by=by,
        now=now,
    )
    accreditation.decision_reason = reason.strip()
    external.accreditation = accreditation
    _decide(external, ExternalStatus.ACCEPTED, reason=reason, by=by, now=now)
    _write("external/accepted", external, now=now)
    return accreditation


def decline(external: ExternalAccreditation, *, reason: str, by: Person, now: datetime) -> None:
    """Say that it does not count here, and tell the person why."""
    if not reason.strip():
        raise AccreditationRefused("Enter the reason.")
    _begin_decision(external, by=by)
    _decide(external, ExternalStatus.DECLINED, reason=reason, by=by, now=now)
    _write("external/declined", external, now=now)


def withdraw_external(external: ExternalAccreditation, *, by: Person, now: datetime) -> None:
    """Take back what waits for a decision: whoever it is about, or recorded it for them. It stays on record."""
    if by.id not in (external.person_id, external.stated_by_id):
        raise AccreditationRefused("Only they themselves can withdraw it.")
    _lock_waiting(external)
    _decide(external, ExternalStatus.WITHDRAWN, reason="", by=by, now=now)


def _begin_decision(external: ExternalAccreditation, *, by: Person) -> None:
    if not by.is_board_staff:
        raise AccreditationRefused("Only board staff can decide about it.")
    if by.id == external.person_id:
        raise AccreditationRefused("Somebody else of the board’s staff has to decide about your own.")
    _lock_waiting(external)


def _lock_waiting(external: ExternalAccreditation) -> None:
    lock(external.person)
    lock(external)
    if not external.is_waiting:
        raise AccreditationRefused(f"It was decided already: {external.status.label.lower()}.")


def _decide(
    external: ExternalAccreditation, status: ExternalStatus, *, reason: str, by: Person, now: datetime
) -> None:
    external.status, external.decided_at = status, now
    external.decision_reason = reason.strip()
    history.record(status.value, external, by=by, at=now)


def _write(template: str, external: ExternalAccreditation, *, now: datetime) -> None:
    to = external.person.email or external.person.contact_email
    mail.queue(template, to=to, at=now, external_accreditation=external)
