"""What takes a manager's word in, and reminds of it."""

from datetime import datetime

from sscb_training.attendance import queries as registers
from sscb_training.attendance.models import Confirmation
from sscb_training.attendance.service import RegisterRefused
from sscb_training.attendance.verdicts.queries import verdict
from sscb_training.attendance.verdicts.service import correct_awards, write_to_manager
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.people.models import Person


def answer(
    confirmation: Confirmation, *, is_ready: bool, reason: str = "", by: Person | None, now: datetime
) -> None:
    """Take in whether the delegate is ready: who is becomes accredited from today, as the register stands.

    A manager answers once; the same sent again changes nothing. Board staff, who give a reason, may also answer where
    the manager said no.
    """
    lock(confirmation.booking.training_session)
    lock(confirmation)
    is_staff = by is not None and by.is_board_staff
    if confirmation.withdrawn_at is not None:
        raise RegisterRefused("This is not needed any more: the register was corrected.")
    if confirmation.is_ready or (confirmation.answered_at is not None and not is_staff):
        return
    if not reason.strip() and (is_staff or not is_ready):
        raise RegisterRefused("Enter the reason.")
    confirmation.answered_at, confirmation.is_ready = now, is_ready
    confirmation.reason, confirmation.answered_by_id = reason.strip(), by.id if by else None
    history.record(
        "confirmed" if is_ready else "not confirmed",
        confirmation,
        by=by,
        at=now,
        reason=reason.strip() or None,
    )
    db.session.flush()
    sheet = registers.sheet(confirmation.booking.training_session)
    if sheet.is_closed:
        found = verdict(sheet, confirmation.booking)
        correct_awards(sheet.training_session, [found], others_stand=True, by=by, now=now)


def remind(confirmation: Confirmation, *, now: datetime) -> bool:
    """Write once more to a manager who has not answered; whether that was still to do."""
    lock(confirmation)
    if confirmation.answered_at or confirmation.withdrawn_at or confirmation.reminded_at:
        return False
    confirmation.reminded_at = now
    write_to_manager(confirmation, reminder=True, now=now)
    return True
