"""Which counts of coverage may be published, so that none that is too small can be worked out from the others.

The tables of a need (by agency, by sector, by staff group, the county) are published together and add up. A small
count is *kept back* in each; where the others would give it away, some of them are kept back too.

Whoever tries to work a count out is taken to know more than any reader does: which staff groups each agency has, who
counts in two places, and that nobody declares fewer people than are in force, but where the table says so. A count
is safe when it can be one more or less, and everything published stays what it is and possible.

Each person is in the county, a sector, an agency and a staff group, and that is a way round: from the county to where
they work, from there to what they are, and back to the county. What can be one more or less is a circle of such ways,
gone forward where it is more and backward where it is less; a count that it goes through is to be kept back. The
circle for which the least is kept back is a shortest path.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

Key = Hashable
Cost = tuple[int, int, int, int]

WITHHELD = "Withheld"
"""What stands, on pages and in files, for a figure that is not published."""

WHERE, WHO = "where they work", "what they are"
"""Everybody, by agency and by staff group: where circles that go through the county begin and end."""

NOTHING: Cost = (0, 0, 0, 0)


@dataclass(frozen=True)
class Cell:
    """A count that could be published, and from where to where whoever it counts goes; `is_total` of other counts."""

    key: Key
    count: int
    headcount: int | None
    begins: Key
    ends: Key
    is_total: bool = False

    @property
    def cost(self) -> Cost:
        """What it costs to keep it back: the county most, then a sector, then a line of many people."""
        size = self.count if self.headcount is None else self.headcount
        return int(self.ends == WHERE), int(self.is_total), 1, size


@dataclass(frozen=True)
class Place:
    """The people of one staff group at one agency who work nowhere else: so many, and at most so many if that is known."""

    agency: Key
    ends: Key
    count: int
    most: int | None


def is_small(count: int, headcount: int | None, *, below: int) -> bool:
    """Whether a count may point at people: under `below`, or that near to the headcount without reaching it.

    That everybody is in force says nothing against anybody; that nobody is does.
    """
    missing = None if headcount is None else headcount - count
    return count < below or (missing is not None and 0 < missing < below)


def kept_back(cells: Sequence[Cell], places: Sequence[Place], *, small: Collection[Key]) -> set[Key]:
    """The counts that are not published: the small ones, and of the others as few as make them safe.

    Totals are kept back last, then the lines with the fewest people. A small one is safe from the lead of any other
    agency too, who knows whom that agency has. A count that nobody needs a table to know cannot be made safe.
    """
    ways = _Ways(cells, places)
    kept = set(small)
    for cell in cells:
        if cell.key in small:
            circle = ways.circle(cell, kept)
            kept |= _counts(circle)
            told = {step.to for step in circle} & ways.agencies - {cell.key}
            for agency in sorted(told, key=str) if not cell.is_total else ():
                kept |= _counts(ways.circle(cell, kept, without=agency))
    return kept


class Step(NamedTuple):
    """One step of a circle, and the count that it is in, if any could be published."""

    to: Key
    cell: Cell | None


def _counts(circle: Iterable[Step]) -> set[Key]:
    return {step.cell.key for step in circle if step.cell}


class _Ways:
    """All that a person more or less can go through."""

    def __init__(self, cells: Iterable[Cell], places: Iterable[Place]) -> None:
        self.agencies = {place.agency for place in places}
        self._ways: dict[Key, list[Step]] = {}
        for cell in cells:
            self._add(cell.begins, cell.ends, cell)
            self._add(cell.ends, cell.begins, cell)
        for place in places:
            if place.most is None or place.count != place.most:
                self._add(place.agency, place.ends, None)
            if place.count:
                self._add(place.ends, place.agency, None)

    def _add(self, begins: Key, ends: Key, cell: Cell | None) -> None:
        self._ways.setdefault(begins, []).append(Step(ends, cell))

    def circle(self, cell: Cell, kept: Collection[Key], *, without: Key | None = None) -> Sequence[Step]:
        """The cheapest circle through a count, one more or one less, that touches one agency not at all; or nothing."""
        more = self._path(cell.ends, cell.begins, cell, kept, without)
        less = self._path(cell.begins, cell.ends, cell, kept, without)
        found = [one for one in (more, less) if one]
        return min(found, key=lambda one: one[0])[1] if found else ()

    def _path(
        self, begins: Key, ends: Key, but: Cell, kept: Collection[Key], without: Key | None
    ) -> tuple[Cost, tuple[Step, ...]] | None:
        turn = count()  # settles what costs the same, first come
        to_see: list[tuple[Cost, int, Key, tuple[Step, ...]]] = [(NOTHING, next(turn), begins, ())]
        seen = {without}
        while to_see:
            cost, _, here, passed = heappop(to_see)
            if here == ends:
                return cost, passed
            if here in seen:
                continue
            seen.add(here)
            for step in self._ways.get(here, ()):
                if step.to not in seen and step.cell is not but:
                    more = step.cell.cost if step.cell and step.cell.key not in kept else NOTHING
                    heappush(to_see, (_sum(cost, more), next(turn), step.to, (*passed, step)))
        return None


def _sum(one: Cost, other: Cost) -> Cost:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]
