"""What a coverage figure may say. People in force ÷ the headcount that was declared, and no guess in between."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from statistics import quantiles
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sscb_training.agencies import rules as agencies

Line = TypeVar("Line", bound=Hashable)

Job = tuple[int, int]
"""An agency and a staff group, where somebody works."""

People = NDArray[np.int64]
"""The ids of people, in order, each once."""

NOBODY: People = np.array([], dtype=np.int64)

ENOUGH_PEOPLE = 10
ENOUGH_AGENCIES = 4


class Standing(IntEnum):
    """How somebody stands to a need on a day."""

    IN_FORCE = 0
    BOOKED = 1
    WAITING = 2


class Waits(IntEnum):
    """What somebody waits for, the nearest to a place first."""

    OFFER = 0
    WAITING_LIST = 1
    APPROVAL = 2

    @property
    def label(self) -> str:
        return {
            Waits.OFFER: "Place offered",
            Waits.WAITING_LIST: "On the waiting list",
            Waits.APPROVAL: "Waiting for approval",
        }[self]


@dataclass(frozen=True)
class Cell:
    """A staff group of an agency that a need is for; `number` is empty while its headcount is not known."""

    need_id: int
    agency_id: int
    agency: str
    sector: str
    staff_group_id: int
    staff_group: str
    number: int | None
    returned_on: date | None
    is_named: bool

    @property
    def job(self) -> Job:
        return self.agency_id, self.staff_group_id


@dataclass(frozen=True)
class Tally:
    """So many people stand so to a need and work in these places."""

    need_id: int
    standing: Standing
    jobs: frozenset[Job]
    people: int


def each_once(ids: People) -> People:
    """Ids in any order, some of them several times, as people. Its memory goes by the highest id: a byte for each."""
    is_there = np.zeros(ids.max(initial=-1) + 1, dtype=bool)
    is_there[ids] = True
    return np.flatnonzero(is_there)


@dataclass(frozen=True)
class Places:
    """All the jobs that somebody has together, numbered: 0 is none. `of_person` has the number of each person, by id."""

    jobs: Sequence[frozenset[Job]]
    of_person: NDArray[np.int64]


def places(workers: Mapping[Job, People]) -> Places:
    """Where everybody works, from who works in each job."""
    numbers = {frozenset[Job](): 0}
    times = np.bincount(np.concatenate([*workers.values(), NOBODY]))
    of_person = np.zeros_like(times)
    several = defaultdict[int, set[Job]](set)
    for job, people in workers.items():
        of_person[people] = numbers.setdefault(frozenset([job]), len(numbers))
        for person in people[times[people] > 1].tolist():
            several[person].add(job)
    for person, jobs in several.items():
        of_person[person] = numbers.setdefault(frozenset(jobs), len(numbers))
    return Places(list(numbers), of_person)


def tallies(need_id: int, standing: Standing, people: People, places: Places) -> list[Tally]:
    """People who stand so to a need, those of the same jobs together; whoever has no job is left out."""
    numbers = places.of_person[people[people < len(places.of_person)]]
    counted = np.bincount(numbers, minlength=len(places.jobs)).tolist()
    return [
        Tally(need_id, standing, jobs, number)
        for jobs, number in zip(places.jobs, counted, strict=True)
        if jobs and number
    ]


@dataclass
class Count:
    """What is counted in one line. In force, and the headcount, leave out the agencies whose headcount is not known."""

    headcount: int | None = None
    in_force: int = 0
    everywhere: int = 0
    booked: int = 0
    waiting: int = 0
    agencies: int = 0
    left_out: int = 0
    returned_on: date | None = None
    is_named: bool = False


def counts(
    cells: Iterable[Cell], tallies: Iterable[Tally], *, by: Callable[[Cell], Line]
) -> dict[Line, Count]:
    """Each line's count, in the order of the cells: every person once in each line that one of their jobs is in.

    An agency's headcount is known in a line when the number of each of its staff groups there is.
    """
    found: dict[Line, Count] = {}
    line_of: dict[tuple[int, Job], Line] = {}
    known: set[tuple[int, Job]] = set()
    for (line, _), there in _grouped(cells, by):
        count = found.setdefault(line, Count())
        numbers = [cell.number for cell in there if cell.number is not None]
        count.agencies += 1
        line_of |= {(cell.need_id, cell.job): line for cell in there}
        if len(numbers) == len(there):
            count.headcount = (count.headcount or 0) + sum(numbers)
            known |= {(cell.need_id, cell.job) for cell in there}
        else:
            count.left_out += 1
        dates = [cell.returned_on for cell in there if cell.returned_on]
        count.returned_on = min([*dates, *([count.returned_on] if count.returned_on else [])], default=None)
        count.is_named |= any(cell.is_named for cell in there)
    for tally in tallies:
        jobs = [job for job in ((tally.need_id, job) for job in tally.jobs) if job in line_of]
        for line in {line_of[job] for job in jobs}:
            _add(found[line], tally)
        for line in {line_of[job] for job in jobs if job in known and tally.standing is Standing.IN_FORCE}:
            found[line].in_force += tally.people
    return found


def _grouped(
    cells: Iterable[Cell], by: Callable[[Cell], Line]
) -> Iterable[tuple[tuple[Line, int], list[Cell]]]:
    """The cells of each agency in each line."""
    found: dict[tuple[Line, int], list[Cell]] = {}
    for cell in cells:
        found.setdefault((by(cell), cell.agency_id), []).append(cell)
    return found.items()


def _add(count: Count, tally: Tally) -> None:
    match tally.standing:
        case Standing.IN_FORCE:
            count.everywhere += tally.people
        case Standing.BOOKED:
            count.booked += tally.people
        case Standing.WAITING:
            count.waiting += tally.people


@dataclass(frozen=True)
class Spread:
    """How far agencies lie apart, in percent of their headcounts; `agencies` of them have enough people to compare."""

    lowest: int
    quarter: int
    middle: int
    three_quarters: int
    highest: int
    agencies: int


def spread(figures: Iterable[tuple[int, int | None]]) -> Spread | None:
    """Of agencies' people in force and headcounts: the lowest share, the highest, and those between which quarters lie.

    An agency with a headcount under 10 is left out, for there one person is more than a tenth. With fewer than four
    agencies there are no quarters, and nothing to say. The shares are those of the agencies' own lines, rounded as there.
    """
    shares = sorted(
        share
        for in_force, headcount in figures
        if headcount is not None and headcount >= ENOUGH_PEOPLE
        if (share := percent(in_force, headcount)) is not None
    )
    if len(shares) < ENOUGH_AGENCIES:
        return None
    quarter, middle, three_quarters = (
        int(share + 0.5) for share in quantiles(shares, n=4, method="inclusive")
    )
    return Spread(shares[0], quarter, middle, three_quarters, shares[-1], len(shares))


def percent(in_force: int, headcount: int | None) -> int | None:
    """The share of the headcount, to a whole percent; nothing without a headcount, or with one of nought.

    It says 100 only when nobody is missing and 0 only when nobody is in force. Above 100 it is not capped: more
    people than the agency declared means that its return is out of date.
    """
    if not headcount:
        return None
    share = (200 * in_force + headcount) // (2 * headcount)
    if 0 < in_force < headcount:
        return min(99, max(1, share))
    return share


def gap(in_force: int, headcount: int | None) -> int | None:
    """How many people are still to train; never below 0, and unknown without a headcount."""
    return None if headcount is None else max(0, headcount - in_force)


def needs_checking(people: int, headcount: int | None) -> bool:
    """Whether more people are in force, or known by name, than the agency says it employs."""
    return headcount is not None and people > headcount


def is_old(returned_on: date | None, *, as_at: date) -> bool:
    """Whether the yearly return that a headcount rests on was overdue on the day."""
    return returned_on is not None and agencies.is_old(returned_on, on=as_at)


def month_ends_before(as_at: date) -> list[date]:
    """The ends of the twelve months before a day's own month, oldest first."""
    year, month = as_at.year, as_at.month
    ends = []
    for _ in range(12):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        ends.append(date(year, month, monthrange(year, month)[1]))
    return ends[::-1]
