"""Who is let in to a tool, and what to tell whoever is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Way(StrEnum):
    """How a tool stands for somebody on a day."""

    OPEN = "open"
    NEVER = "never"  # never accredited
    ENDED = "ended"  # accredited once; expired and revoked are told alike
    NOT_ACCEPTED = "not_accepted"  # accredited, and has not accepted the terms that the board wants accepted
    NO_AGREEMENT = "no_agreement"  # accredited, and no agency of theirs has an agreement that it takes


@dataclass(frozen=True)
class Entry:
    """How a tool stands for somebody, and the day on which their last accreditation ended."""

    way: Way
    ended_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.way is Way.OPEN


def entry(
    *,
    is_staff: bool,
    holds: bool,
    ended_on: date | None,
    agreement_needed: bool,
    has_agreement: bool,
    terms_accepted: bool = True,
) -> Entry:
    """Staff always; else whoever is accredited, with the agency's agreement and the terms accepted where that is asked."""
    if is_staff:
        return Entry(Way.OPEN)
    if not holds:
        return Entry(Way.NEVER) if ended_on is None else Entry(Way.ENDED, ended_on)
    if agreement_needed and not has_agreement:
        return Entry(Way.NO_AGREEMENT)
    return Entry(Way.OPEN if terms_accepted else Way.NOT_ACCEPTED)


def last_end(ends: Iterable[tuple[date | None, date | None]]) -> date | None:
    """Of accreditations that are over, as (expiry, revocation), the day on which the last one ended."""
    over = [min(day for day in each if day is not None) for each in ends if any(each)]
    return max(over, default=None)
