"""How far the agencies and the county have come in a need, as at a day and as known on another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import Select

from sscb_training.agencies.models import Agency
from sscb_training.core.db import db
from sscb_training.needs.coverage import parts, rules, statements, trend
from sscb_training.needs.models import TrainingNeed


@dataclass(frozen=True)
class Figure:
    """People in force beside the headcount that was declared; `headcount` is empty when it is not known."""

    in_force: int
    headcount: int | None
    booked: int

    @property
    def percent(self) -> int | None:
        return rules.percent(self.in_force, self.headcount)

    @property
    def gap(self) -> int | None:
        return rules.gap(self.in_force, self.headcount)

    @property
    def needs_checking(self) -> bool:
        return rules.needs_checking(self.in_force, self.headcount)


@dataclass(frozen=True)
class AgencyCoverage(Figure):
    """How far one agency has come; `returned_on` is the date of its oldest headcount that was counted.

    `is_named`: for a staff group without a return, the agency's people here were counted on the day itself.
    """

    agency_id: int
    name: str
    returned_on: date | None
    is_named: bool


@dataclass(frozen=True)
class CountyCoverage(Figure):
    """How far the county has come, each person once.

    `in_force`, `headcount` and the percentage leave out the agencies whose headcount is not known; `everywhere`
    counts their people too.
    """

    need_id: int
    on: date
    everywhere: int
    agencies: int
    left_out: int

    @classmethod
    def nobody(cls, need: TrainingNeed, on: date) -> Self:
        """The figure of a need that no agency has anybody for."""
        return cls(0, None, 0, need.id, on, 0, 0, 0)


@dataclass(frozen=True)
class Behind:
    """One of the people behind a figure, and what they hold: an award or earlier training until `until`, or
    attendance since `since`."""

    person_id: int
    name: str
    staff_group: str
    job_title: str
    since: date | None
    until: date | None
    basis: int | None

    @property
    def is_accredited(self) -> bool:
        return self.basis == parts.AWARDED

    @property
    def is_trained_only(self) -> bool:
        return self.basis == parts.TRAINED


def coverage_on(
    need: TrainingNeed, *, as_at: date, known_on: date
) -> tuple[Sequence[AgencyCoverage], CountyCoverage]:
    """How far each agency that the need is for has come, by name, and the county; in one query.

    As at the end of a day and as known on another. The county counts each person once, and leaves agencies
    without a headcount out of both sides.
    """
    given = parts.answers(as_at, known_on, need_id=need.id)
    found = db.session.execute(statements.table(), given).all()
    lines = [AgencyCoverage(*row[:7]) for row in found]
    known = [line.headcount for line in lines if line.headcount is not None]
    in_force, everywhere, booked = found[0][7:] if found else (0, 0, 0)
    return lines, CountyCoverage(
        in_force=in_force,
        headcount=sum(known) if known else None,
        booked=booked,
        need_id=need.id,
        on=as_at,
        everywhere=everywhere,
        agencies=len(lines),
        left_out=len(lines) - len(known),
    )


def coverage_by_agency(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[AgencyCoverage]:
    """One row per agency that the need is for, by name."""
    return coverage_on(need, as_at=as_at, known_on=known_on)[0]


def county_coverage(need: TrainingNeed, *, as_at: date, known_on: date) -> CountyCoverage:
    """The county's figure."""
    return coverage_on(need, as_at=as_at, known_on=known_on)[1]


def trained_only(need: TrainingNeed, *, as_at: date, known_on: date) -> int:
    """How many of the county's people in force are so by earlier training alone, with an assessment not evidenced."""
    given = parts.answers(as_at, known_on, need_id=need.id)
    return db.session.scalar(statements.trained_only(), given) or 0


def coverage_of_every_need(*, as_at: date, known_on: date) -> dict[int, CountyCoverage]:
    """The county's figure of each need that is for anybody, by the need's id, in one query."""
    found = db.session.execute(statements.county(), parts.answers(as_at, known_on))
    return {figure.need_id: figure for figure in (CountyCoverage(*row) for row in found)}


def coverage_of_agency(agency: Agency, *, as_at: date, known_on: date) -> dict[int, AgencyCoverage]:
    """One agency's figure of each need that is for it, by the need's id, in one query."""
    given = parts.answers(as_at, known_on, agency_id=agency.id)
    return {
        need_id: AgencyCoverage(in_force, headcount, booked, agency.id, agency.name, *more)
        for in_force, headcount, booked, need_id, *more in db.session.execute(statements.agency(), given)
    }


def coverage_trend(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[CountyCoverage]:
    """The county's figure at the end of each of the twelve months before a day's own, oldest first; in one query.

    All as known on the one day, so that a return that came late mends the months before it too.
    """
    days = rules.month_ends_before(as_at)
    found = db.session.execute(
        trend.trend(), parts.answers(as_at, known_on, need_id=need.id, **trend.days_of(days))
    )
    figures = {figure.on: figure for figure in (CountyCoverage(*row) for row in found)}
    return [figures.get(on) or CountyCoverage.nobody(need, on) for on in days]


def people_behind(
    need: TrainingNeed, agency: Agency, *, as_at: date, known_on: date, booked: bool = False
) -> Select[*tuple[Any, ...]]:
    """The people behind an agency's number of those in force, or of those booked, by name: rows for `Behind`."""
    given = parts.answers(as_at, known_on, need_id=need.id, agency_id=agency.id)
    return statements.people(booked=booked).params(given)


def missing_returns(need: TrainingNeed, *, as_at: date, known_on: date) -> dict[int, list[str]]:
    """By agency, the staff groups of the need's audience that work there and whose headcount is not supplied."""
    found: dict[int, list[str]] = {}
    given = parts.answers(as_at, known_on, need_id=need.id)
    for agency_id, staff_group in db.session.execute(statements.missing(), given):
        found.setdefault(agency_id, []).append(staff_group)
    return found
