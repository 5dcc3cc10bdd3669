"""Published counts, against somebody who tries every number that could stand in place of those kept back."""

from collections.abc import Collection
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.agencies.models import Sector
from sscb_training.needs.coverage.published.queries import cells_of, places_of, small_ones
from sscb_training.needs.coverage.published.rules import Cell, Key, Place, kept_back
from sscb_training.needs.coverage.queries import Counted
from sscb_training.needs.coverage.rules import Cell as Group
from sscb_training.needs.coverage.rules import Job, Standing, Tally

BELOW = 3
DAY = date(2026, 9, 30)
SECTORS = (Sector.EDUCATION, Sector.POLICE)


@st.composite
def counties(draw: st.DrawFn) -> Counted:
    """People of a small county as coverage counts them. Agencies have some of the staff groups; some headcounts are not
    known, and some are too low."""
    agencies, groups = range(draw(st.integers(1, 4))), range(draw(st.integers(1, 3)))
    every = [(agency, group) for agency in agencies for group in groups]
    places = draw(st.lists(st.sampled_from(every), min_size=1, max_size=7, unique=True))
    people = draw(st.lists(st.frozensets(st.sampled_from(places), min_size=1, max_size=2), max_size=12))
    sectors = [draw(st.sampled_from(SECTORS)) for _ in agencies]
    cells = []
    for agency, group in sorted(places):
        work_there = sum((agency, group) in one for one in people)
        declared = [work_there, work_there + 1, work_there + 3, max(work_there - 1, 0), None]
        number = draw(st.sampled_from(declared))
        cells.append(Group(1, agency, str(agency), sectors[agency], group, str(group), number, None, False))

    def tally(standing: Standing, jobs: frozenset[Job]) -> Tally:
        return Tally(1, standing, jobs, 1)

    standings = st.tuples(st.sampled_from([Standing.BOOKED, Standing.WAITING]), st.sampled_from(places))
    asking = draw(st.lists(standings, max_size=6))
    return Counted(
        1,
        DAY,
        cells,
        [tally(Standing.IN_FORCE, one) for one in people]
        + [tally(standing, frozenset([job])) for standing, job in asking],
    )


def what_remains(
    cells: list[Cell], places: list[Place], kept: Collection[Key], *, led: Key | None = None
) -> dict[Key, set[int]]:
    """Up to two values of each count that is kept back, for one who knows all others, what every place could have at
    most and who works in two; and of the agency that they lead, everybody."""
    through = {cell.key: [_is_in(cell, place, cells) for place in places] for cell in cells}
    remain: dict[Key, set[int]] = {key: {0} for key in kept}  # each as it is
    for steps in product(*((0,) if place.agency == led else _steps(place) for place in places)):
        more = {
            key: sum(step for step, is_in in zip(steps, through[key], strict=True) if is_in)
            for key in through
        }
        if all(more[key] == 0 for key in more if key not in kept):
            for key in kept:
                remain[key].add(more[key])
            if all(len(values) > 1 for values in remain.values()):
                break
    return remain


def _steps(place: Place) -> list[int]:
    """How many people fewer or more there could be."""
    up = [] if place.count == place.most else [1]
    return [0, *up, *([-1] if place.count else [])]


def _is_in(cell: Cell, place: Place, cells: list[Cell]) -> bool:
    """Whether a place's people are in a count: they are where they work, in what that is part of, and what they are."""
    by_key = {one.key: one for one in cells}
    way = {place.agency, place.ends}
    above = by_key[place.agency].begins
    while above in by_key:
        way.add(above)
        above = by_key[above].begins
    return cell.key in way or (cell.key == "county" and above == "where they work")


@settings(max_examples=150, deadline=None)
@given(counties())
def test_no_count_that_is_kept_back_can_be_worked_out(counted: Counted) -> None:
    cells, places = cells_of(counted), places_of(counted)
    small = small_ones(cells, below=BELOW)

    kept = kept_back(cells, places, small=small)

    assert small <= kept
    known = {
        key
        for key, values in what_remains(cells, places, {cell.key for cell in cells}).items()
        if len(values) < 2
    }
    for key, values in what_remains(cells, places, kept).items():
        assert len(values) > 1 or key in known, key  # known to whoever knows who works in two places
    totals = {cell.key for cell in cells if cell.is_total}
    for led in {place.agency for place in places}:
        everything = {cell.key for cell in cells}
        known = {
            key for key, values in what_remains(cells, places, everything, led=led).items() if len(values) < 2
        }
        for key, values in what_remains(cells, places, kept, led=led).items():
            assert len(values) > 1 or key in known or key not in small - totals, (
                key,
                "told to the lead of",
                led,
            )


def test_nobody_is_a_small_count_only_where_there_is_somebody() -> None:
    nobody, one = (Cell(n, 0, n, "a", "b") for n in (0, 1))

    assert small_ones([nobody, one], below=5) == {1}
