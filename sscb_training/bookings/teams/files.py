"""Lists of people as they arrive: pasted, as CSV, or as an Excel workbook. What cannot be read is said with its row.

A workbook is a folder of XML that may unpack to anything, and its reader holds a sheet in memory as a full rectangle. So its
size, the number of its cells, its longest text and how far from the corner a cell stands are bounded before it is read.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from sscb_training.bookings.teams.rules import MOST_PEOPLE, Entry
from sscb_training.core.errors import Refused
from sscb_training.core.forms import EMAIL, tidy

MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 8 * 1024 * 1024
MOST_FILES = 200
MOST_CELLS = 5_000
MOST_ROWS = 500
LONGEST_TEXT = 33_000
MOST_PROBLEMS = 10

COLUMNS = ("name", "email", "job_title", "letters_to")
HEADINGS = {
    "name": "name", "full name": "name", "delegate": "name",
    "email": "email", "email address": "email", "work email": "email", "work email address": "email",
    "job title": "job_title", "job": "job_title", "role": "job_title",
    "letters to": "letters_to",
}  # fmt: skip
LONGEST = {"name": 200, "email": 254, "job_title": 200, "letters_to": 254}

CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
ENDS_A_TEXT = re.compile(rb"si\s*>")

Row = Sequence[str]


class ListRefused(Refused):
    """A list that cannot be read; each problem is a sentence with its row."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


def _heading(cell: str) -> str:
    """Which column a heading names, however its words are joined; empty for one that we do not know."""
    return HEADINGS.get(cell.casefold().replace("-", ""), "")


def entries_in_text(text: str) -> list[Entry]:
    """The people of a pasted list, one a line."""
    return entries_in(_rows_of(text))


def entries_in_file(content: bytes) -> list[Entry]:
    """The people of a CSV file or an Excel workbook."""
    if len(content) > MOST_BYTES:
        raise ListRefused("The file must be smaller than 1 MB")
    if content.startswith(b"PK"):
        return entries_in(_rows_of_workbook(content))
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ListRefused("The file must be a CSV file or an Excel workbook (.xlsx). Save it as one of these")
    return entries_in(_rows_of(_text(content)))


def entries_in(rows: Iterable[Row]) -> list[Entry]:
    """The people in rows of cells: under their headings, or name, email, job title and letters to in this order."""
    columns: Sequence[str] = COLUMNS
    found: list[Entry] = []
    problems: list[str] = []
    for number, cells in enumerate(islice(rows, MOST_ROWS + 1), 1):
        row = [str(tidy(" ".join(cell.split()))) for cell in cells]
        if number > MOST_ROWS:
            raise ListRefused(f"The list must have {MOST_ROWS:,} rows or fewer")
        if not any(row):
            continue
        if number == 1 and "name" in (headings := [_heading(cell) for cell in row]):
            columns = headings
            continue
        entry = Entry(number, **{column: cell for column, cell in zip(columns, row, strict=False) if column})  # type: ignore[arg-type]
        if problem := _problem(entry):
            problems.append(f"Row {number}: {problem}")
        found.append(entry)
    if len(found) > MOST_PEOPLE:
        problems.append(f"The list has {len(found)} people. Book {MOST_PEOPLE} or fewer at a time")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise ListRefused(
            *problems[:MOST_PROBLEMS], *([f"{more} more rows have a problem"] if more > 0 else [])
        )
    return found


def _problem(entry: Entry) -> str:
    if not entry.name:
        return "enter a name"
    if "@" in entry.name:
        return (
            "enter a name first, then the email address and the job title, with commas or tabs between them"
        )
    for column, most in LONGEST.items():
        if len(getattr(entry, column)) > most:
            return f"{column.replace('_', ' ')} must be {most} characters or fewer"
    for address in (entry.email, entry.letters_to):
        if address and not EMAIL.fullmatch(address):
            return f"“{address[:60]}” must be an email address, like name@example.com"
    return ""


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


def _rows_of(text: str) -> Iterator[Row]:
    """Rows whose cells are kept apart by tabs (copied from a sheet), semicolons or commas; by what most rows have."""
    text = text.replace("\0", "")
    lines = text.splitlines()
    tabs = sum("\t" in line for line in lines)
    others = sum("\t" not in line and ("," in line or ";" in line) for line in lines)
    apart = "\t" if tabs and tabs >= others else max(",;", key=text.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=apart)
    except csv.Error:
        raise ListRefused(
            "The list could not be read: a quotation mark may be open, or a row too long"
        ) from None


def _rows_of_workbook(content: bytes) -> Iterator[Row]:
    _refuse_what_unpacks_badly(content)
    from python_calamine import CalamineError, CalamineWorkbook  # only for whoever sends a workbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise _unreadable() from None
    except BaseException as failure:
        if type(failure).__name__ == "PanicException":  # how a fault inside the reader arrives
            raise _unreadable() from None
        raise
    return ([str(cell) for cell in row] for row in sheet)


def _refuse_what_unpacks_badly(content: bytes) -> None:
    unpacked = cells = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            names = folder.namelist()
            if "xl/workbook.xml" not in names or len(names) > MOST_FILES:
                raise _unreadable()
            for entry in folder.infolist():
                with folder.open(entry) as file:
                    part = file.read(MOST_UNPACKED - unpacked + 1)
                unpacked += len(part)
                cells += len(CELL.findall(part))
                if unpacked > MOST_UNPACKED or cells > MOST_CELLS or _is_oversized(part):
                    raise ListRefused(
                        "The workbook holds too much. Copy the names, email addresses and job titles into a new one"
                    )
    except ListRefused:
        raise
    except Exception:  # a folder can be broken in as many ways as there are ways to pack it
        raise _unreadable() from None


def _is_oversized(part: bytes) -> bool:
    """Whether a cell stands far out, or a text is longer than a cell can hold."""
    if b"sheetData" in part and any(
        len(column) > 2 or int(row[:9] or 0) > MOST_ROWS for column, row in REFERENCE.findall(part)
    ):
        return True
    ends = [0, *(found.end() for found in ENDS_A_TEXT.finditer(part))]
    return len(ends) > 1 and any(end - begin > LONGEST_TEXT for begin, end in pairwise(ends))


def _unreadable() -> ListRefused:
    return ListRefused(
        "The workbook could not be read. Save it as an Excel workbook (.xlsx) or as CSV and send that"
    )
