"""Which approvals wait for whom, and which were not answered in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.core.db import number, row_or_404, rows
from sscb_training.courses.models import CourseVersion, SessionPart, TrainingSession
from sscb_training.people.models import Membership, Person

SIGNED_FOR = "approve a booking"
"""What the link of an approval is signed for: it opens nothing else."""

_AWAITED = exists().where(
    Booking.approval_id == Approval.id, Booking.status == BookingStatus.AWAITING_APPROVAL
)
_IN_FULL = selectinload(Approval.bookings).options(
    joinedload(Booking.person),
    joinedload(Booking.membership).options(joinedload(Membership.agency), joinedload(Membership.staff_group)),
    joinedload(Booking.training_session).options(
        joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
        selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
    ),
)


def approvals_for(viewer: Person) -> Sequence[Approval]:
    """The approvals that wait and that this person may answer, the most urgent first."""
    return rows(
        _seen_by(viewer)
        .where(Approval.answered_at.is_(None), _AWAITED)
        .options(_IN_FULL)
        .order_by(Approval.answer_by, Approval.id)
    )


def approvals_waiting_for(viewer: Person) -> int:
    """How many approvals wait for this person."""
    waiting = _seen_by(viewer).where(Approval.answered_at.is_(None), _AWAITED)
    return number(select(func.count()).select_from(waiting.subquery()))


def approval_seen_by(viewer: Person, approval_id: int) -> Approval:
    """The approval, for whoever may answer it; otherwise 404."""
    return row_or_404(_seen_by(viewer).where(Approval.id == approval_id).options(_IN_FULL))


def approval_of_link(approval_id: int) -> Approval:
    """The approval that a signed link names; whoever holds the link may see it."""
    return row_or_404(select(Approval).where(Approval.id == approval_id).options(_IN_FULL))


def booked_elsewhere(approvals: Sequence[Approval], *, now: datetime) -> Mapping[int, Sequence[Booking]]:
    """By booking, what its delegate has on other dates of the same course to come."""
    asked = [booking for approval in approvals for booking in approval.bookings if booking.awaits_approval]
    found = bookings.booked_elsewhere([(one.person_id, one.training_session) for one in asked], now=now)
    return {one.id: found[one.person_id, one.training_session_id] for one in asked}


def unanswered_by(now: datetime) -> Sequence[int]:
    """The approvals that nobody answered in time."""
    return rows(
        select(Approval.id)
        .where(Approval.answered_at.is_(None), Approval.answer_by <= now, _AWAITED)
        .order_by(Approval.answer_by, Approval.id)
    )


def to_remind(asked_before: datetime, *, now: datetime) -> Sequence[int]:
    """The approvals asked for before this moment, not reminded yet and not over."""
    return rows(
        select(Approval.id)
        .where(
            Approval.answered_at.is_(None),
            Approval.reminded_at.is_(None),
            Approval.asked_at < asked_before,
            Approval.answer_by > now,
            _AWAITED,
        )
        .order_by(Approval.id)
    )


def _seen_by(viewer: Person) -> Select[Approval]:
    """Those asked of this person by name; for a lead all of their agency, for board staff all. Nobody's own."""
    of_oneself = exists().where(Booking.approval_id == Approval.id, Booking.person_id == viewer.id)
    query = select(Approval).where(~of_oneself)
    if viewer.is_board_staff:
        return query
    of_own_agency = (
        exists()
        .where(Booking.approval_id == Approval.id, Booking.membership_id == Membership.id)
        .where(Membership.agency_id.in_(viewer.leads_agency_ids))
    )
    by_name = (Approval.approver_email == viewer.email_key) & (Approval.approver_email != "")
    return query.where(or_(by_name, of_own_agency))
