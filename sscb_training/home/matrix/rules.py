"""What a cell says and what a list can be asked for: values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sscb_training.home.rules import Standing

MOST_COLUMNS = 12


class Asked(StrEnum):
    """The people that a matrix is narrowed to, by how they stand in one of its columns, or in any."""

    IN_FORCE = "in_force"
    DUE = "due"
    LAPSED = "lapsed"
    NEVER = "never"
    BOOKED = "booked"
    TO_BOOK = "to_book"

    @property
    def label(self) -> str:
        return ASKED_LABELS[self]


ASKED_LABELS = {
    Asked.IN_FORCE: "In force, or attended",
    Asked.DUE: "Due",
    Asked.LAPSED: "Lapsed",
    Asked.NEVER: "Never",
    Asked.BOOKED: "Booked",
    Asked.TO_BOOK: "Due or lapsed, and not booked",
}


@dataclass(frozen=True)
class Column:
    """A scheme or a course. A place on one of `course_ids` renews it; what runs out by `due_by` is due.

    Attending a course does not run out, so a course has no such day.
    """

    key: str
    code: str
    name: str
    course_ids: frozenset[int]
    scheme_id: int | None = None
    due_by: date | None = None

    @property
    def is_scheme(self) -> bool:
        return self.scheme_id is not None


@dataclass(frozen=True)
class Cell:
    """How somebody stands in a column: until when or since when no more; for a course, when they came.

    `part_on`: they came to some of the course and no more. The next place is `booked_at`; without one they may wait
    for a place on `waits_for`.
    """

    standing: Standing = Standing.NONE
    day: date | None = None
    part_on: date | None = None
    booked_at: datetime | None = None
    waits_for: datetime | None = None

    @property
    def is_to_book(self) -> bool:
        """Whether it runs out or has run out, and nothing is booked that would renew it."""
        return (
            self.standing in (Standing.DUE, Standing.ENDED)
            and self.booked_at is None
            and self.waits_for is None
        )


def columns_chosen(asked: Iterable[str], every: Sequence[Column], usual: Sequence[Column]) -> list[Column]:
    """The columns asked for in the order of all, schemes first; the usual ones when none of them is known."""
    wanted = set(asked)
    return ([column for column in every if column.key in wanted] or list(usual))[:MOST_COLUMNS]


def scheme_cell(
    column: Column, *, counts: bool, until: date | None, ran_out: date | None, revoked: bool
) -> Cell:
    """How somebody stands who was accredited in the scheme: as `home.rules.stands` sees it, from what SQL added up.

    The day that one ended early is not told, nor that one did.
    """
    if not counts:
        return Cell(Standing.ENDED, None if revoked else ran_out)
    is_due = until is not None and column.due_by is not None and until <= column.due_by
    return Cell(Standing.DUE if is_due else Standing.IN_FORCE, until)


def course_cell(*, attended_on: date | None, part_on: date | None) -> Cell:
    """How somebody stands who came to the course, or to some of it."""
    if attended_on is not None:
        return Cell(Standing.IN_FORCE, attended_on)
    return Cell(Standing.NONE, part_on=part_on)


def later(one: date | None, other: date | None) -> date | None:
    """The later of two days, or the one that there is."""
    return max((day for day in (one, other) if day is not None), default=None)


def with_booking(cell: Cell, booked_at: datetime | None, waits_for: datetime | None) -> Cell:
    """The cell with the earlier of the places that it has and this one."""
    return replace(
        cell,
        booked_at=_earlier(cell.booked_at, booked_at),
        waits_for=_earlier(cell.waits_for, waits_for),
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def state_in_words(cell: Cell, column: Column) -> str:
    """The state of a cell in a file."""
    if not column.is_scheme:
        return (
            "Attended" if cell.standing is Standing.IN_FORCE else "Part attended" if cell.part_on else "Never"
        )
    return {
        Standing.IN_FORCE: "In force",
        Standing.DUE: "Due",
        Standing.ENDED: "Lapsed" if cell.day else "Not in force",
        Standing.NONE: "Never",
    }[cell.standing]
