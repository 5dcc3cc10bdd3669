"""Files of earlier training as they are sent: the sheet, its headings and its rows, or why they cannot be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sscb_training.core.forms import tidy
from sscb_training.core.lists import Bounds, ListRefused, Row, sheets_in
from sscb_training.imports.rules import fold

MOST_ROWS = 20_000
MOST_COLUMNS = 40
LONGEST_CELL = 500
LONGEST_HEADING = 80
LOOKED_THROUGH = 10
BOUNDS = Bounds(
    size=4 * 1024 * 1024,
    unpacked=40 * 1024 * 1024,
    cells=500_000,
    rows=MOST_ROWS + 200,
    columns=MOST_COLUMNS + 10,
    area=1_200_000,
    too_much=f"The workbook holds too much. Send at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns in one file",
)


class SheetUnclear(ListRefused):
    """A workbook of which it is not certain which sheet is meant."""


@dataclass(frozen=True)
class Listed:
    """One sheet of a file: its headings, and each row that is not empty with its number in the spreadsheet."""

    sheet: str
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    sha256: str


def listed_in(content: bytes, *, sheet: str = "") -> Listed:
    """The rows of a CSV file or of one sheet of a workbook; a workbook with several filled sheets must say which."""
    if not content.strip():
        raise ListRefused("The file is empty")
    read = {name: _read(rows) for name, rows in sheets_in(content, BOUNDS).items() if _is_asked(name, sheet)}
    filled = {name: one for name, one in read.items() if one}
    if sheet and not read:
        raise SheetUnclear(f"There is no sheet called “{sheet}”. Enter the name as it stands on its tab")
    if not filled:
        raise ListRefused(
            "The file is empty. It needs a row of headings, and a row for each person and training"
        )
    if len(filled) > 1:
        names = ", ".join(f"“{name}”" for name in filled)
        raise SheetUnclear(
            f"The workbook has {len(filled)} sheets with something in them: {names}. "
            "Enter which one, and select the file again"
        )
    ((name, rows),) = filled.items()
    (_, headings), *others = _without_titles(rows)
    _check(headings, others)
    headings = _named(headings)
    return Listed(name, headings, others, sha256(content).hexdigest())


def _is_asked(name: str, sheet: str) -> bool:
    return not sheet or not name or fold(name) == fold(sheet)


def _read(rows: Iterable[Row]) -> list[tuple[int, Sequence[str]]]:
    """The rows with something in them, with their numbers."""
    found: list[tuple[int, Sequence[str]]] = []
    for number, row in enumerate(rows, 1):
        cells = [str(tidy(" ".join(cell.split()))) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            found.append((number, cells))
        if len(found) > MOST_ROWS + 1:
            raise ListRefused(f"The file has more than {MOST_ROWS:,} rows. Send it in parts")
    return found


def _without_titles(rows: list[tuple[int, Sequence[str]]]) -> list[tuple[int, Sequence[str]]]:
    """The rows from the headings on: a single cell above them is the title of the list, often merged over its width."""
    begins = next((place for place, (_, cells) in enumerate(rows) if sum(map(bool, cells)) > 1), 0)
    return rows[begins:]


def _check(headings: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    if len(headings) > MOST_COLUMNS:
        raise ListRefused(f"The file has {len(headings)} columns. Send at most {MOST_COLUMNS}")
    if len(headings) < 2:
        raise ListRefused("The first row must hold the headings, in at least 2 columns: a name and a date")
    if not rows:
        raise ListRefused("There is nothing below the headings")
    problems = [problem for number, cells in rows if (problem := _problem(number, cells, len(headings)))]
    if problems:
        more = len(problems) - LOOKED_THROUGH
        raise ListRefused(
            *problems[:LOOKED_THROUGH], *([f"{more:,} more rows have a problem"] if more > 0 else [])
        )


def _problem(number: int, cells: Sequence[str], columns: int) -> str:
    if len(cells) > columns:
        return (
            f"Row {number} has {len(cells)} cells and there are {columns} headings. "
            "Look for a comma or semicolon too many, or a heading that is missing"
        )
    long = next((cell for cell in cells if len(cell) > LONGEST_CELL), "")
    if long:
        return f"Row {number} has a cell with {len(long):,} characters. A quotation mark may be open there or above"
    return ""


def _named(headings: Sequence[str]) -> list[str]:
    """The headings; one that is empty goes by its place."""
    return [heading[:LONGEST_HEADING] or f"Column {place}" for place, heading in enumerate(headings, 1)]
