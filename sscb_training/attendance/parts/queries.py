"""What stands in the way of cancelling a part, and whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from sscb_training.attendance.models import AttendanceMark
from sscb_training.attendance.parts import rules
from sscb_training.attendance.queries import register_of
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import row_or_none, rows
from sscb_training.courses.models import SessionPart
from sscb_training.people.models import Membership
from sscb_training.people.queries import led


def reason_not_to_cancel(part: SessionPart, *, now: datetime) -> str:
    """Why this part cannot be cancelled by itself; empty while it can."""
    training_session = part.training_session
    register = register_of(training_session)
    marked = select(AttendanceMark.id).where(AttendanceMark.session_part_id == part.id)
    return rules.reason_not_to_cancel(
        training_session.status,
        is_on=part.is_on,
        others=sum(other.id != part.id for other in training_session.parts_on),
        register_is_closed=register is not None and register.closed_at is not None,
        ends_at=part.ends_at,
        is_marked=row_or_none(marked) is not None,
        now=now,
    )


def concerned(part: SessionPart) -> Sequence[Booking]:
    """Everybody who has a place in this part or waits for one, in the order in which they asked."""
    role = joinedload(Booking.membership).options(joinedload(Membership.agency))
    return rows(
        select(Booking)
        .where(
            Booking.training_session_id == part.training_session_id,
            Booking.status.in_(LIVE),
            or_(Booking.part_id.is_(None), Booking.part_id == part.id),
        )
        .options(joinedload(Booking.person), role)
        .order_by(Booking.requested_at, Booking.id)
    )


@dataclass(frozen=True)
class Told:
    """How many hear of it, and who of the delegates has no address at which they could."""

    with_a_place: int
    waiting: int
    managers: int
    trainers: int
    out_of_reach: Sequence[str]


def told(part: SessionPart) -> Told:
    """Whom cancelling this part would write to."""
    bookings = concerned(part)
    holding = [booking for booking in bookings if booking.holds_a_place]
    return Told(
        with_a_place=len(holding),
        waiting=len(bookings) - len(holding),
        managers=len(
            {role.manager_email for one in holding if (role := one.membership) and role.manager_email}
        ),
        trainers=len(part.training_session.trainers),
        out_of_reach=_out_of_reach(bookings),
    )


def _out_of_reach(bookings: Sequence[Booking]) -> Sequence[str]:
    """Who has no address, and nobody at their agency who would tell them."""
    by_lead = [one for one in bookings if not (one.person.email or one.person.contact_email)]
    agencies = led({one.membership.agency_id for one in by_lead if one.membership})
    return [
        one.person.name
        for one in by_lead
        if one.membership is None or one.membership.agency_id not in agencies
    ]
