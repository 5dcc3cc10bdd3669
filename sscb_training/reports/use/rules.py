"""How training dates were used, as rates that each name what they are a share of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

from sscb_training.bookings.models import CancelReason
from sscb_training.reports.rules import Rate

OTHERS = "Illness, bereavement or another reason"
"""What is nobody's business is never counted by itself: the figures of two periods could be taken from one another."""
NOT_ASKED = "No reason given"


@dataclass(frozen=True)
class Use:
    """What became of the places of some training dates.

    `booked` are the places that were booked beforehand, `cancelled` those of them that the delegate gave up, and
    `cancelled_late` those of these that were given up after it was free to. `attended` counts everybody who came to all
    of it that took place, `unscheduled` those of them who came without booking. Of those who did not attend, some
    are `excused`. What the board cancelled, places and dates, is in none of these figures. Dates whose register is not
    closed have no outcomes yet: they are `open_registers` and in no other figure.
    """

    dates: int = 0
    capacity: int = 0
    booked: int = 0
    cancelled: int = 0
    cancelled_late: int = 0
    attended: int = 0
    unscheduled: int = 0
    part_attended: int = 0
    did_not_attend: int = 0
    excused: int = 0
    cancelled_by_board: int = 0
    dates_cancelled: int = 0
    open_registers: int = 0

    @property
    def expected(self) -> int:
        """Booked and not cancelled: who should have come."""
        return self.booked - self.cancelled

    @property
    def came_as_booked(self) -> int:
        """Those who attended and had booked: walk-ins cannot stand in for bookings."""
        return self.attended - self.unscheduled

    def __add__(self, other: Self) -> "Use":
        return Use(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True))
        )


def left_out(use: Use) -> str:
    """How many dates the rates leave out because nobody closed their register; empty when none."""
    if use.open_registers == 1:
        return "1 register is still open and left out"
    return f"{use.open_registers:,} registers are still open and left out" if use.open_registers else ""


def came_as_booked(use: Use) -> Rate:
    """Who came to all of it and had booked, of those expected."""
    return Rate(use.came_as_booked, use.expected, "booked and not cancelled")


def no_show(use: Use) -> Rate:
    """Who did not come at all, of those expected. A late cancellation is not a no-show; an excused absence is one."""
    return Rate(use.did_not_attend, use.expected, "booked and not cancelled")


def seats_filled(use: Use) -> Rate:
    """Who came to all of it, with or without booking, of the places that there were."""
    return Rate(use.attended, use.capacity, "place" if use.capacity == 1 else "places")


def share(use: Use, *, of: Use) -> Rate:
    """Who came to all of it, of everybody who did."""
    return Rate(use.attended, of.attended, "who attended")


class By(StrEnum):
    """What the figures are set out by."""

    COURSE = "course"
    DATE = "date"
    AGENCY = "agency"
    SECTOR = "sector"
    MONTH = "month"

    @property
    def heading(self) -> str:
        return self.value.capitalize()

    @property
    def label(self) -> str:
        return f"By {self.value}"

    @property
    def all_words(self) -> str:
        """What the line of the whole is called."""
        return "All agencies" if self is By.AGENCY else f"All {self.value}s"

    @property
    def of_people(self) -> bool:
        """Whether a line is of some of the people on a date, who have no share of its places."""
        return self in (By.AGENCY, By.SECTOR)


@dataclass(frozen=True)
class Line:
    """One line of the figures. `leads_to` is what its link asks of the same page; `order` is its place by name."""

    name: str
    use: Use
    order: tuple[object, ...]
    leads_to: Mapping[str, object] = field(default_factory=dict)
    training_session_id: int | None = None


@dataclass(frozen=True)
class Column:
    """One column of the figures: a number, with one that it includes, or a rate."""

    key: str
    heading: str
    number: Callable[[Use], int] | None = None
    of_them: Callable[[Use], int] | None = None
    of_them_heading: str = ""
    rate: Callable[[Use], Rate] | None = None


COLUMNS = (
    Column("dates", "Dates", lambda use: use.dates),
    Column("capacity", "Capacity", lambda use: use.capacity),
    Column("booked", "Booked", lambda use: use.booked),
    Column("cancelled", "Cancelled", lambda use: use.cancelled, lambda use: use.cancelled_late, "late"),
    Column("attended", "Attended", lambda use: use.attended, lambda use: use.unscheduled, "unscheduled"),
    Column("part_attended", "Part attended", lambda use: use.part_attended),
    Column(
        "did_not_attend", "Did not attend", lambda use: use.did_not_attend, lambda use: use.excused, "excused"
    ),
    Column("came_as_booked", "Came as booked", rate=came_as_booked),
    Column("no_show", "No-show", rate=no_show),
    Column("seats_filled", "Seats filled", rate=seats_filled),
    Column("cancelled_by_board", "By the board", lambda use: use.cancelled_by_board),
    Column("open_registers", "Registers open", lambda use: use.open_registers),
)
OF_WHOLE_DATES = {"capacity", "seats_filled"}


def columns_for(by: By, *, total: Use, is_narrowed: bool) -> Sequence[Column]:
    """The columns of the figures. Some of the people on a date have no share of its places, but one of all who came.

    `is_narrowed`: whether all of it is of some of the people alone.
    """
    columns = [one for one in COLUMNS if not (is_narrowed or by.of_people) or one.key not in OF_WHOLE_DATES]
    if by.of_people and not is_narrowed:
        columns.insert(-2, Column("share", "Share of all", rate=lambda use: share(use, of=total)))
    return columns


def in_order(lines: Iterable[Line], columns: Iterable[Column], *, sort: str) -> list[Line]:
    """The lines by name, or by a column's key; "-" before it turns it round. What is not known goes last."""
    lines = sorted(lines, key=lambda line: line.order)
    key, backwards = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return lines[::-1] if backwards else lines
    column = next((one for one in columns if one.key == key), None)
    if column is None:
        return lines
    known = [line for line in lines if column.rate is None or column.rate(line.use).is_known]
    last = [line for line in lines if line not in known]
    return sorted(known, key=lambda line: _value(column, line.use), reverse=backwards) + last


def _value(column: Column, use: Use) -> float:
    if column.rate is not None:
        rate = column.rate(use)
        return rate.part / rate.whole
    return column.number(use) if column.number else 0


def by_month(uses: Sequence[tuple[date, Use]]) -> dict[date, Use]:
    """What was used in each month, by its first day; from the first month with any to the last, none left out."""
    found: dict[date, Use] = {}
    if not uses:
        return found
    first, last = min(day for day, _ in uses), max(day for day, _ in uses)
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        found[date(number // 12, number % 12 + 1, 1)] = Use()
    for day, use in uses:
        found[day.replace(day=1)] += use
    return found


@dataclass(frozen=True)
class Reason:
    """Why places were given up, and how many of all that were."""

    label: str
    rate: Rate


def reasons(counted: Mapping[CancelReason | None, int]) -> list[Reason]:
    """Why places were given up, the most frequent first.

    Illness and bereavement are always counted with other reasons: nobody is to be recognised.
    """
    total = sum(counted.values())
    named: dict[str, int] = {}
    for code, number in counted.items():
        label = _label(code)
        named[label] = named.get(label, 0) + number
    found = [Reason(label, Rate(number, total, "cancelled")) for label, number in named.items()]
    return sorted(found, key=lambda reason: (reason.label == NOT_ASKED, -reason.rate.part, reason.label))


def _label(code: CancelReason | None) -> str:
    if code is None:
        return NOT_ASKED
    return OTHERS if code.is_private or code is CancelReason.OTHER else code.label
