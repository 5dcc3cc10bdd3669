"""What records agreements and corrects them."""

from datetime import date, datetime

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.files import keep
from sscb_training.people.models import Person
from sscb_training.tools.agreements.models import ServiceAgreement
from sscb_training.tools.service import ToolRefused


def record_agreement(
    scheme: AccreditationScheme,
    agency: Agency,
    *,
    reference: str,
    signed_by: str,
    responsible: str,
    responsible_email: str = "",
    valid_from: date,
    valid_to: date | None,
    file: tuple[str, bytes] | None = None,
    by: Person | None,
    now: datetime,
) -> ServiceAgreement:
    """Record what an agency signed. The same reference from the same day is the same agreement, and refused."""
    lock(agency)
    _refuse_backwards(valid_from, valid_to)
    if _same(scheme, agency, reference, valid_from):
        raise ToolRefused(f"{agency.name} has an agreement {reference} from that day already.")
    agreement = ServiceAgreement(
        scheme=scheme,
        agency=agency,
        reference=reference,
        signed_by=signed_by,
        responsible=responsible,
        responsible_email=responsible_email,
        valid_from=valid_from,
        valid_to=valid_to,
        file=keep(*file, by_id=by.id if by else None, now=now) if file else None,
        recorded_at=now,
        recorded_by_id=by.id if by else None,
    )
    db.session.add(agreement)
    history.record(
        "recorded", agreement, by=by, at=now, scheme=scheme.code, agency=agency.name, reference=reference,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    return agreement


def change_agreement(
    agreement: ServiceAgreement,
    *,
    reference: str,
    signed_by: str,
    responsible: str,
    responsible_email: str = "",
    valid_from: date,
    valid_to: date | None,
    file: tuple[str, bytes] | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """Correct an agreement, or say that it ends earlier; a file given takes the place of the one before."""
    lock(agreement)
    _refuse_backwards(valid_from, valid_to)
    changes = history.amend(
        agreement,
        reference=reference,
        signed_by=signed_by,
        responsible=responsible,
        responsible_email=responsible_email,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if file is not None:
        before = agreement.file.name if agreement.file else None
        agreement.file = keep(*file, by_id=by.id if by else None, now=now)
        changes["file"] = [before, agreement.file.name]
    if changes:
        history.record("changed", agreement, by=by, at=now, **changes)


def withdraw_agreement(agreement: ServiceAgreement, *, by: Person | None, now: datetime) -> None:
    """Take back what was recorded in error: it never held. One that was ended early is changed instead."""
    lock(agreement)
    if agreement.withdrawn_at is None:
        agreement.withdrawn_at = now
        history.record("withdrawn", agreement, by=by, at=now, reference=agreement.reference)


def _refuse_backwards(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise ToolRefused("The last day must be the first day or later.")


def _same(scheme: AccreditationScheme, agency: Agency, reference: str, valid_from: date) -> bool:
    query = db.select(ServiceAgreement.id).where(
        ServiceAgreement.scheme_id == scheme.id,
        ServiceAgreement.agency_id == agency.id,
        ServiceAgreement.reference == reference,
        ServiceAgreement.valid_from == valid_from,
        ServiceAgreement.withdrawn_at.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None
