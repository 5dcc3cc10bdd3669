"""Which keys there are, and which badges no longer hold."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, or_, select

from sscb_training.accreditation.models import Accreditation
from sscb_training.certificates.badges.models import BadgeKey
from sscb_training.certificates.badges.rules import ON_A_LIST, place_of
from sscb_training.certificates.models import Certificate
from sscb_training.core.db import db, number, row_or_none, rows

_published = BadgeKey.withdrawn_at.is_(None)


def published_keys() -> Sequence[BadgeKey]:
    """The key that signs, and then those of before whose badges can still be checked."""
    return rows(select(BadgeKey).where(_published).order_by(BadgeKey.id.desc()))


def signing_key() -> BadgeKey | None:
    return row_or_none(select(BadgeKey).where(_published).order_by(BadgeKey.id.desc()))


def there_are_badges() -> bool:
    """Whether the board has a key, and so gives badges."""
    return bool(db.session.scalar(select(exists().where(_published))))


def has_list(list_number: int) -> bool:
    """Whether any certificate has its place on this status list; the first one is always there."""
    return list_number <= place_of(number(select(func.max(Certificate.id))))[0]


def places_that_are_over(list_number: int, *, on: date) -> Sequence[int]:
    """The places on a status list whose certificate was withdrawn, replaced or revoked. One that ran out says so itself."""
    first = list_number * ON_A_LIST
    is_over = or_(
        Certificate.withdrawn_at.is_not(None),
        Certificate.replaced_at.is_not(None),
        Accreditation.withdrawn_at.is_not(None),
        Accreditation.revoked_on <= on,
    )
    return rows(
        select(Certificate.id - first)
        .join(Certificate.accreditation)
        .where(Certificate.id.between(first, first + ON_A_LIST - 1), is_over)
        .order_by(Certificate.id)
    )
