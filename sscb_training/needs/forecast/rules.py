"""Lapses by month, and what would close a gap: values in, values out.

What is expected at the end of a day is: those in force, without those whose time ran out before it, with those who renew,
those who are booked and come through, and those whom places left and further sessions bring. Each step has a share,
each share is independent of the others, and people are independent of one another given the shares. So the mean and the
variance are sums; the interval is mean ± 1.96 standard deviations, rounded outwards and never outside what can be:
nobody fewer than those whose time goes on, nobody more than there are places, nor than the headcount.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from math import ceil, floor, sqrt
from typing import NamedTuple, Self

from sscb_training.case_audits.indicators.rules import Z
from sscb_training.needs.coverage import rules as coverage
from sscb_training.needs.forecast.estimates.rules import Chance, Pace, Share

MONTHS = 24
FOR_EVER = date(9999, 12, 31)
"""The last day of what never runs out."""
USUAL_MONTHS = 12
"""A need without a target date, or whose date is past, is planned for as many months."""
MOST_SESSIONS = 60
OPTIONS = (0, 1, 2, 4)


@dataclass(frozen=True)
class Lapses:
    """How many run out, and of how many of them the holder has booked a course that renews it."""

    lapse: int = 0
    booked: int = 0

    @property
    def to_book(self) -> int:
        return self.lapse - self.booked

    def __add__(self, other: Self) -> "Lapses":
        return Lapses(self.lapse + other.lapse, self.booked + other.booked)


def months(on: date) -> list[date]:
    """The first days of this month and the 23 after it."""
    return [_month(on, later) for later in range(MONTHS)]


def by_month(lapses: Iterable[tuple[date, Lapses]], *, on: date) -> list[tuple[date, Lapses]]:
    """The lapses of each of the months; what runs out later is in none."""
    found = {first: Lapses() for first in months(on)}
    for day, some in lapses:
        first = day.replace(day=1)
        if first in found:
            found[first] += some
    return list(found.items())


def places_needed(people: int, *, stay_away: int, of: int) -> int:
    """The places that so many people need if as many stay away as did, rounded up; one each where that is not known."""
    if not of or stay_away >= of:
        return people
    return -(-people * of // (of - stay_away))


def total(lapses: Iterable[Lapses]) -> Lapses:
    return sum(lapses, Lapses())


@dataclass(frozen=True)
class Coming:
    """A date to come: its places, those that nobody holds, and who of the audience comes first on it without
    holding anything yet."""

    on: date
    capacity: int = 0
    left: int = 0
    booked: int = 0


@dataclass(frozen=True)
class Known:
    """What stands on the day, of the agencies whose headcount is known. `ends` are people by the last day they hold it."""

    as_at: date
    in_force: int
    headcount: int
    target_percent: int | None = None
    target_date: date | None = None
    ends: Sequence[tuple[date, Lapses]] = ()
    coming: Sequence[Coming] = ()
    pace: Pace = field(default_factory=lambda: Pace(0))


@dataclass(frozen=True)
class Inputs:
    """What the plan reckons with. A place brings somebody if it is `filled`, they come, they are `of_audience` without
    holding it yet, and they are `passed`: they come to all of it and meet what the need asks."""

    renewed: Share
    filled: Share
    no_show: Share
    of_audience: Share
    passed: Share
    capacity: int

    @cached_property
    def by_booking(self) -> Chance:
        """That somebody of the audience who is booked comes to hold it."""
        return self.no_show.chance.other * self.passed.chance

    @cached_property
    def by_seat(self) -> Chance:
        """That a place which somebody has taken brings one person more."""
        return self.by_booking * self.of_audience.chance

    @cached_property
    def by_place(self) -> Chance:
        """That a place brings one person more."""
        return self.by_seat * self.filled.chance


@dataclass(frozen=True)
class Point:
    """How many are expected to be in force at the end of a day, between what they may be."""

    on: date
    expected: int
    low: int
    high: int
    headcount: int

    @property
    def percent(self) -> int | None:
        return coverage.percent(self.expected, self.headcount)

    @property
    def low_percent(self) -> int | None:
        return coverage.percent(self.low, self.headcount)

    @property
    def high_percent(self) -> int | None:
        return coverage.percent(self.high, self.headcount)


class When(StrEnum):
    """Whether today's pace reaches the target within the months of the forecast."""

    MET = "met"
    BY = "by"
    NOT_BEFORE = "not_before"
    NOT_IN_SIGHT = "not_in_sight"
    NEVER = "never"


@dataclass(frozen=True)
class Outlook:
    """When today's pace reaches the target: as expected, and at the ends of what the pace and renewing may be.

    Each is a month's end, or nothing where that is after the forecast.
    """

    when: When
    expected: date | None = None
    soonest: date | None = None
    latest: date | None = None


@dataclass(frozen=True)
class Month:
    """One month on the way to the target."""

    first: date
    lapse: int
    renewed: int
    booked: int
    dates: int
    left: int
    reach: int
    places: int
    sessions: int


@dataclass(frozen=True)
class Option:
    """What so many sessions more come to at the target date."""

    sessions: int
    places: int
    point: Point


@dataclass(frozen=True)
class Plan:
    """What would close the gap by a day. `sessions` are those planned: as asked, or as many as are needed.

    Without a target percentage nothing is `required`, and nothing needed. `needed` sessions reach the target as
    expected, `surely` so many even at the lower end; each is empty where `MOST_SESSIONS` do not.
    """

    known: Known
    inputs: Inputs
    until: date
    required: int | None
    needed: int | None
    surely: int | None
    sessions: int

    @property
    def is_for_the_target_date(self) -> bool:
        """Whether the day is that of the target: not where there is none, or it is past or after the forecast."""
        return self.until == self.known.target_date

    @property
    def as_planned(self) -> Point:
        """What is expected on the day with what is scheduled alone."""
        return self.at(self.until, 0)

    @property
    def with_sessions(self) -> Point:
        return self.at(self.until, self.sessions)

    @property
    def to_reach(self) -> int:
        """Who is still to reach, when those who renew and those who are booked have done so."""
        if self.required is None:
            return 0
        _, stays, _ = self._bounds(self._parts(self.until)._replace(left=0), 0)
        return max(0, ceil(self.required - stays - 1e-9))

    @property
    def places(self) -> int | None:
        """The places that they need, taken ones; nothing where no place brings anybody."""
        return self._places(self.to_reach)

    @property
    def left(self) -> int:
        """The places that are left on scheduled dates until the day."""
        return sum(one.left for one in self.known.coming if one.on <= self.until)

    @property
    def dates(self) -> int:
        return sum(1 for one in self.known.coming if one.capacity and one.on <= self.until)

    @property
    def booked(self) -> int:
        """Who of the audience has booked a date until the day and holds nothing yet."""
        return sum(one.booked for one in self.known.coming if one.on <= self.until)

    @property
    def lapse(self) -> int:
        return sum(some.lapse for day, some in self.known.ends if day < self.until)

    @cached_property
    def points(self) -> list[Point]:
        """The end of each month of the forecast, with the sessions of the plan."""
        return [self.at(_last(first), self.sessions_by(first)) for first in months(self.known.as_at)]

    @cached_property
    def options(self) -> list[Option]:
        """No session more, one, two and four, and as many as the plan has."""
        numbers = sorted({*OPTIONS, self.sessions, *([self.needed] if self.needed else [])})
        return [Option(n, n * self.inputs.capacity, self.at(self.until, n)) for n in numbers]

    @cached_property
    def by_month(self) -> list[Month]:
        """The months until the day. People still to reach and the sessions are spread evenly over them."""
        known, firsts = self.known, self._firsts
        lapses = dict(by_month(known.ends, on=known.as_at))
        reach = [0] * (len(firsts) - len(self._spread)) + _evenly(self.to_reach, len(self._spread))
        places = _steps([self._places(number) or 0 for number in accumulate(reach)])
        renews = _steps(
            [
                floor(self.inputs.renewed.chance.mean * number + 0.5)
                for number in accumulate(lapses[first].lapse for first in firsts)
            ]
        )
        sessions = _steps([self.sessions_by(first) for first in firsts])
        found = []
        for place, first in enumerate(firsts):
            here = [one for one in known.coming if one.on.replace(day=1) == first and one.on <= self.until]
            found.append(
                Month(
                    first=first,
                    lapse=lapses[first].lapse,
                    renewed=renews[place],
                    booked=sum(one.booked for one in here),
                    dates=sum(1 for one in here if one.capacity),
                    left=sum(one.left for one in here),
                    reach=reach[place],
                    places=places[place],
                    sessions=sessions[place],
                )
            )
        return found

    @cached_property
    def outlook(self) -> Outlook | None:
        """When today's pace reaches the target; nothing without a target."""
        if self.required is None:
            return None
        if self.known.in_force >= self.required:
            return Outlook(When.MET)
        pace, renewed = self.known.pace, self.inputs.renewed
        expected = self._reached(pace.a_month, renewed.chance.mean) if pace.is_told else None
        soonest = self._reached(pace.high, renewed.bounds[1])
        latest = self._reached(pace.low, renewed.bounds[0])
        if expected:
            return Outlook(When.BY, expected, soonest, latest)
        if soonest:
            return Outlook(When.NOT_BEFORE, None, soonest, latest)
        ends = _last(months(self.known.as_at)[-1])
        falls = self._at_pace(ends, MONTHS, pace.high, renewed.bounds[1]) <= self.known.in_force
        return Outlook(When.NEVER if falls else When.NOT_IN_SIGHT)

    def at(self, on: date, sessions: int) -> Point:
        """What is expected at the end of a day when so many sessions more were held before it.

        The lower end never falls when a session is added: whoever it brings, it takes nobody away.
        """
        parts = self._parts(on)
        _, mean, high = self._bounds(parts, sessions)
        low = max(self._bounds(parts, number)[0] for number in range(sessions + 1))
        return Point(on, floor(mean + 0.5), low, high, self.known.headcount)

    def sessions_by(self, first: date) -> int:
        """How many of the plan's sessions were held by the end of the month."""
        passed = sum(1 for one in self._spread if one <= first)
        return -(-self.sessions * passed // len(self._spread))

    @property
    def _firsts(self) -> list[date]:
        return [first for first in months(self.known.as_at) if first <= self.until]

    @cached_property
    def _spread(self) -> list[date]:
        """The months over which what is still to do is spread evenly, the earlier ones first: from the next one on."""
        return self._firsts[1:] or self._firsts

    def _places(self, people: int) -> int | None:
        by_seat = self.inputs.by_seat.mean
        return ceil(people / by_seat - 1e-9) if by_seat else (None if people else 0)

    def _parts(self, on: date) -> "_Parts":
        known = self.known
        return _Parts(
            lapsed=sum(some.lapse for day, some in known.ends if day < on),
            booked=sum(one.booked for one in known.coming if one.on <= on),
            left=sum(one.left for one in known.coming if one.on <= on),
        )

    def _bounds(self, parts: "_Parts", sessions: int) -> tuple[int, float, int]:
        """The lower end, the mean and the upper end."""
        lapsed, booked, left = parts
        places = left + sessions * self.inputs.capacity
        renewed, booking, place = self.inputs.renewed.chance, self.inputs.by_booking, self.inputs.by_place
        together = booking.square * (place.mean / booking.mean) if booking.mean else 0.0
        variance = (
            _variance(lapsed, renewed)
            + _variance(booked, booking)
            + _variance(places, place)
            + 2 * booked * places * max(0.0, together - booking.mean * place.mean)
        )
        stays = self.known.in_force - lapsed
        most = min(self.known.in_force + booked + places, max(self.known.headcount, self.known.in_force))
        mean = stays + renewed.mean * lapsed + booking.mean * booked + place.mean * places
        margin = Z * sqrt(variance)
        low = max(stays, floor(mean - margin + 1e-9))
        return min(low, most), min(mean, most), min(most, ceil(mean + margin - 1e-9))

    def _at_pace(self, on: date, months_: float, a_month: float, renewed: float) -> float:
        lapsed = sum(some.lapse for day, some in self.known.ends if day < on)
        return self.known.in_force - (1 - renewed) * lapsed + a_month * months_

    def _reached(self, a_month: float, renewed: float) -> date | None:
        """The end of the first month at which a pace has reached what is required."""
        as_at = self.known.as_at
        for first in months(as_at):
            on = _last(first)
            passed = (on - as_at).days / 365.25 * 12
            if self._at_pace(on, passed, a_month, renewed) >= (self.required or 0):
                return on
        return None


def plan(known: Known, inputs: Inputs, *, sessions: int | None = None) -> Plan:
    """What would close the gap by the target date, or in a year where there is none to come."""
    until = known.target_date
    if until is None or until <= known.as_at:
        until = _last(_month(known.as_at, USUAL_MONTHS))
    until = min(until, _last(months(known.as_at)[-1]))
    required = None
    if known.target_percent is not None:
        required = -(-known.target_percent * known.headcount // 100)
    draft = Plan(known, inputs, until, required, None, None, 0)
    needed = surely = None
    if required is not None:
        parts = draft._parts(until)
        ends = [draft._bounds(parts, number) for number in range(MOST_SESSIONS + 1)]
        needed = next((n for n, (_, mean, _) in enumerate(ends) if mean >= required - 1e-9), None)
        surely = next((n for n, (low, _, _) in enumerate(ends) if low >= required), None)
    planned = sessions if sessions is not None else needed if needed is not None else 0
    return Plan(known, inputs, until, required, needed, surely, min(planned, MOST_SESSIONS))


@dataclass(frozen=True)
class AgencyShare:
    """An agency with a gap, and how many of the places that are needed are for its people."""

    name: str
    gap: int
    booked: int
    places: int


def mix(lines: Sequence[tuple[str, int, int]], *, places: int) -> list[AgencyShare]:
    """Who is to be on the sessions: each agency (name, gap, booked) by its gap without those booked, the largest first.

    Whole places that add up; what is over after rounding down goes to the largest remainders.
    """
    shared = _share_out(places, [max(0, gap - booked) for _, gap, booked in lines])
    found = [AgencyShare(*line, of_them) for line, of_them in zip(lines, shared, strict=True) if line[1]]
    return sorted(found, key=lambda one: (-one.places, -one.gap, one.name))


def _share_out(number: int, weights: Sequence[int]) -> list[int]:
    every = sum(weights)
    if not every:
        return [0 for _ in weights]
    whole = [number * weight // every for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(number * weights[place] % every), place))
    for place in order[: number - sum(whole)]:
        whole[place] += 1
    return whole


class _Parts(NamedTuple):
    """Whose time runs out before the end of a day, who is booked until it, and the places left on dates until it."""

    lapsed: int
    booked: int
    left: int


def _variance(number: int, chance: Chance) -> float:
    """Of how many of so many it happens to: by luck, and because the chance itself is not known."""
    return number * (chance.mean - chance.square) + number**2 * chance.variance


def _evenly(number: int, parts: int) -> list[int]:
    return _steps([-(-number * part // parts) for part in range(1, parts + 1)])


def _steps(sums: Sequence[int]) -> list[int]:
    """What each adds to the one before it."""
    return [later - before for before, later in zip([0, *sums], sums, strict=False)]


def _month(on: date, later: int) -> date:
    number = on.year * 12 + on.month - 1 + later
    return date(number // 12, number % 12 + 1, 1)


def _last(first: date) -> date:
    """The last day of the month."""
    return _month(first, 1) - timedelta(days=1)
