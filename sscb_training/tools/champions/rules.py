"""Why somebody who was named is not shown as a champion."""

from datetime import date
from enum import StrEnum


class Stand(StrEnum):
    """How somebody who was named stands. That an accreditation was revoked is told as that it is not in force."""

    SHOWN = "shown"
    WAITS = "waits"
    DECLINED = "declined"
    STEPPED_BACK = "stepped_back"
    TAKEN_OFF = "taken_off"
    TO_COME = "to_come"
    OVER = "over"
    LAPSED = "lapsed"
    LEFT = "left"
    SUSPENDED = "suspended"

    @property
    def label(self) -> str:
        return {
            "shown": "Shown",
            "waits": "Has not agreed yet",
            "declined": "Declined",
            "stepped_back": "Stepped back",
            "taken_off": "Taken off",
            "to_come": "Not begun",
            "over": "Until a day that is past",
            "lapsed": "Accreditation not in force",
            "left": "Has left this job",
            "suspended": "Account suspended",
        }[self.value]


def stand(
    *,
    is_ended: bool,
    ended_it_themself: bool,
    has_agreed: bool,
    works_there: bool,
    is_suspended: bool,
    holds: bool,
    valid_from: date,
    valid_to: date | None,
    on: date,
) -> Stand:
    """How somebody stands on a day; of several reasons the one that others follow from."""
    if is_ended:
        if not ended_it_themself:
            return Stand.TAKEN_OFF
        return Stand.STEPPED_BACK if has_agreed else Stand.DECLINED
    if not works_there:
        return Stand.LEFT
    if is_suspended:
        return Stand.SUSPENDED
    if not holds:
        return Stand.LAPSED
    if valid_to is not None and valid_to < on:
        return Stand.OVER
    if not has_agreed:
        return Stand.WAITS
    return Stand.TO_COME if on < valid_from else Stand.SHOWN
