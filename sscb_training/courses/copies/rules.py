"""Which days were typed, and where a date's parts fall on another day: values in, values out."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple

MOST = 60
"""How many days a date can be copied to at once: more than a date a week for a year."""

LATEST_YEAR = 2200
"""A date beyond it is a slip, and its later parts could be on no calendar."""

TYPED = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
    r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(\d{1,2}|[a-z]{3,9})[\s./,-]+(\d{4})",
    re.IGNORECASE | re.ASCII,
)
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


class Sitting(NamedTuple):
    """A part as a calendar and a clock on the wall show it."""

    day: date
    starts: time
    last_day: date
    ends: time


class DaysTyped(NamedTuple):
    """The days that a list holds, each once and in order, and the lines that are none."""

    days: Sequence[date]
    unread: Sequence[str]


def on_another_day(sittings: Sequence[Sitting], first_day: date) -> list[Sitting]:
    """The same sittings, with the days between them, from this day on."""
    further = first_day - sittings[0].day
    return [Sitting(one.day + further, one.starts, one.last_day + further, one.ends) for one in sittings]


def days_typed(text: str) -> DaysTyped:
    """The days of a list with one a line: 27 3 2027, 27/3/2027, 27 March 2027, Sat 27 Mar 2027, 2027-03-27."""
    days, unread = set(), []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day = _day(line)
        if day is None:
            unread.append(line)
        else:
            days.add(day)
    return DaysTyped(sorted(days), unread)


def _day(line: str) -> date | None:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", line, re.ASCII):
            day = date.fromisoformat(line)
        elif found := TYPED.fullmatch(line):
            day = date(int(found[3]), _month(found[2].lower()), int(found[1]))
        else:
            return None
    except ValueError:
        return None
    return day if day.year <= LATEST_YEAR else None


def _month(typed: str) -> int:
    if typed.isdecimal():
        return int(typed)
    return next((number for number, name in enumerate(MONTHS, 1) if name.startswith(typed)), 0)
