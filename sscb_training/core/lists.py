"""Lists as they arrive: pasted, as CSV, or as an Excel workbook. What cannot be read is said in words.

A workbook is a folder of XML that may unpack to anything, and its reader holds a sheet in memory as a full rectangle. So its
size, the number of its cells, its longest text and how far from the corner a cell stands are bounded before it is read.
What is written out in `core.sheets` is read here.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise

from sscb_training.core.errors import Refused

MOST_FILES = 200
LONGEST_TEXT = 33_000
NOT_TEXT = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"{\\rtf")
OLDER_OFFICE = b"\xd0\xcf\x11\xe0"

CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
ENDS_A_TEXT = re.compile(rb"si\s*>")

Row = Sequence[str]


class ListRefused(Refused):
    """A list that cannot be read; each problem is a sentence, with its row where it has one."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


class WorkbookUnreadable(ListRefused):
    """A workbook that is broken, or none at all inside."""


@dataclass(frozen=True)
class Bounds:
    """How much a list may hold. `area` is what its sheets' rectangles may come to together, from the corner."""

    size: int
    unpacked: int
    cells: int
    rows: int
    columns: int
    area: int
    too_much: str

    @property
    def size_in_words(self) -> str:
        kilobytes = self.size // 1024
        return f"{kilobytes} KB" if kilobytes < 1024 else f"{kilobytes // 1024} MB"


def sheets_in(content: bytes, bounds: Bounds) -> dict[str, Iterator[Row]]:
    """The sheets of a workbook that are shown, by name, each read when it is asked for; a CSV file is one without a name."""
    if len(content) > bounds.size:
        raise ListRefused(f"The file must be smaller than {bounds.size_in_words}")
    if content.startswith(b"PK"):
        return _sheets_of_workbook(content, bounds)
    if content.startswith(OLDER_OFFICE):
        raise ListRefused(
            "The file is protected by a password, or in Excel’s older format (.xls). "
            "Take the password off and save it as an Excel workbook (.xlsx)"
        )
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if content.startswith(NOT_TEXT) or (b"\0" in content and not is_wide):
        raise ListRefused("The file must be a CSV file or an Excel workbook (.xlsx). Save it as one of these")
    return {"": rows_of(_text(content))}


def rows_of(text: str) -> Iterator[Row]:
    """Rows whose cells are kept apart by tabs (copied from a sheet), semicolons or commas; by what most rows have."""
    text = text.replace("\0", "")
    lines = text.splitlines()
    tabs = sum("\t" in line for line in lines)
    others = sum("\t" not in line and ("," in line or ";" in line) for line in lines)
    apart = "\t" if tabs and tabs >= others else max(",;", key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=apart)
    try:
        yield from reader
    except csv.Error:
        raise ListRefused(
            f"The list could not be read from row {reader.line_num} on: a quotation mark may be open, or a row too long"
        ) from None


def _text(content: bytes) -> str:
    """Unicode with or without a mark of its kind, else what Excel on Windows writes."""
    encodings = (
        ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "latin-1")
    )
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListRefused("The file could not be read. Save it as CSV UTF-8, or as an Excel workbook (.xlsx)")


def _sheets_of_workbook(content: bytes, bounds: Bounds) -> dict[str, Iterator[Row]]:
    _refuse_what_unpacks_badly(content, bounds)
    from python_calamine import (  # only for whoever sends one
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    def read(name: str) -> Iterator[Row]:
        try:
            sheet = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except BaseException as failure:
            raise _explained(failure, CalamineError) from None
        for row in sheet:
            yield [_words(cell) for cell in row]

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    except BaseException as failure:
        raise _explained(failure, CalamineError) from None
    if not shown:
        raise _unreadable()
    return {name: read(name) for name in shown}


def _explained(failure: BaseException, error: type[Exception]) -> BaseException:
    """What a reader's failure is to whoever sent the workbook; a fault inside the reader arrives as a panic."""
    if isinstance(failure, ListRefused):
        return failure
    if isinstance(failure, error | IndexError | ValueError | OSError):
        return _unreadable()
    return _unreadable() if type(failure).__name__ == "PanicException" else failure


def _words(cell: object) -> str:
    """A cell as text: 85 and not 85.0, days as 2016-11-10, which is how `date.isoformat` writes them."""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _refuse_what_unpacks_badly(content: bytes, bounds: Bounds) -> None:
    unpacked = cells = area = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            names = folder.namelist()
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise ListRefused(
                    "The workbook has macros in it. Save it as an Excel workbook (.xlsx) without them"
                )
            if "xl/workbook.xml" not in names or len(names) > MOST_FILES:
                raise _unreadable()
            for entry in folder.infolist():
                with folder.open(entry) as file:
                    part = file.read(bounds.unpacked - unpacked + 1)
                if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                    raise _unreadable()
                unpacked += len(part)
                cells += sum(1 for _ in CELL.finditer(part))
                area += _area(part, bounds) if b"sheetData" in part else 0
                if max(unpacked / bounds.unpacked, cells / bounds.cells, area / bounds.area) > 1:
                    raise ListRefused(bounds.too_much)
                if _has_an_oversized_text(part):
                    raise ListRefused(bounds.too_much)
    except ListRefused:
        raise
    except Exception:  # a folder can be broken in as many ways as there are ways to pack it
        raise _unreadable() from None


def _area(part: bytes, bounds: Bounds) -> int:
    """The rectangle in which a sheet's cells stand, from the corner; refused where one stands far out."""
    columns = rows = 1
    for found in REFERENCE.finditer(part):
        columns = max(columns, _column(found[1]))
        rows = max(rows, int(found[2][:9] or 0))
    if columns > bounds.columns or rows > bounds.rows:
        raise ListRefused(bounds.too_much)
    return columns * rows


@cache
def _column(letters: bytes) -> int:
    """The number of a column by its letters; any that Excel does not have is far out."""
    if len(letters) > 3:
        return 1_000_000
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _has_an_oversized_text(part: bytes) -> bool:
    ends = [0, *(found.end() for found in ENDS_A_TEXT.finditer(part))]
    return len(ends) > 1 and any(end - begin > LONGEST_TEXT for begin, end in pairwise(ends))


def _unreadable() -> WorkbookUnreadable:
    return WorkbookUnreadable(
        "The workbook could not be read. Save it as an Excel workbook (.xlsx) or as CSV and send that"
    )
