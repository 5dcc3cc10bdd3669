"""Workbooks as they are sent: their sheets by the names that the template gives them, or why they cannot be read."""

import re
from collections.abc import Iterable, Mapping

from sscb_training.case_audits.imports.rules import COLUMNS, Part
from sscb_training.core.forms import tidy
from sscb_training.core.lists import (
    NOT_TEXT,
    OLDER_OFFICE,
    Bounds,
    ListRefused,
    Row,
    WorkbookUnreadable,
    sheets_in,
)
from sscb_training.imports.rules import fold

MOST_ROWS = 500
BOUNDS = Bounds(
    size=1024 * 1024,
    unpacked=12 * 1024 * 1024,
    cells=20_000,
    rows=MOST_ROWS + 500,
    columns=60,
    area=240_000,
    too_much=f"The workbook holds too much. An audit has at most {MOST_ROWS} findings, indicators or actions",
)
BEGINS_A_FOLDER = b"PK"
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
TITLES = 5
"""So many rows may stand above the headings."""


def sheets_of(content: bytes) -> dict[str, list[tuple[int, dict[str, str]]]]:
    """The cells of each sheet, by row and by what they hold. What cannot be an audit at all is refused with the reason."""
    if not content.strip():
        raise ListRefused("The file is empty")
    if not content.startswith((BEGINS_A_FOLDER, OLDER_OFFICE)):
        raise ListRefused(
            "The file must be an Excel workbook (.xlsx). Download the template and fill that in"
            if content.startswith(NOT_TEXT) or CONTROL.search(content)
            else "A CSV file has one sheet only. Download the template and send it as an Excel workbook (.xlsx)"
        )
    try:
        return _parts_of(sheets_in(content, BOUNDS))
    except WorkbookUnreadable:
        raise ListRefused(
            "The workbook could not be read. Open it in Excel, save it as an Excel workbook (.xlsx) and send that"
        ) from None


def _parts_of(read: Mapping[str, Iterable[Row]]) -> dict[str, list[tuple[int, dict[str, str]]]]:
    named = {fold(name): rows for name, rows in read.items()}
    if fold(Part.AUDIT) not in named:
        raise ListRefused(f"There is no sheet called {Part.AUDIT}. Download the template and fill that in")
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    problems: list[str] = []
    for part in Part:
        if fold(part) not in named:
            continue
        rows = _filled(named[fold(part)], part)
        try:
            found[part.value] = _answers(rows) if part is Part.AUDIT else _under_headings(rows, part)
        except ListRefused as refusal:
            problems += refusal.problems
    if problems:
        raise ListRefused(*problems)
    if not found[Part.AUDIT.value]:
        raise ListRefused(f"The sheet {Part.AUDIT} is empty. Download the template and fill that in")
    return found


def _filled(rows: Iterable[Row], part: Part) -> list[tuple[int, list[str]]]:
    found = []
    for number, row in enumerate(rows, 1):
        cells = [str(tidy(cell)) for cell in row]
        if any(cells):
            found.append((number, cells))
        if len(found) > MOST_ROWS + TITLES:
            raise ListRefused(f"The sheet {part} has more than {MOST_ROWS} rows")
    return found


def _answers(rows: list[tuple[int, list[str]]]) -> list[tuple[int, dict[str, str]]]:
    """The first sheet: what is asked in the first column and the answer in the second."""
    keys = _keys(Part.AUDIT)
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for number, cells in rows:
        key = keys.get(fold(cells[0]))
        if key is not None and key in found:
            raise ListRefused(
                f"The sheet {Part.AUDIT} asks for {cells[0]} twice, in rows {found[key][0]} and {number}"
            )
        if key is not None and len(cells) > 1 and cells[1]:
            found[key] = (number, {key: cells[1]})
    return list(found.values())


def _under_headings(rows: list[tuple[int, list[str]]], part: Part) -> list[tuple[int, dict[str, str]]]:
    keys = _keys(part)
    for place, (_, cells) in enumerate(rows[:TITLES]):
        columns = [keys.get(fold(cell), "") for cell in cells]
        if "code" in columns:
            missing = [heading for key, heading in COLUMNS[part].items() if key not in columns]
            if missing:
                raise ListRefused(f"The sheet {part} has no column {missing[0]}")
            return [(number, _cells(columns, row)) for number, row in rows[place + 1 :]]
    if rows:
        raise ListRefused(f"The sheet {part} has no heading {COLUMNS[part]['code']}")
    return []


def _cells(columns: list[str], row: list[str]) -> dict[str, str]:
    return {key: cell for key, cell in zip(columns, row, strict=False) if key and cell}


def _keys(part: Part) -> Mapping[str, str]:
    return {fold(heading): key for key, heading in COLUMNS[part].items()}
