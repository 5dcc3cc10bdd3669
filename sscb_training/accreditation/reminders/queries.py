"""What runs out, whom to tell, and why nobody is told any more."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, standing
from sscb_training.accreditation.queries import terms_on
from sscb_training.accreditation.reminders import rules
from sscb_training.accreditation.reminders.models import ExpiryReminder
from sscb_training.core.db import db, rows
from sscb_training.core.times import london_date
from sscb_training.people.models import Membership, Person

if TYPE_CHECKING:
    from sscb_training.courses.models import Course

MOST = 500
"""So many accreditations are seen to in one run; the next run, minutes later, goes on."""


def due(*, now: datetime, most: int = MOST) -> Sequence[tuple[int, int]]:
    """The accreditations that are at a stage which nobody has seen to, each with its stage, the first to end first."""
    on, found = london_date(now), list[tuple[int, int]]()
    schemes = select(AccreditationScheme).options(selectinload(AccreditationScheme.terms))
    for scheme in rows(schemes.order_by(AccreditationScheme.id)):
        for stage in rules.stages(terms_on(scheme, on).reminder_days, on=on):
            query = (
                select(Accreditation.id)
                .where(
                    Accreditation.scheme_id == scheme.id,
                    standing,
                    Accreditation.revoked_on.is_(None),
                    Accreditation.expires_on.between(stage.first, stage.last),
                    ~exists().where(
                        ExpiryReminder.accreditation_id == Accreditation.id,
                        ExpiryReminder.days_before <= stage.days_before,
                    ),
                )
                .order_by(Accreditation.expires_on, Accreditation.id)
                .limit(most - len(found))
            )
            found += [(accreditation_id, stage.days_before) for accreditation_id in rows(query)]
    return found


def was_seen_to(accreditation: Accreditation, days_before: int) -> bool:
    """Whether this stage, or a later one, was seen to."""
    query = select(ExpiryReminder.id).where(
        ExpiryReminder.accreditation_id == accreditation.id, ExpiryReminder.days_before <= days_before
    )
    return db.session.scalar(query.limit(1)) is not None


def why_nobody(accreditation_id: int, now: datetime) -> str:
    """Nobody is told that something runs out that was taken back or renewed, or whose holder has left."""
    on, newer = london_date(now), aliased(Accreditation)
    renewed = exists().where(
        newer.person_id == Accreditation.person_id,
        newer.scheme_id == Accreditation.scheme_id,
        newer.id != Accreditation.id,
        newer.withdrawn_at.is_(None),
        newer.revoked_on.is_(None),
        or_(newer.expires_on.is_(None), newer.expires_on > Accreditation.expires_on),
    )
    works = exists().where(Membership.person_id == Accreditation.person_id, Membership.is_current(on))
    withdrawn_at, revoked_on, is_renewed, has_work = db.session.execute(
        select(Accreditation.withdrawn_at, Accreditation.revoked_on, renewed, works).where(
            Accreditation.id == accreditation_id
        )
    ).one()
    if withdrawn_at is not None:
        return "It was recorded in error."
    if revoked_on is not None:
        return "It was revoked."
    if is_renewed:
        return "It was renewed."
    return "" if has_work else "The holder has no current job in the area."


WHY_NOT = {
    f"accreditation/{name}": why_nobody
    for name in ("expiring", "expiring_manager", "expired", "expired_manager")
}
"""What is asked of these letters just before they are sent."""


def managers(person: Person, *, on: date) -> Sequence[tuple[str, str]]:
    """Name and address of each manager of somebody's current jobs, once each; nobody is their own."""
    query = (
        select(func.max(Membership.manager_name), func.max(Membership.manager_email))
        .where(
            Membership.person_id == person.id,
            and_(Membership.is_current(on)),
            Membership.manager_email != "",
            func.lower(Membership.manager_email) != (person.email_key or ""),
        )
        .group_by(func.lower(Membership.manager_email))
        .order_by(func.lower(Membership.manager_email))
    )
    return [(name, email) for name, email in db.session.execute(query)]


def courses_to_renew(scheme: AccreditationScheme, *, is_over: bool, on: date) -> "Sequence[Course]":
    """The published courses by which to be accredited again, refreshers first; none of these once they are too late."""
    too_late = is_over and not terms_on(scheme, on).late_months
    return [
        way.course
        for way in sorted(scheme.ways, key=lambda way: not way.is_refresher)
        if way.course.published_at and not (way.is_refresher and too_late)
    ]
