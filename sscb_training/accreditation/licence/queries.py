"""Which text a holder accepts, and who has."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from sscb_training.accreditation.models import Acceptance, Accreditation, AccreditationScheme, LicenceText
from sscb_training.accreditation.queries import present_text
from sscb_training.core.db import number, row_or_404, row_or_none, rows
from sscb_training.people.models import Person


def scheme_of_holder(holder: Person, scheme_id: int) -> AccreditationScheme:
    """A scheme with a text to accept that somebody holds, or held; otherwise 404."""
    held = exists().where(
        Accreditation.scheme_id == AccreditationScheme.id,
        Accreditation.person_id == holder.id,
        Accreditation.withdrawn_at.is_(None),
    )
    has_text = exists().where(LicenceText.scheme_id == AccreditationScheme.id)
    return row_or_404(select(AccreditationScheme).where(AccreditationScheme.id == scheme_id, held, has_text))


def texts(scheme: AccreditationScheme) -> Sequence[LicenceText]:
    """Every text of the scheme, the present one first."""
    return rows(
        select(LicenceText).where(LicenceText.scheme_id == scheme.id).order_by(LicenceText.number.desc())
    )


def acceptance(holder: Person, text: LicenceText) -> Acceptance | None:
    """When somebody accepted a text, as it is at this moment."""
    return row_or_none(
        select(Acceptance).where(Acceptance.person_id == holder.id, Acceptance.licence_text_id == text.id)
    )


def to_accept(holder: Person, *, on: date) -> Sequence[AccreditationScheme]:
    """The schemes that somebody holds on the day and of whose present text they have not accepted."""
    newer = aliased(LicenceText)
    is_replaced = exists().where(newer.scheme_id == LicenceText.scheme_id, newer.number > LicenceText.number)
    accepted = exists().where(Acceptance.person_id == holder.id, Acceptance.licence_text_id == LicenceText.id)
    held = exists().where(
        Accreditation.scheme_id == AccreditationScheme.id,
        Accreditation.person_id == holder.id,
        Accreditation.in_force(on),
    )
    return rows(
        select(AccreditationScheme)
        .join(LicenceText, LicenceText.scheme_id == AccreditationScheme.id)
        .where(~is_replaced, held, ~accepted)
        .order_by(AccreditationScheme.name)
    )


def accepted_by(scheme: AccreditationScheme, *, on: date) -> tuple[int, int]:
    """How many hold the scheme on the day, and how many of them have accepted its present text."""
    holders = select(func.count(Accreditation.person_id.distinct())).where(
        Accreditation.scheme_id == scheme.id, Accreditation.in_force(on)
    )
    text = present_text(scheme)
    accepted = exists().where(
        Acceptance.person_id == Accreditation.person_id,
        Acceptance.licence_text_id == (text.id if text else None),
    )
    return number(holders), number(holders.where(accepted))
