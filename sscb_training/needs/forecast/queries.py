"""What the forecast of a need rests on, as at a day and as known on another: seven queries whatever there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from sscb_training.core.board import BoardNumbers
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.needs.coverage.queries import AgencyCoverage, CountyCoverage, coverage_on
from sscb_training.needs.forecast import rules, statements
from sscb_training.needs.forecast.estimates.rules import Pace, Share
from sscb_training.needs.forecast.rules import FOR_EVER, Coming, Inputs, Known, Lapses, Plan
from sscb_training.needs.models import TrainingNeed


@dataclass(frozen=True)
class Ending:
    """So many people in force hold it until a day. `is_new`: they did not hold it a year ago."""

    until: date
    has_headcount: bool
    is_new: bool
    booked: bool
    people: int

    @property
    def lapses(self) -> Lapses:
        return Lapses(self.people, self.people if self.booked else 0)


@dataclass(frozen=True)
class LapseForecast:
    """Who of those in force in the audience runs out when, each person once, if nobody renews.

    The county's figure leaves out agencies without a headcount; what their people add is `elsewhere`.
    """

    as_at: date
    endings: Sequence[Ending]

    @property
    def in_force(self) -> int:
        return sum(one.people for one in self.endings if one.has_headcount)

    @property
    def elsewhere(self) -> int:
        """Those in force whose agencies' headcount is not known."""
        return sum(one.people for one in self.endings if not one.has_headcount)

    @property
    def for_ever(self) -> int:
        """Those in force for whom it never runs out."""
        return sum(one.people for one in self.endings if one.has_headcount and one.until == FOR_EVER)

    @property
    def months(self) -> list[tuple[date, Lapses]]:
        """By month, where the headcount is known."""
        return rules.by_month(self.ends, on=self.as_at)

    @property
    def months_elsewhere(self) -> list[tuple[date, Lapses]]:
        return rules.by_month(
            [(one.until, one.lapses) for one in self.endings if not one.has_headcount], on=self.as_at
        )

    @property
    def ends(self) -> list[tuple[date, Lapses]]:
        """By the last day, where the headcount is known."""
        found: dict[date, Lapses] = {}
        for one in self.endings:
            if one.has_headcount:
                found[one.until] = found.get(one.until, Lapses()) + one.lapses
        return list(found.items())

    @property
    def pace(self) -> Pace:
        """Who did not hold it a year ago and does now."""
        return Pace(sum(one.people for one in self.endings if one.has_headcount and one.is_new))


@dataclass(frozen=True)
class ComingDate:
    """A published date to come that meets the need, and its places that nobody holds."""

    id: int
    starts_at: datetime
    capacity: int
    taken: int
    course: str
    version: int

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True)
class Usual:
    """How dates of the courses that meet a need went in the last year; see `statements.past_places`."""

    dates: int
    capacity: int
    kept: int
    stayed_away: int
    came: int
    newcomers: int
    settled: int
    hold_it: int
    ran_out: int
    renewed: int


@dataclass(frozen=True)
class Forecast:
    """All that is known of where a need is going."""

    lines: Sequence[AgencyCoverage]
    county: CountyCoverage
    lapses: LapseForecast
    dates: Sequence[ComingDate]
    newcomers: Sequence[tuple[datetime, int]]
    usual: Usual
    target_percent: int | None
    target_date: date | None

    @property
    def known(self) -> Known | None:
        """What a plan can be made of; nothing while no agency's headcount is known."""
        if not self.county.headcount:
            return None
        coming = [Coming(london_date(one.starts_at), one.capacity, one.left) for one in self.dates]
        coming += [Coming(london_date(starts_at), booked=people) for starts_at, people in self.newcomers]
        return Known(
            as_at=self.county.on,
            in_force=self.county.in_force,
            headcount=self.county.headcount,
            target_percent=self.target_percent,
            target_date=self.target_date,
            ends=self.lapses.ends,
            coming=coming,
            pace=self.lapses.pace,
        )

    def inputs(self, assumed: BoardNumbers, chosen: Mapping[str, int]) -> Inputs:
        """The shares that were counted, the board's assumption where too few were, or what somebody chose."""
        usual = self.usual
        inputs = Inputs(
            renewed=Share(usual.renewed, usual.ran_out, assumed.assumed_renewed),
            filled=Share(min(usual.kept, usual.capacity), usual.capacity, assumed.assumed_filled),
            no_show=Share(usual.stayed_away, usual.kept, assumed.assumed_no_show),
            of_audience=Share(usual.newcomers, usual.came, assumed.assumed_of_audience),
            passed=Share(usual.hold_it, usual.settled, assumed.assumed_passed),
            capacity=chosen.get("capacity") or self.usual_capacity or assumed.assumed_capacity,
        )
        shares: dict[str, Any] = {
            name: replace(getattr(inputs, name), chosen=percent)
            for name, percent in chosen.items()
            if name in SHARES
        }
        return replace(inputs, **shares)

    @property
    def usual_capacity(self) -> int | None:
        """The places of a date: the mean of the last year, or else of those to come; nothing without any."""
        usual = self.usual
        dates, places = usual.dates, usual.capacity
        if not dates:
            dates, places = len(self.dates), sum(one.capacity for one in self.dates)
        return (2 * places + dates) // (2 * dates) if dates and places else None


SHARES = ("renewed", "filled", "no_show", "of_audience", "passed")


def lapses(need: TrainingNeed, *, as_at: date, known_on: date) -> LapseForecast:
    """When what people in the audience hold runs out."""
    return LapseForecast(
        as_at,
        [
            Ending(until, bool(known), bool(new), bool(booked), people)
            for until, known, new, booked, people in _ask(statements.ends(), need, as_at, known_on)
        ],
    )


def usual(need: TrainingNeed, *, as_at: date, known_on: date) -> Usual:
    """How the last year's dates went, and how many renewed what ran out before."""
    [dates] = _ask(statements.past_dates(), need, as_at, known_on)
    [places] = _ask(statements.past_places(), need, as_at, known_on)
    [(renewed, ran_out)] = _ask(statements.renewals(), need, as_at, known_on)
    return Usual(*map(int, (*dates, *places, ran_out, renewed)))


def forecast(need: TrainingNeed, *, as_at: date, known_on: date) -> Forecast:
    """All that a plan and the page of a forecast need."""
    lines, county = coverage_on(need, as_at=as_at, known_on=known_on)
    return Forecast(
        lines=lines,
        county=county,
        lapses=lapses(need, as_at=as_at, known_on=known_on),
        dates=[ComingDate(*row) for row in _ask(statements.dates(), need, as_at, known_on)],
        newcomers=[
            (starts_at, people) for starts_at, people in _ask(statements.newcomers(), need, as_at, known_on)
        ],
        usual=usual(need, as_at=as_at, known_on=known_on),
        target_percent=need.target_percent,
        target_date=need.target_date,
    )


def plan_of(found: Forecast, numbers: BoardNumbers, *, sessions: int | None = None) -> Plan | None:
    """The plan with nothing chosen but the sessions; nothing while no headcount is known."""
    return rules.plan(found.known, found.inputs(numbers, {}), sessions=sessions) if found.known else None


def _ask(
    statement: Select[*tuple[Any, ...]], need: TrainingNeed, as_at: date, known_on: date
) -> Sequence[Any]:
    return db.session.execute(statement, statements.answers(need.id, as_at, known_on)).all()
