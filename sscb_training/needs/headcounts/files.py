"""Spreadsheets of headcounts: what goes out to be filled in, and what comes back."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from sscb_training.agencies.models import Confidence, StaffGroup
from sscb_training.agencies.queries import GroupHeadcount
from sscb_training.agencies.service import Line
from sscb_training.core.forms import tidy
from sscb_training.core.identifying import why_not
from sscb_training.core.lists import Bounds, ListRefused, Row, rows_of, sheets_in
from sscb_training.core.sheets import Cell
from sscb_training.imports.rules import Unread, read_day

MOST = 100_000
MOST_ROWS = 300
MOST_PROBLEMS = 10
LONGEST_SOURCE = 200
BOUNDS = Bounds(
    size=512 * 1024,
    unpacked=4 * 1024 * 1024,
    cells=6_000,
    rows=MOST_ROWS,
    columns=60,
    area=60 * MOST_ROWS,
    too_much="The workbook holds too much. Copy the numbers into the template and send that",
)

NONE, CANNOT_TELL = "none", "cannot_tell"
KNOWN = {one.value: one.label for one in Confidence} | {
    NONE: "We have none",
    CANNOT_TELL: "We cannot tell yet",
}

COLUMNS = ("Staff group", "Number", "How do you know?", "As at", "Source", "Last number", "Last as at")
NEEDED = COLUMNS[:5]
BY_WORDS = {_label.casefold(): _value for _value, _label in KNOWN.items()} | {
    "none": NONE, "cannot tell yet": CANNOT_TELL, "guess": Confidence.BEST_GUESS.value,
}  # fmt: skip


def template(asked: Sequence[GroupHeadcount]) -> Iterator[list[Cell]]:
    """The rows to fill in, under `COLUMNS`: a staff group each, with its last number to look at."""
    for one in asked:
        last = one.headcount
        yield [
            one.staff_group.name, None, None, None, None, last.number if last else None,
            last.as_at if last else None,
        ]  # fmt: skip


def line_of(staff_group: StaffGroup, number: int | None, known: str, *, as_at: date, source: str) -> Line:
    """What a row says: none is a nought that was counted, and what cannot be told has no number."""
    if known == CANNOT_TELL:
        return Line(staff_group, None, as_at, source, None)
    if known == NONE:
        return Line(staff_group, 0, as_at, source, Confidence.COUNTED)
    return Line(staff_group, number, as_at, source, Confidence(known))


def lines_in_file(content: bytes, groups: Sequence[StaffGroup], *, today: date) -> list[Line]:
    """The numbers of a CSV file or an Excel workbook."""
    if not content.strip():
        raise ListRefused("The file is empty")
    return lines_in(next(iter(sheets_in(content, BOUNDS).values())), groups, today=today)


def lines_in_text(text: str, groups: Sequence[StaffGroup], *, today: date) -> list[Line]:
    """The numbers of a list that `as_text` made."""
    return lines_in(rows_of(text), groups, today=today)


def as_text(lines: Iterable[Line]) -> str:
    """The numbers as a list that can be carried along and read again."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(NEEDED)
    for line in lines:
        known = CANNOT_TELL if line.number is None else line.confidence or Confidence.COUNTED
        writer.writerow(
            [line.staff_group.name, line.number, KNOWN[known], line.as_at.isoformat(), line.source]
        )
    return file.getvalue()


def lines_in(rows: Iterable[Row], groups: Sequence[StaffGroup], *, today: date) -> list[Line]:
    """What rows of cells say under their headings: all of it, or every problem with its row.

    A row whose number and knowledge are both empty was not filled in, and is left out.
    """
    by_name = {group.name.casefold(): group for group in groups}
    columns: dict[str, int] = {}
    stands_in: dict[str, int] = {}
    found: list[Line] = []
    problems: list[str] = []
    for number, cells in enumerate(islice(rows, MOST_ROWS + 1), 1):
        row = [str(tidy(" ".join(cell.split()))) for cell in cells]
        if number > MOST_ROWS:
            raise ListRefused(f"The list must have {MOST_ROWS} rows or fewer")
        if not any(row):
            continue
        if not columns:
            columns = _columns(row)
            continue
        said = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        if not said["Number"] and not said["How do you know?"]:
            continue
        first = stands_in.setdefault(said["Staff group"].casefold(), number)
        try:
            found.append(_line(said, by_name, today, before=first if first != number else None))
        except Unread as problem:
            problems.append(f"Row {number}: {problem}")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        rest = f"{more} more {'row has' if more == 1 else 'rows have'} a problem"
        raise ListRefused(*problems[:MOST_PROBLEMS], *([rest] if more > 0 else []))
    if not found:
        raise ListRefused("No number is filled in. Enter one below “Number”, or say that you have none")
    return found


def _columns(row: Sequence[str]) -> dict[str, int]:
    """The place of each column that is needed; refused where one is not there."""
    headings = {heading.casefold(): place for place, heading in reversed(list(enumerate(row)))}
    missing = [name for name in NEEDED if name.casefold() not in headings]
    if missing:
        raise ListRefused(
            f"The first row must hold the headings of the template. Missing: {', '.join(missing)}"
        )
    return {name: headings[name.casefold()] for name in NEEDED}


def _line(said: dict[str, str], by_name: dict[str, StaffGroup], today: date, *, before: int | None) -> Line:
    """What a row says, or everything that is wrong with it. What cannot be told needs no source, and is of today.

    `before` is the row in which its staff group stands already.
    """
    group = by_name.get(said["Staff group"].casefold())
    name = group.name if group else "this staff group"
    known = BY_WORDS.get(said["How do you know?"].casefold().strip("."), "")
    figures = said["Number"].replace(",", "").replace(" ", "")
    is_number = figures.isascii() and figures.isdecimal() and len(figures) < 10
    as_at = today
    problems = []
    if group is None:
        problems.append(
            f"“{said['Staff group'][:60]}” is not a staff group that you are asked about. Use the names of the template"
        )
    elif before is not None:
        problems.append(f"{name} stands in row {before} already")
    if not known:
        problems.append(f"say how you know the number of {name}: {', '.join(KNOWN.values())}")
    if known not in {NONE, CANNOT_TELL} and (not is_number or int(figures) > MOST):
        problems.append(f"the number of {name} must be a whole number between 0 and {MOST:,}")
    if known in {NONE, CANNOT_TELL} and figures not in {"", "0"}:
        problems.append(f"{name} has the number {figures[:20]} beside “{KNOWN[known]}”. Keep one of them")
    if not said["Source"] and known != CANNOT_TELL:
        problems.append(f"enter where the number of {name} comes from, below “Source”")
    if len(said["Source"]) > LONGEST_SOURCE:
        problems.append(f"the source must be {LONGEST_SOURCE} characters or fewer")
    if of_a_child := why_not("“Source”", said["Source"]):
        problems.append(of_a_child)
    if said["As at"]:
        try:
            as_at = read_day(said["As at"], today=today)
        except Unread as problem:
            problems.append(str(problem))
    elif known != CANNOT_TELL:
        problems.append(f"enter the day that the number of {name} was true of, below “As at”")
    if group is None or problems:
        raise Unread("; ".join(problems))
    return line_of(group, int(figures) if is_number else None, known, as_at=as_at, source=said["Source"])
