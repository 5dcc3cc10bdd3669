"""What decides about places: values in, values out."""

from datetime import date, datetime, timedelta

from sscb_training.courses.models import SessionStatus

REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a reference is made of: nothing that reads as something else over the telephone (no I, O, 0, 1)."""

ACCESS_NEEDS_KEPT = timedelta(days=14)
"""Long enough for a trainer to ask back after the day; health data is kept no longer than it serves."""

DAYS_TO_DECIDE = 5
"""Working days in which a delegate whom the board gave another time, place or date may give it up free of charge."""

NEARLY_EMPTY = 3
"""A session is nearly empty while fewer than one place in so many is taken."""


def has_started(starts_at: datetime, *, now: datetime) -> bool:
    """From its first moment on, places on a session are neither asked for, given up nor given away."""
    return starts_at <= now


def is_open(status: SessionStatus, starts_at: datetime, *, now: datetime) -> bool:
    """Whether places can be asked for and given: published, and not started."""
    return status is SessionStatus.PUBLISHED and not has_started(starts_at, now=now)


def reason_not_to_cancel(
    status: SessionStatus, ends_at: datetime, *, has_outcomes: bool, now: datetime
) -> str:
    """Why a session cannot be called off any more; empty while it can."""
    if status is SessionStatus.CANCELLED:
        return "This session was cancelled already."
    if ends_at <= now:
        return "This session is over, so it can no longer be cancelled."
    if has_outcomes:
        return "The register of this session was closed, so it can no longer be cancelled."
    return ""


def outlasts_job(ends_on: date, *, last_day: date | None) -> bool:
    """Whether a session goes on after the last day of the job for which it was booked."""
    return last_day is not None and last_day < ends_on


def access_needs_deleted_after(last_day: date) -> date:
    """The last day on which access needs are kept, for a session whose last part is on `last_day`."""
    return last_day + ACCESS_NEEDS_KEPT
