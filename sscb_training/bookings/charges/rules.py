"""Which policy applies, and what a cancellation or an absence costs: values in, values out."""

from collections.abc import Iterable
from datetime import date

from sscb_training.agencies.models import Sector
from sscb_training.bookings.charges.models import ChargePolicy, ChargeTerms, Length
from sscb_training.bookings.models import BookingStatus, Outcome


def policy_in_force(
    policies: Iterable[ChargePolicy], *, agency_id: int, sector: Sector, parts: int, on: date
) -> ChargePolicy | None:
    """The most specific rule: an agency's before its sector's before everybody's; then one for the session's length.

    Of two that are as specific, the one that came into force later.
    """
    length = Length.SEVERAL_PARTS if parts > 1 else Length.ONE_PART
    fitting = [
        policy
        for policy in policies
        if policy.agency_id in (None, agency_id)
        and policy.sector in (None, sector)
        and policy.length in (Length.ANY, length)
        and policy.valid_from <= on
        and (policy.valid_to is None or on <= policy.valid_to)
    ]
    return max(fitting, key=_how_specific, default=None)


def _how_specific(policy: ChargePolicy) -> tuple[bool, bool, bool, date, int]:
    return (
        policy.agency_id is not None,
        policy.sector is not None,
        policy.length is not Length.ANY,
        policy.valid_from,
        policy.id or 0,
    )


def quarter_of(day: date) -> date:
    """The first day of the quarter of the year that holds this day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarter_after(first: date) -> date:
    """The first day of the quarter that follows the one that this day begins."""
    return date(first.year + (first.month == 10), 1 if first.month == 10 else first.month + 3, 1)


def quarter_name(first: date) -> str:
    """Oct to Dec 2026, short enough for a list to choose from."""
    return f"{first:%b} to {date(first.year, first.month + 2, 1):%b %Y}"


def is_late(terms: ChargeTerms | None, *, was: BookingStatus, on: date, lost_a_part: bool = False) -> bool:
    """Whether a place is given up on this day after it was free to, whatever that costs.

    A wait, an offer and an unapproved place are never late, nor is a place of which the board cancelled a part.
    """
    if terms is None or was is not BookingStatus.CONFIRMED or lost_a_part:
        return False
    return on > terms.free_until


def cancellation_fee(
    terms: ChargeTerms | None, *, was: BookingStatus, on: date, lost_a_part: bool = False
) -> int:
    """What giving up the place on this day costs, in pence; nothing unless it is late."""
    if terms is None or terms.follows_own_rules:
        return 0
    return terms.late_fee if is_late(terms, was=was, on=on, lost_a_part=lost_a_part) else 0


def absence_fee(terms: ChargeTerms | None, outcome: Outcome | None) -> int:
    """What the outcome costs, in pence: only not coming at all does."""
    if terms is None or terms.follows_own_rules or outcome is not Outcome.DID_NOT_ATTEND:
        return 0
    return terms.absence_fee


def why_nothing_follows(terms: ChargeTerms | None, *, was: BookingStatus, lost_a_part: bool = False) -> str:
    """Why a cancellation that costs nothing does so, as a receipt says it after "No charge follows"."""
    if was is not BookingStatus.CONFIRMED:
        return "the place was not confirmed"
    if terms is None:
        return "this booking is free of charge"
    if terms.follows_own_rules:
        return "your agency follows its own rules"
    if lost_a_part:
        return "the board cancelled a part of the session"
    return "it was cancelled in time" if terms.late_fee else "cancelling is free for your agency"
