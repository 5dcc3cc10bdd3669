"""Which part makes up which, and what asks for a reason."""

from collections.abc import Sequence
from datetime import date

from sscb_training.accreditation.rules import expires_on


def last_day(missed_on: date, *, months: int) -> date:
    """The last day on which a part can be made up that was missed on this day, within so many months."""
    return expires_on(missed_on, valid_months=months) or missed_on


def exceptions(*, same_version: bool, missed_on: date, on: date, months: int) -> Sequence[str]:
    """What is unusual about making a part up then, a sentence each; it asks for a reason."""
    said = []
    if not same_version:
        said.append("The course has changed: this date is of another version.")
    if on > last_day(missed_on, months=months):
        said.append(f"This date is more than {months} {'month' if months == 1 else 'months'} after the part.")
    return said
