"""When an accreditation begins and ends, and what passes."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple


def awarded_on(attended_on: date, passed_on: date | None) -> date:
    """The later of the last part attended and the assessment passed; the former where nothing is assessed."""
    return attended_on if passed_on is None else max(attended_on, passed_on)


def expires_on(awarded_on: date, *, valid_months: int | None) -> date | None:
    """The last day that counts; none when the scheme's accreditations do not expire.

    The same day of the month it was earned, or that month's last day when there is none: 31 August plus six
    months is 28 February, or 29 in a leap year.
    """
    if valid_months is None:
        return None
    years, month = divmod(awarded_on.month - 1 + valid_months, 12)
    year, month = awarded_on.year + years, month + 1
    return date(year, month, min(awarded_on.day, monthrange(year, month)[1]))


def passed(percent: int, pass_mark: int) -> bool:
    """Whether a score passes: the pass mark itself does."""
    return percent >= pass_mark


class Award(NamedTuple):
    """One accreditation, as far as periods must know it: the days that it counts, but for others."""

    key: int
    awarded_on: date
    expires_on: date | None
    revoked_on: date | None = None

    @property
    def ends(self) -> date | None:
        """The last day that it counts; before `awarded_on` when it never did."""
        revoked = self.revoked_on - ONE_DAY if self.revoked_on else None
        return min((day for day in (self.expires_on, revoked) if day), default=None)


class Ending(StrEnum):
    """Why a period is over: it ran out, was revoked, or another award took its place."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    RENEWED = "renewed"


class Period(NamedTuple):
    """Days without a gap on which somebody is accredited by one award, both included. Without `ends` it goes on."""

    begins: date
    ends: date | None
    award: int
    ended_by: Ending | None


ONE_DAY = timedelta(days=1)


def periods(awards: Iterable[Award]) -> Sequence[Period]:
    """Somebody's awards in one scheme as a row of periods that do not overlap, the first first.

    On each day the latest award that counts then decides. So a period ends when its award does, or the day before
    the next one; where a later award ends sooner, the earlier one goes on behind it. The days of all periods are the
    days on which any award counts.
    """
    counting = [award for award in awards if award.ends is None or award.awarded_on <= award.ends]
    turns = sorted({day for award in counting for day in (award.awarded_on, _day_after(award.ends)) if day})
    found: list[Period] = []
    for day, turn in zip_longest(turns, turns[1:]):
        alive = [one for one in counting if one.awarded_on <= day and (one.ends is None or day <= one.ends)]
        if not alive:
            continue
        by, ends = max(alive, key=lambda one: (one.awarded_on, one.key)), turn - ONE_DAY if turn else None
        if found and found[-1].award == by.key and found[-1].ends == day - ONE_DAY:
            found[-1] = found[-1]._replace(ends=ends, ended_by=_ended_by(by, ends))
        else:
            found.append(Period(day, ends, by.key, _ended_by(by, ends)))
    return found


def _day_after(day: date | None) -> date | None:
    return day + ONE_DAY if day else None


def _ended_by(award: Award, ends: date | None) -> Ending | None:
    if ends is None:
        return None
    if ends != award.ends:
        return Ending.RENEWED
    return Ending.EXPIRED if ends == award.expires_on else Ending.REVOKED


def period_on(periods: Sequence[Period], on: date) -> Period | None:
    """The period to which a day belongs; none when nobody is accredited on it."""
    return next((one for one in periods if one.begins <= on and (one.ends is None or on <= one.ends)), None)


def unbroken_since(periods: Sequence[Period], *, on: date) -> date | None:
    """The first of the days without a gap, up to this one, on which somebody is accredited; none when not on it."""
    since: date | None = None
    before: date | None = None
    for period in periods:
        if period.begins > on:
            break
        if since is None or before is None or period.begins != before + ONE_DAY:
            since = period.begins
        before = period.ends
        if before is None or on <= before:
            return since
    return None
