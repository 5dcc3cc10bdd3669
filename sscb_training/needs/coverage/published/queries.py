"""The figures of a need as they may be published: all three tables and the county, made safe together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sscb_training.needs.coverage import rules as coverage
from sscb_training.needs.coverage.published.rules import WHERE, WHO, Cell, Key, Place, is_small, kept_back
from sscb_training.needs.coverage.queries import Counted, CountyCoverage, Line, counted_of_every_need

COUNTY = "county"


@dataclass(frozen=True)
class PublishedLine:
    """A line as everybody may read it. What is kept back is empty: in force, and what would tell it."""

    name: str
    headcount: int | None
    in_force: int | None

    @property
    def is_kept_back(self) -> bool:
        return self.in_force is None

    @property
    def percent(self) -> int | None:
        return None if self.in_force is None else coverage.percent(self.in_force, self.headcount)

    @property
    def gap(self) -> int | None:
        return None if self.in_force is None else coverage.gap(self.in_force, self.headcount)

    @property
    def needs_checking(self) -> bool:
        return self.in_force is not None and coverage.needs_checking(self.in_force, self.headcount)


@dataclass(frozen=True)
class Published:
    """The tables of a need that may be published together. `booked` and `waiting` are of the county, empty if small."""

    by_agency: Sequence[PublishedLine]
    by_sector: Sequence[PublishedLine]
    by_staff_group: Sequence[PublishedLine]
    county: PublishedLine
    left_out: int
    booked: int | None
    waiting: int | None

    def spread(self) -> coverage.Spread | None:
        """How far the agencies lie apart whose figures are shown."""
        shown = [(line.in_force, line.headcount) for line in self.by_agency if line.in_force is not None]
        return coverage.spread(shown)


def published(counted: Counted, *, below: int) -> Published:
    """What may be published of all that was counted of a need: no count under `below`, nor one that would tell it."""
    county, cells = counted.county(), cells_of(counted)
    kept = kept_back(cells, places_of(counted), small=small_ones(cells, below=below))
    return Published(
        by_agency=[_line(one, ("agency", one.agency_id) in kept) for one in counted.by_agency()],
        by_sector=[_line(one, ("sector", one.sector) in kept) for one in counted.by_sector()],
        by_staff_group=[
            _line(one, ("group", one.staff_group_id) in kept) for one in counted.by_staff_group()
        ],
        county=PublishedLine(
            "County, each person once",
            county.headcount,
            None if COUNTY in kept or county.headcount is None else county.in_force,
        ),
        left_out=county.left_out,
        booked=None if county.booked < below else county.booked,
        waiting=None if county.waiting < below else county.waiting,
    )


def cells_of(counted: Counted) -> list[Cell]:
    """The counts of all tables. The county is one where any headcount is known: without one it is not published.

    An agency without a headcount is in no total of those with one.
    """
    county = counted.county()
    cells: list[Cell] = []
    sectors = {line.sector: line.headcount is not None for line in counted.by_sector()}

    def add(
        key: Key, figure: Line | CountyCoverage, begins: Key, ends: Key, *, is_total: bool = False
    ) -> None:
        cells.append(Cell(key, _count(figure), figure.headcount, begins, ends, is_total))

    for agency in counted.by_agency():
        at, is_part = ("agency", agency.agency_id), (agency.headcount is not None) == sectors[agency.sector]
        add(at, agency, ("sector", agency.sector) if is_part else WHO, at)
    for sector in counted.by_sector():
        there = ("sector", sector.sector)
        add(there, sector, WHERE if sectors[sector.sector] else WHO, there, is_total=True)
    for group in counted.by_staff_group():
        they = ("group", group.staff_group_id)
        add(they, group, they, WHO)
    if county.headcount is not None:
        add(COUNTY, county, WHO, WHERE, is_total=True)
    return cells


def places_of(counted: Counted) -> list[Place]:
    """Where the people who are counted work. A place without a headcount is not in its staff group's count, unless no
    place of that group has one."""
    has_headcount = {group.staff_group_id: group.headcount is not None for group in counted.by_staff_group()}
    alone, twice = Counter[coverage.Job](), Counter[coverage.Job]()
    jobs_counted = {cell.job for cell in counted.cells}
    for tally in counted.tallies:
        if tally.standing is coverage.Standing.IN_FORCE:
            jobs = tally.jobs & jobs_counted
            for job in jobs:
                (alone if len(jobs) == 1 else twice)[job] += tally.people
    return [
        Place(
            ("agency", cell.agency_id),
            WHO
            if cell.number is None and has_headcount[cell.staff_group_id]
            else ("group", cell.staff_group_id),
            alone[cell.job],
            None if cell.number is None else cell.number - twice[cell.job],
        )
        for cell in counted.cells
    ]


def small_ones(cells: Sequence[Cell], *, below: int) -> set[Key]:
    """The counts that may point at people. Of nobody, nobody in force is not one."""
    return {
        cell.key
        for cell in cells
        if is_small(cell.count, cell.headcount, below=below) and (cell.count, cell.headcount) != (0, 0)
    }


def published_of_every_need(*, as_at: date, known_on: date, below: int) -> dict[int, Published]:
    """What may be published of each need that is for anybody, by the need's id; in four queries."""
    every = counted_of_every_need(as_at=as_at, known_on=known_on)
    return {need_id: published(found, below=below) for need_id, found in every.items()}


def _line(line: Line, is_kept: bool) -> PublishedLine:
    return PublishedLine(line.name, line.headcount, None if is_kept else _count(line))


def _count(figure: Line | CountyCoverage) -> int:
    """Who is in force, or where no headcount is known, who is so everywhere."""
    return figure.in_force if figure.headcount is not None else figure.everywhere
