"""When a part can be cancelled by itself."""

from datetime import datetime

from sscb_training.courses.models import SessionStatus


def reason_not_to_cancel(
    status: SessionStatus,
    *,
    is_on: bool,
    others: int,
    register_is_closed: bool,
    ends_at: datetime,
    is_marked: bool,
    now: datetime,
) -> str:
    """Why this part of a session cannot be cancelled by itself; empty while it can.

    `others` is how many parts are left without it.
    """
    if status is SessionStatus.DRAFT:
        return "This date is a draft, so nobody has booked it. Change its plan instead."
    if status is SessionStatus.CANCELLED:
        return "This session was cancelled, with all of its parts."
    if not is_on:
        return "This part was cancelled already."
    if not others:
        return "This is the only part that is left. To cancel it, cancel the session."
    if register_is_closed:
        return "The register of this session is closed, so its parts can no longer be cancelled."
    if ends_at <= now and is_marked:
        return "This part is over and its register was taken, so it can no longer be cancelled."
    return ""
