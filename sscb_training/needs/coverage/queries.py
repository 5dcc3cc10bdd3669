"""How far the agencies and the county have come in a need, as at a day and as known on another."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Self, TypeVar

import numpy as np
from sqlalchemy import Select

from sscb_training.agencies.models import Agency, Sector
from sscb_training.core.db import db
from sscb_training.needs.coverage import parts, rules, statements, trend
from sscb_training.needs.models import TrainingNeed

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Figure:
    """People in force beside the headcount that was declared; `headcount` is empty when it is not known."""

    in_force: int
    headcount: int | None
    booked: int
    waiting: int = field(default=0, kw_only=True)

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
class Line(Figure):
    """How far a part of the audience has come: an agency, a sector or a staff group, each person once.

    `returned_on` is the date of the oldest headcount that was counted; it `is_named` where an agency keeps its people
    here and their number stands in for a return. `everywhere` counts the people of the agencies that are left out too.
    """

    name: str
    returned_on: date | None
    is_named: bool
    everywhere: int
    agencies: int
    left_out: int

    @property
    def part(self) -> dict[str, Any]:
        """What an address says to ask for this part alone."""
        return {}


@dataclass(frozen=True)
class AgencyCoverage(Line):
    """How far one agency has come. Everybody in force there counts, whether or not its headcount is known."""

    agency_id: int
    sector: Sector

    @property
    def part(self) -> dict[str, Any]:
        return {"agency_id": self.agency_id}


@dataclass(frozen=True)
class SectorCoverage(Line):
    """How far the agencies of a sector have come."""

    sector: Sector

    @property
    def part(self) -> dict[str, Any]:
        return {"sector": self.sector.value}


@dataclass(frozen=True)
class StaffGroupCoverage(Line):
    """How far a staff group has come, wherever it works."""

    staff_group_id: int

    @property
    def part(self) -> dict[str, Any]:
        return {"staff_group": self.staff_group_id}


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
class Parts:
    """Which part of an audience is asked for: one agency, one sector, one staff group, or all where they are empty."""

    agency_id: int | None = None
    sector: Sector | None = None
    staff_group_id: int | None = None

    def has(self, cell: rules.Cell) -> bool:
        return (
            self.agency_id in (None, cell.agency_id)
            and self.sector in (None, cell.sector)
            and self.staff_group_id in (None, cell.staff_group_id)
        )


EVERYBODY = Parts()


@dataclass(frozen=True)
class Counted:
    """All that is counted of one need on a day: any line, and the county, come out of it without another query."""

    need_id: int
    as_at: date
    cells: Sequence[rules.Cell]
    tallies: Sequence[rules.Tally]

    def of(self, parts: Parts) -> Self:
        """The same of a part of the audience."""
        return replace(self, cells=[cell for cell in self.cells if parts.has(cell)])

    def by_agency(self) -> Sequence[AgencyCoverage]:
        """One line for each agency that the need is for, by name."""
        agencies = {cell.agency_id: cell for cell in self.cells}
        return [
            _agency(key, agencies[key].agency, Sector(agencies[key].sector), count)
            for key, count in self._counts(lambda cell: cell.agency_id).items()
        ]

    def by_sector(self) -> Sequence[SectorCoverage]:
        """One line for each sector with agencies that the need is for, by name."""
        found = self._counts(lambda cell: Sector(cell.sector))
        return [
            SectorCoverage(**asdict(found[sector]), sector=sector, name=sector.label)
            for sector in sorted(found, key=lambda sector: sector.label)
        ]

    def by_staff_group(self) -> Sequence[StaffGroupCoverage]:
        """One line for each staff group of the audience that works anywhere, by name."""
        names = {cell.staff_group_id: cell.staff_group for cell in self.cells}
        found = self._counts(lambda cell: cell.staff_group_id)
        return [
            StaffGroupCoverage(**asdict(found[key]), staff_group_id=key, name=names[key])
            for key in sorted(found, key=lambda key: names[key])
        ]

    def county(self) -> CountyCoverage:
        """Everybody, each once."""
        found = self._counts(lambda cell: cell.need_id)
        return _county(self.need_id, self.as_at, found.get(self.need_id, rules.Count()))

    def spread(self) -> rules.Spread | None:
        """How far the agencies lie apart."""
        return rules.spread((line.in_force, line.headcount) for line in self.by_agency())

    def missing(self) -> dict[int, list[str]]:
        """By agency, the staff groups that work there and whose headcount is not supplied."""
        found: dict[int, list[str]] = {}
        for cell in self.cells:
            if cell.number is None:
                found.setdefault(cell.agency_id, []).append(cell.staff_group)
        return found

    def _counts(self, by: Callable[[rules.Cell], Key]) -> dict[Key, rules.Count]:
        return rules.counts(self.cells, self.tallies, by=by)


def _agency(agency_id: int, name: str, sector: Sector, count: rules.Count) -> AgencyCoverage:
    found = asdict(count) | {"in_force": count.everywhere}
    return AgencyCoverage(**found, agency_id=agency_id, name=name, sector=sector)


def _county(need_id: int, on: date, count: rules.Count) -> CountyCoverage:
    found = asdict(count)
    del found["returned_on"], found["is_named"]
    return CountyCoverage(**found, need_id=need_id, on=on)


@dataclass(frozen=True)
class Behind:
    """One of the people behind a figure, and what they hold: an award or earlier training until `until`, or
    attendance since `since`; and how they claim a place, where that is asked. `waits` says what they wait for."""

    person_id: int
    name: str
    staff_group: str
    job_title: str
    membership_id: int
    since: date | None
    until: date | None
    basis: int | None
    agency: str
    agencies: int
    standing: int | None
    waits: int | None

    @property
    def is_booked(self) -> bool:
        return self.standing == rules.Standing.BOOKED

    @property
    def waits_for(self) -> str:
        return "" if self.waits is None else rules.Waits(self.waits).label

    @property
    def holds(self) -> str:
        if self.is_trained_only:
            return "Trained, assessment not evidenced"
        if self.is_accredited:
            return "Accredited"
        return "" if self.since is None else "Attended"

    @property
    def is_accredited(self) -> bool:
        return self.basis == parts.AWARDED

    @property
    def is_trained_only(self) -> bool:
        return self.basis == parts.TRAINED


def counted(need: TrainingNeed, *, as_at: date, known_on: date) -> Counted:
    """All that is counted of a need, as at the end of a day and as known on another; in four queries."""
    given = parts.answers(as_at, known_on, need_id=need.id)
    return Counted(need.id, as_at, _cells(given, one_need=True), _tallies(given, one_need=True))


def counted_of_every_need(*, as_at: date, known_on: date) -> dict[int, Counted]:
    """The same of each need that is for anybody, by the need's id; in four queries however many needs."""
    given = parts.answers(as_at, known_on)
    tallies: dict[int, list[rules.Tally]] = {}
    for tally in _tallies(given):
        tallies.setdefault(tally.need_id, []).append(tally)
    cells: dict[int, list[rules.Cell]] = {}
    for cell in _cells(given, one_need=False):
        cells.setdefault(cell.need_id, []).append(cell)
    return {need_id: Counted(need_id, as_at, cells[need_id], tallies.get(need_id, [])) for need_id in cells}


def _cells(given: dict[str, Any], *, one_need: bool) -> list[rules.Cell]:
    found = db.session.execute(statements.cells(one_need=one_need), given)
    return [rules.Cell(*row) for row in found]


def _tallies(
    given: dict[str, Any],
    *,
    one_need: bool = False,
    one_agency: bool = False,
    claims: bool = True,
    refreshers: bool = True,
    in_force: Mapping[int, rules.People] | None = None,
) -> list[rules.Tally]:
    """Who stands how and works where, without those who claim a place, or one of a refresher, where nobody asks for them.

    Who is in force is asked for unless it is given.
    """
    ask = db.session.execute
    if in_force is None:
        in_force = _people(ask(statements.holders(one_need=one_need), given))
    claimed = statements.claimants(one_need=one_need, refreshers=refreshers)
    claimants = ask(claimed, given).all() if claims else ()
    asked = [(need_id, *people.split(";")) for need_id, people in claimants]
    booked = _people((need_id, with_place) for need_id, with_place, _ in asked)
    waiting = _people((need_id, without) for need_id, _, without in asked)
    for need_id, people in waiting.items():
        waiting[need_id] = np.setdiff1d(people, booked.get(need_id, rules.NOBODY), assume_unique=True)
    jobs = ask(statements.jobs(one_need=one_need, one_agency=one_agency), given)
    places = rules.places(_people(((agency, group), people) for agency, group, people in jobs))
    return [
        tally
        for standing, found in zip(rules.Standing, (in_force, booked, waiting), strict=True)
        for need_id, people in found.items()
        for tally in rules.tallies(need_id, standing, people, places)
    ]


def _in_force_on_both(given: dict[str, Any]) -> tuple[dict[int, rules.People], dict[int, rules.People]]:
    """Who is in force on the earlier day, and on the later."""
    held = _people(
        ((need_id, on), people)
        for need_id, days, joined in db.session.execute(statements.holders_on_both(), given)
        for on, people in zip((days, parts.NOW), (joined or "").split(";"), strict=False)
    )

    def on(day: int) -> dict[int, rules.People]:
        found = defaultdict[int, list[rules.People]](list)
        for (need_id, days), people in held.items():
            if days & day:
                found[need_id].append(people)
        return {need_id: rules.each_once(np.concatenate(some)) for need_id, some in found.items()}

    return on(parts.THEN), on(parts.NOW)


def _people(found: Iterable[tuple[Key, str | None]]) -> dict[Key, rules.People]:
    """The people of each key, whose ids the database joined with commas: a row of each would take several times as long."""
    texts = defaultdict[Key, list[str]](list)
    for key, people in found:
        if people:
            texts[key].append(people)
    return {
        key: rules.each_once(np.fromstring(",".join(some), dtype=np.int64, sep=","))
        for key, some in texts.items()
    }


def coverage_on(
    need: TrainingNeed, *, as_at: date, known_on: date
) -> tuple[Sequence[AgencyCoverage], CountyCoverage]:
    """How far each agency that the need is for has come, by name, and the county.

    The county counts each person once, and leaves agencies without a headcount out of both sides.
    """
    found = counted(need, as_at=as_at, known_on=known_on)
    return found.by_agency(), found.county()


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


def coverage_by_sector(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[SectorCoverage]:
    """One row per sector that the need is for, by name."""
    return counted(need, as_at=as_at, known_on=known_on).by_sector()


def coverage_by_staff_group(
    need: TrainingNeed, *, as_at: date, known_on: date
) -> Sequence[StaffGroupCoverage]:
    """One row per staff group that the need is for, by name."""
    return counted(need, as_at=as_at, known_on=known_on).by_staff_group()


def coverage_of_every_need(
    *, as_at: date, known_on: date, refreshers: bool = True
) -> dict[int, CountyCoverage]:
    """The county's figure of each need that is for anybody, by the need's id, in four queries however many needs.

    `refreshers`: whether a place of a refresher makes somebody booked, which meets it only for who held it already.
    """
    return _county_of_each(as_at, known_on, refreshers=refreshers)


def percent_of_every_need(*, as_at: date, known_on: date) -> dict[int, int | None]:
    """The county's percentage of each need that is for anybody, by the need's id; in three queries.

    Without who claims a place: as at an earlier day these are whoever was trained since.
    """
    figures = _county_of_each(as_at, known_on, claims=False)
    return {need_id: figure.percent for need_id, figure in figures.items()}


def coverage_of_every_need_since(
    earlier: date, *, as_at: date, known_on: date
) -> tuple[dict[int, CountyCoverage], dict[int, int | None]]:
    """Both: the figures, and the percentages on an earlier day; in six queries however many needs.

    Who holds what takes longest, and is read once for both days.
    """
    held_before, held = _in_force_on_both(parts.answers(as_at, known_on, earlier=earlier))
    before = _county_of_each(earlier, known_on, claims=False, in_force=held_before)
    return (
        _county_of_each(as_at, known_on, in_force=held),
        {need_id: figure.percent for need_id, figure in before.items()},
    )


def _county_of_each(
    as_at: date,
    known_on: date,
    *,
    claims: bool = True,
    refreshers: bool = True,
    in_force: Mapping[int, rules.People] | None = None,
) -> dict[int, CountyCoverage]:
    given = parts.answers(as_at, known_on)
    cells = _cells(given, one_need=False)
    tallies = _tallies(given, claims=claims, refreshers=refreshers, in_force=in_force)
    found = rules.counts(cells, tallies, by=lambda cell: cell.need_id)
    return {need_id: _county(need_id, as_at, count) for need_id, count in found.items()}


def coverage_of_agency(agency: Agency, *, as_at: date, known_on: date) -> dict[int, AgencyCoverage]:
    """One agency's figure of each need that is for it, by the need's id, in four queries."""
    given = parts.answers(as_at, known_on, agency_id=agency.id)
    cells = [cell for cell in _cells(given, one_need=False) if cell.agency_id == agency.id]
    tallies = _tallies(given, one_agency=True)
    found = rules.counts(cells, tallies, by=lambda cell: cell.need_id)
    return {
        need_id: _agency(agency.id, agency.name, agency.sector, count) for need_id, count in found.items()
    }


def coverage_trend(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[CountyCoverage]:
    """The county's figure at the end of each of the twelve months before a day's own, oldest first; in one query.

    All as known on the one day, so that a return that came late mends the months before it too. It begins with the
    need: there is no figure of a day on which nobody had recorded it.
    """
    days = rules.month_ends_before(as_at)
    found = db.session.execute(
        trend.trend(), parts.answers(as_at, known_on, need_id=need.id, **trend.days_of(days))
    )
    figures = {figure.on: figure for figure in (CountyCoverage(*row) for row in found)}
    return [figures.get(on) or CountyCoverage.nobody(need, on) for on in days if need.existed_on(on)]


def people_behind(
    need: TrainingNeed,
    of: Parts,
    *,
    as_at: date,
    known_on: date,
    standing: rules.Standing | None = rules.Standing.IN_FORCE,
    only_known: bool = False,
) -> Select[*tuple[Any, ...]]:
    """The people behind a number, by name: rows for `Behind`. `only_known` leaves out agencies without a headcount.

    Without a standing: who is of the audience, as far as they are known by name, and not in force.
    """
    given = parts.answers(as_at, known_on, need_id=need.id, only_known=only_known, **asdict(of))
    return statements.people(standing).params(given)


@dataclass(frozen=True)
class Declared:
    """What an agency declared of a part of an audience, empty where any return is missing, and how many of its `people`
    there are known by name."""

    headcount: int | None
    missing: Sequence[str]
    people: int

    @property
    def needs_checking(self) -> bool:
        return rules.needs_checking(self.people, self.headcount)


def declared(need: TrainingNeed, of: Parts, *, as_at: date, known_on: date) -> Declared:
    """The headcount of a part of the audience at one agency beside its people, each once; in two queries."""
    given = parts.answers(as_at, known_on, need_id=need.id, agency_id=of.agency_id)
    cells = [cell for cell in _cells(given, one_need=True) if of.has(cell)]
    missing = [cell.staff_group for cell in cells if cell.number is None]
    jobs = {cell.job for cell in cells}
    found = db.session.execute(statements.jobs(one_need=True, one_agency=True), given)
    people = _people((of, people) for agency_id, group_id, people in found if (agency_id, group_id) in jobs)
    return Declared(
        headcount=None if missing else sum(cell.number or 0 for cell in cells),
        missing=missing,
        people=len(people.get(of, rules.NOBODY)),
    )
