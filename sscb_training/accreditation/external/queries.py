"""What people hold from elsewhere: one's own, and what waits for the board."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.external.models import ExternalAccreditation, ExternalStatus, waiting
from sscb_training.accreditation.models import Accreditation, AccreditationScheme, standing
from sscb_training.accreditation.queries import why_no_award
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.people.models import Person

_IN_FULL = (
    joinedload(ExternalAccreditation.person),
    joinedload(ExternalAccreditation.scheme),
    joinedload(ExternalAccreditation.evidence),
    joinedload(ExternalAccreditation.accreditation),
)


def external_seen_by(viewer: Person, external_id: int) -> ExternalAccreditation:
    """What somebody stated, for themselves and for board staff; 404 for everybody else, who must not have the file."""
    query = select(ExternalAccreditation).where(ExternalAccreditation.id == external_id).options(*_IN_FULL)
    if not viewer.is_board_staff:
        query = query.where(ExternalAccreditation.person_id == viewer.id)
    return row_or_404(query)


def externals(status: ExternalStatus | None) -> Select[ExternalAccreditation]:
    """Everything that was stated, or what has this status: what waits first, the longest wait before the others."""
    query = (
        select(ExternalAccreditation)
        .options(*_IN_FULL)
        .order_by(
            case((waiting, 0), else_=1),
            case((waiting, ExternalAccreditation.stated_at)),
            ExternalAccreditation.decided_at.desc(),
            ExternalAccreditation.id,
        )
    )
    return query.where(ExternalAccreditation.status == status) if status else query


def externals_of(person: Person) -> Sequence[ExternalAccreditation]:
    """What somebody stated, the latest first."""
    return rows(
        select(ExternalAccreditation)
        .where(ExternalAccreditation.person_id == person.id)
        .options(*_IN_FULL)
        .order_by(ExternalAccreditation.stated_at.desc(), ExternalAccreditation.id.desc())
    )


def number_waiting() -> int:
    """How many wait for the board's decision."""
    return number(select(func.count()).select_from(ExternalAccreditation).where(waiting))


def waiting_in(person: Person, scheme: AccreditationScheme) -> ExternalAccreditation | None:
    """What waits for a decision about somebody in the scheme; there is never more than one."""
    return row_or_none(
        select(ExternalAccreditation).where(
            ExternalAccreditation.person_id == person.id,
            ExternalAccreditation.scheme_id == scheme.id,
            waiting,
        )
    )


def is_on_record(person: Person, scheme: AccreditationScheme, awarded_on: date) -> bool:
    """Whether an accreditation of that day is on record already."""
    query = select(Accreditation.id).where(
        Accreditation.person_id == person.id,
        Accreditation.scheme_id == scheme.id,
        Accreditation.awarded_on == awarded_on,
        standing,
    )
    return db.session.scalar(query.limit(1)) is not None


def behind(accreditation: Accreditation) -> ExternalAccreditation | None:
    """What the board accepted, if the accreditation rests on that."""
    return row_or_none(
        select(ExternalAccreditation).where(ExternalAccreditation.accreditation_id == accreditation.id)
    )


def why_not_accepted(external_id: int, now: datetime) -> str:
    """Nobody is told that something was accepted that was taken back meanwhile."""
    external = db.session.get_one(ExternalAccreditation, external_id)
    return why_no_award(external.accreditation_id, now) if external.accreditation_id else ""


WHY_NOT = {"external/accepted": why_not_accepted}
"""What is asked of this letter just before it is sent."""
