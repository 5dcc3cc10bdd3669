"""Which counts of coverage may be published, so that none that is too small can be worked out from the others.

The tables of a need (by agency, by sector, by staff group, the county) are published together and add up. A small
count is *kept back* in each; where the others would give it away, some of them are kept back too.

Whoever tries to work a count out is taken to know more than any reader does: how many people stand in two lines, so
that the tables add up to the last person, and that nobody declares fewer people than are in force, but where the
table says so. A count is safe when two of those kept back can be one more or less, and everything published stays
what it is and possible: so at least two values of it remain.
"""

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

Key = Hashable

WITHHELD = "Withheld"
"""What stands, on pages and in files, for a figure that is not published."""


@dataclass(frozen=True)
class Cell:
    """A count that could be published: at most so many, as far as is known, and the totals that it is part of, the
    nearest first. One of `people` is a kind of person rather than where they work, and such counts add up to as many."""

    key: Key
    count: int
    most: int | None = None
    totals: tuple[Key, ...] = ()
    of_people: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Move:
    """One person more or fewer in each of these counts, which leaves all others as they are."""

    changes: dict[Key, int]


def is_small(count: int, headcount: int | None, *, below: int) -> bool:
    """Whether a count may point at people: under `below`, or that near to the headcount without reaching it.

    That everybody is in force says nothing against anybody; that nobody is does.
    """
    missing = None if headcount is None else headcount - count
    return count < below or (missing is not None and 0 < missing < below)


def kept_back(cells: Sequence[Cell], *, small: Collection[Key]) -> set[Key]:
    """The counts that are not published: the small ones, and of the others as few as make them safe.

    Totals are kept back last, then the lines with the fewest people. A small one is safe from the lead of any other
    agency too, who knows that agency's count. When nothing makes a count safe, none is published.
    """
    tables = _Tables(cells)
    kept = {cell.key for cell in cells if cell.key in small}
    for cell in cells:
        if cell.key in kept:
            move = tables.cheapest_move(cell.key, kept)
            if move is None:
                return {cell.key for cell in cells}
            kept |= set(move.changes)
            others = [key for key in move.changes if key != cell.key and tables.has_a_lead(key)]
            for told in others if cell.key in small and not cell.is_total else ():
                beside = tables.cheapest_move(cell.key, kept, still=told)
                if beside is None:
                    return {cell.key for cell in cells}
                kept |= set(beside.changes)
    return kept


class _Tables:
    """The cells with what they are part of and what is part of them."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = {cell.key: cell for cell in cells}
        self.lines = [cell for cell in cells if not cell.is_total]

    @cached_property
    def parts(self) -> dict[Key, list[Cell]]:
        found: dict[Key, list[Cell]] = {}
        for cell in self.cells.values():
            for total in cell.totals:
                found.setdefault(total, []).append(cell)
        return found

    def has_a_lead(self, key: Key) -> bool:
        """Whether a count is an agency's, which whoever leads it knows."""
        cell = self.cells[key]
        return not cell.is_total and not cell.of_people

    def cheapest_move(self, key: Key, kept: set[Key], *, still: Key | None = None) -> Move | None:
        """The move of this count for which the least more must be kept back, and which leaves one count `still`."""
        best, least = None, None
        for move in self._moves(key):
            if still in move.changes:
                continue
            cost = self._cost(move, kept)
            if (least is None or cost < least) and self._is_possible(move):
                best, least = move, cost
                if not any(cost):
                    break
        return best

    def _moves(self, key: Key) -> Iterator[Move]:
        """A person more in one line, and as the tables add up, one fewer in another or one more in the other table."""
        cell = self.cells[key]
        for one in self.lines if cell.is_total else [cell]:
            for other in self.lines:
                if other.key != one.key and self._moves_it(key, one, other):
                    sign = 1 if one.of_people != other.of_people else -1
                    for first in (1, -1):
                        yield self._move((one, first), (other, first * sign))

    def _moves_it(self, key: Key, one: Cell, other: Cell) -> bool:
        """Whether a count moves with a person more in one line, and as many more or fewer in the other."""
        parts = [not line.of_people and key in line.totals for line in (one, other)]
        return not self.cells[key].is_total or parts[0] != parts[1]

    def _move(self, *steps: tuple[Cell, int]) -> Move:
        changes: dict[Key, int] = {}
        for cell, step in steps:
            for key in (cell.key, *(() if cell.of_people else cell.totals)):
                changes[key] = changes.get(key, 0) + step
        return Move({key: change for key, change in changes.items() if change})

    def _cost(self, move: Move, kept: set[Key]) -> tuple[int, int, int, int]:
        more = [self.cells[key] for key in move.changes if key not in kept]
        totals = [cell for cell in more if cell.is_total]
        return (
            sum(not cell.totals for cell in totals),
            len(totals),
            len(more),
            sum(cell.most if cell.most is not None else cell.count for cell in more),
        )

    def _is_possible(self, move: Move) -> bool:
        return all(self._may_be(self.cells[key], move) for key in move.changes)

    def _may_be(self, cell: Cell, move: Move) -> bool:
        """Whether nobody could tell that the count is not what it would be after the move."""
        count = self._after(cell, move)
        if count < 0 or (cell.most is not None and cell.count <= cell.most < count):
            return False
        beside = [(cell, self.cells[total]) for total in cell.totals]
        beside += [(part, cell) for part in self.parts.get(cell.key, [])]
        return all(
            self._after(part, move) <= self._after(total, move)
            for part, total in beside
            if part.count <= total.count
        )

    def _after(self, cell: Cell, move: Move) -> int:
        return cell.count + move.changes.get(cell.key, 0)
