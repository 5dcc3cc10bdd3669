"""Lists of people as they arrive, pasted or in a file. What cannot be read is said with its row."""

from collections.abc import Iterable, Sequence
from itertools import islice

from sscb_training.bookings.teams.rules import MOST_PEOPLE, Entry
from sscb_training.core.forms import EMAIL, tidy
from sscb_training.core.lists import Bounds, ListRefused, Row, rows_of, sheets_in

MOST_ROWS = 500
BOUNDS = Bounds(
    size=1024 * 1024,
    unpacked=8 * 1024 * 1024,
    cells=5_000,
    rows=MOST_ROWS,
    columns=702,
    area=702 * MOST_ROWS,
    too_much="The workbook holds too much. Copy the names, email addresses and job titles into a new one",
)
MOST_PROBLEMS = 10

COLUMNS = ("name", "email", "job_title", "letters_to")
HEADINGS = {
    "name": "name", "full name": "name", "delegate": "name",
    "email": "email", "email address": "email", "work email": "email", "work email address": "email",
    "job title": "job_title", "job": "job_title", "role": "job_title",
    "letters to": "letters_to",
}  # fmt: skip
LONGEST = {"name": 200, "email": 254, "job_title": 200, "letters_to": 254}


def _heading(cell: str) -> str:
    """Which column a heading names, however its words are joined; empty for one that we do not know."""
    return HEADINGS.get(cell.casefold().replace("-", ""), "")


def entries_in_text(text: str) -> list[Entry]:
    """The people of a pasted list, one a line."""
    return entries_in(rows_of(text))


def entries_in_file(content: bytes) -> list[Entry]:
    """The people of a CSV file or an Excel workbook."""
    return entries_in(next(iter(sheets_in(content, BOUNDS).values())))


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
