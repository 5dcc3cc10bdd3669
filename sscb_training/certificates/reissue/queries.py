"""Which certificates bear another name than their holder has now, and who asked for them in it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation
from sscb_training.bookings.models import Booking
from sscb_training.certificates import rules
from sscb_training.certificates.models import Certificate, stands
from sscb_training.certificates.reissue.models import ReissueRequest, unanswered
from sscb_training.core.db import number, row_or_404, row_or_none, rows
from sscb_training.people.models import Person


def certificates_of(person: Person) -> Sequence[Certificate]:
    """Everything that somebody was ever given, replaced and withdrawn ones too, the latest first."""
    return _theirs(person)


def in_another_name(person: Person, *, on: date) -> Sequence[Certificate]:
    """Those that can be issued again, because they bear a name that their holder does not have any more."""
    found = _theirs(person, stands, Certificate.name != person.name)
    return [one for one in found if rules.can_be_reissued(one.state(on))]


def _theirs(person: Person, *which: ColumnElement[bool]) -> Sequence[Certificate]:
    keys = union_all(
        select(Certificate.id).join(Certificate.booking).where(Booking.person_id == person.id),
        select(Certificate.id).join(Certificate.accreditation).where(Accreditation.person_id == person.id),
    )
    return rows(
        select(Certificate)
        .where(Certificate.id.in_(keys), *which)
        .options(
            joinedload(Certificate.booking),
            joinedload(Certificate.accreditation),
            joinedload(Certificate.replaced_by),
        )
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )


def open_request(person: Person) -> ReissueRequest | None:
    """What somebody asked for and was not answered."""
    return row_or_none(select(ReissueRequest).where(ReissueRequest.person_id == person.id, unanswered))


def open_requests() -> Sequence[ReissueRequest]:
    """What staff have to answer, the longest wait first."""
    return rows(
        select(ReissueRequest)
        .where(unanswered)
        .options(joinedload(ReissueRequest.person))
        .order_by(ReissueRequest.asked_at, ReissueRequest.id)
    )


def number_open() -> int:
    """How many requests staff have to answer."""
    return number(select(func.count(ReissueRequest.id)).where(unanswered))


def request_for_staff(request_id: int) -> ReissueRequest:
    """A request that was not answered; otherwise 404."""
    return row_or_404(
        select(ReissueRequest)
        .where(ReissueRequest.id == request_id, unanswered)
        .options(joinedload(ReissueRequest.person))
    )
