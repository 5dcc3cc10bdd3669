"""What a coverage figure may say. People in force ÷ the headcount that was declared, and no guess in between."""

from calendar import monthrange
from datetime import date

from sscb_training.agencies import rules as agencies


def percent(in_force: int, headcount: int | None) -> int | None:
    """The share of the headcount, to a whole percent; nothing without a headcount, or with one of nought.

    It says 100 only when nobody is missing and 0 only when nobody is in force. Above 100 it is not capped: more
    people than the agency declared means that its return is out of date.
    """
    if not headcount:
        return None
    share = (200 * in_force + headcount) // (2 * headcount)
    if 0 < in_force < headcount:
        return min(99, max(1, share))
    return share


def gap(in_force: int, headcount: int | None) -> int | None:
    """How many people are still to train; never below 0, and unknown without a headcount."""
    return None if headcount is None else max(0, headcount - in_force)


def needs_checking(in_force: int, headcount: int | None) -> bool:
    """Whether more people are in force than the agency says it employs."""
    return headcount is not None and in_force > headcount


def is_old(returned_on: date | None, *, as_at: date) -> bool:
    """Whether the yearly return that a headcount rests on was overdue on the day."""
    return returned_on is not None and agencies.is_old(returned_on, on=as_at)


def month_ends_before(as_at: date) -> list[date]:
    """The ends of the twelve months before a day's own month, oldest first."""
    year, month = as_at.year, as_at.month
    ends = []
    for _ in range(12):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        ends.append(date(year, month, monthrange(year, month)[1]))
    return ends[::-1]
