"""When somebody may be assessed again, and what a refresher renews. Every number is a board's setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sscb_training.accreditation.models import Accreditation, FailMeans, RenewsFrom, SchemeTerms
from sscb_training.accreditation.rules import expires_on


@dataclass(frozen=True)
class Failed:
    """An attempt that did not pass, and whether it was of the attendance in question."""

    on: date
    is_of_this_attendance: bool


class Obstacle(StrEnum):
    """Why somebody may not be assessed on a day."""

    ATTENDS_AGAIN = "attends_again"
    NO_ATTEMPT_LEFT = "no_attempt_left"
    TOO_EARLY = "too_early"


def obstacle(terms: SchemeTerms, failed: Sequence[Failed], *, on: date) -> Obstacle | None:
    """What keeps somebody with these failed attempts from being assessed on a day; nothing when they may be."""
    here = [one for one in failed if one.is_of_this_attendance]
    if here and terms.fail_means is FailMeans.ATTENDS_AGAIN:
        return Obstacle.ATTENDS_AGAIN
    if terms.attempts_allowed is not None and len(here) >= terms.attempts_allowed:
        return Obstacle.NO_ATTEMPT_LEFT
    if any(abs(on - one.on) < timedelta(days=terms.waiting_days) for one in failed):
        return Obstacle.TOO_EARLY
    return None


def assessed_again_from(terms: SchemeTerms, failed: Sequence[Failed]) -> date | None:
    """The first day after the wait; none when nobody failed."""
    return max((one.on for one in failed), default=None) and (
        max(one.on for one in failed) + timedelta(days=terms.waiting_days)
    )


class NoRenewal(StrEnum):
    """Why a refresher gives nothing."""

    NEVER_HELD = "never_held"
    NOT_HELD_ANY_MORE = "not_held_any_more"
    DOES_NOT_EXPIRE = "does_not_expire"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Renewal:
    """The day from which a renewal counts its months; or why there is none, with the day that this is about."""

    counts_from: date | None
    why_not: NoRenewal | None = None
    day: date | None = None


def renewal(terms: SchemeTerms, held: Sequence[Accreditation], *, on: date) -> Renewal:
    """What a refresher completed on a day renews for somebody who held these.

    Before the expiry it does in the window, and the accreditation is unbroken; afterwards as long as the terms say,
    from its own day, with a gap. What was revoked cannot be renewed.
    """
    before = [one for one in held if one.awarded_on <= on]
    if not before:
        return Renewal(None, NoRenewal.NEVER_HELD)
    ended = [one for one in before if one.revoked_on is None or one.revoked_on > on]
    if not ended or any(
        one.revoked_on for one in before if one.awarded_on > max(e.awarded_on for e in ended)
    ):
        return Renewal(None, NoRenewal.NOT_HELD_ANY_MORE)
    if any(one.expires_on is None for one in ended):
        return Renewal(None, NoRenewal.DOES_NOT_EXPIRE)
    expiry = max(one.expires_on for one in ended if one.expires_on)
    if on > expiry:
        latest = months_after(expiry, terms.late_months)
        return Renewal(on) if on <= latest else Renewal(None, NoRenewal.TOO_LATE, expiry)
    opens = window_opens(expiry, window_months=terms.window_months)
    if opens is not None and on < opens:
        return Renewal(None, NoRenewal.TOO_EARLY, opens)
    return Renewal(expiry if terms.renews_from is RenewsFrom.OLD_EXPIRY else on)


def window_opens(expiry: date, *, window_months: int | None) -> date | None:
    """The first day on which a refresher renews what expires then; none when any day does."""
    return None if window_months is None else months_after(expiry, -window_months)


def months_after(day: date, months: int) -> date:
    """So many months later, or earlier: that month's last day where it has no such day."""
    return expires_on(day, valid_months=months) or day
