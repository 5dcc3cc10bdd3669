"""Published counts, against somebody who tries every number that could stand in place of those kept back."""

from collections.abc import Callable
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.needs.coverage.published.rules import Cell, Key, is_small, kept_back

BELOW = 3


@st.composite
def tables(draw: st.DrawFn) -> list[Cell]:
    """People of a small county, some with two jobs, counted by agency, by sector, by kind of person and in all.

    Agencies whose headcount is not known count in no total but, in part, in those of kinds of people.
    """
    agencies = range(draw(st.integers(1, 4)))
    sector = [draw(st.integers(0, 1)) for _ in agencies]
    known = {(a, g): draw(st.integers(0, 4)) > 0 for a in agencies for g in (0, 1)}
    job = st.tuples(st.sampled_from(agencies), st.integers(0, 1))
    people = draw(st.lists(st.lists(job, min_size=1, max_size=2), max_size=12))
    missing = [draw(st.integers(0, 3)) for _ in agencies]
    declared = [a for a in agencies if known[a, 0] and known[a, 1]]

    def count(jobs_of: Callable[[int, int], bool]) -> int:
        return sum(any(jobs_of(*one) for one in jobs) for jobs in people)

    cells = []
    for a in agencies:
        counted = count(lambda agency, _, a=a: agency == a)  # type: ignore[misc]
        totals = (("sector", sector[a]), "county") if a in declared else ()
        most = counted + missing[a] if a in declared else 0
        cells.append(Cell(("agency", a), counted, most or None, totals))
    for s in sorted({sector[a] for a in declared}):
        counted = count(lambda agency, _, s=s: agency in declared and sector[agency] == s)  # type: ignore[misc]
        most = sum(cell.most or 0 for cell in cells if ("sector", s) in cell.totals)
        cells.append(Cell(("sector", s), counted, most or None, ("county",), is_total=True))
    for g in (0, 1):
        some = any(known[a, g] for a in agencies)
        counted = count(lambda agency, group, g=g, some=some: group == g and (known[agency, g] or not some))  # type: ignore[misc]
        cells.append(Cell(("group", g), counted, None, ("county",) if declared else (), of_people=True))
    most = sum(cell.most or 0 for cell in cells if "county" in cell.totals and not cell.is_total)
    in_all = Cell("county", count(lambda agency, _: agency in declared), most or None, is_total=True)
    return [*cells, in_all] if declared else cells


def what_remains(cells: list[Cell], kept: set[Key]) -> dict[Key, set[int]]:
    """Up to two values of each count that is kept back, for one who knows all others and how often people count twice."""
    *lines, last = [cell for cell in cells if not cell.is_total]
    sums = sum(_signed(cell, cell.count) for cell in lines) - last.count
    remain: dict[Key, set[int]] = {key: set() for key in kept}
    for counts in product(*(_values(cell, kept) for cell in lines)):
        guess = {cell.key: n for cell, n in zip(lines, counts, strict=True)}
        guess[last.key] = sum(_signed(cell, guess[cell.key]) for cell in lines) - sums
        for total in cells:
            if total.is_total:
                parts = [cell for cell in lines if total.key in cell.totals and not cell.of_people]
                guess[total.key] = total.count + sum(guess[cell.key] - cell.count for cell in parts)
        if all(_fits(cell, guess, cells) and guess[cell.key] in _values(cell, kept) for cell in cells):
            for key in kept:
                remain[key].add(guess[key])
            if all(len(values) > 1 for values in remain.values()):
                break
    return remain


def _signed(cell: Cell, count: int) -> int:
    return -count if cell.of_people else count


def _values(cell: Cell, kept: set[Key]) -> range:
    if cell.key not in kept:
        return range(cell.count, cell.count + 1)
    return range((cell.most if cell.most is not None else cell.count + 2) + 1)


def _fits(cell: Cell, guess: dict[Key, int], cells: list[Cell]) -> bool:
    """No line has more people than the total that it is part of."""
    return all(
        guess[cell.key] <= guess[total.key]
        for total in cells
        if total.key in cell.totals and cell.count <= total.count
    )


@settings(max_examples=400, deadline=None)
@given(tables())
def test_no_count_that_is_kept_back_can_be_worked_out(cells: list[Cell]) -> None:
    small = {cell.key for cell in cells if is_small(cell.count, cell.most, below=BELOW)}

    kept = kept_back(cells, small=small)

    assert small <= kept
    if len(kept) < len(cells):  # else there is nothing to work anything out from
        for key, counts in what_remains(cells, kept).items():
            assert len(counts) >= 2, key
        totals = {cell.key for cell in cells if cell.is_total}
        for led in [cell.key for cell in cells if isinstance(cell.key, tuple) and cell.key[0] == "agency"]:
            for key, counts in what_remains(cells, kept - {led}).items():
                assert len(counts) >= 2 or key not in small or key in totals, (
                    key,
                    "told to the lead of",
                    led,
                )
