"""Whose accreditation waits for a manager's word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from sscb_training.attendance.confirmations import rules
from sscb_training.attendance.models import Confirmation
from sscb_training.bookings.models import Booking
from sscb_training.core.db import row_or_404, rows
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Membership

_OPEN = (Confirmation.answered_at.is_(None), Confirmation.withdrawn_at.is_(None))


def _in_full() -> Select[Confirmation]:
    booking = joinedload(Confirmation.booking)
    return select(Confirmation).options(
        joinedload(Confirmation.scheme),
        booking.joinedload(Booking.person),
        booking.joinedload(Booking.membership).joinedload(Membership.agency),
        booking.joinedload(Booking.training_session)
        .joinedload(TrainingSession.course_version)
        .joinedload(CourseVersion.course),
    )


def confirmation_of_link(confirmation_id: int) -> Confirmation:
    """What a signed link names; whoever holds the link may see it."""
    return confirmation_for_staff(confirmation_id)


def confirmation_for_staff(confirmation_id: int) -> Confirmation:
    return row_or_404(_in_full().where(Confirmation.id == confirmation_id))


def waiting() -> Sequence[Confirmation]:
    """Who waits for a manager, the longest first; then those of whom the manager said that they are not ready."""
    refused = Confirmation.is_ready.is_(False)
    return rows(
        _in_full()
        .where(Confirmation.withdrawn_at.is_(None), or_(Confirmation.answered_at.is_(None), refused))
        .order_by(Confirmation.answered_at.is_not(None), Confirmation.asked_at, Confirmation.id)
    )


def to_remind(*, now: datetime) -> Sequence[int]:
    """The questions that were asked a while ago, not answered, and not reminded of yet."""
    return rows(
        select(Confirmation.id)
        .where(
            *_OPEN,
            Confirmation.reminded_at.is_(None),
            Confirmation.manager_email != "",
            Confirmation.asked_at <= now - rules.REMINDED_AFTER,
        )
        .order_by(Confirmation.id)
    )


def why_not_asked(confirmation_id: int, _now: datetime) -> str:
    """Nobody is asked what is answered, or what a corrected register no longer asks."""
    confirmation = confirmation_for_staff(confirmation_id)
    if confirmation.answered_at is not None:
        return "It was answered."
    return "It is not needed any more." if confirmation.withdrawn_at is not None else ""


WHY_NOT = {"confirmations/asked": why_not_asked}
"""What is asked of this letter just before it is sent."""
