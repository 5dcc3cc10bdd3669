"""What a report is made of, how it is kept, and how a kept one differs from today's."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sscb_training.reports.rules import Rate

NOT_KNOWN = "Not known"

DAYS = ("begin", "end", "as_at", "known_on", "since")

# The document


class Kind(StrEnum):
    """What a spreadsheet takes a cell for."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DATE = "date"


@dataclass(frozen=True)
class Cell:
    """A figure or a few words, as printed; `note` stands below them, and `value` is what a spreadsheet reckons with.

    `endpoint` with `given` is the page of the rows behind it, for whoever may open that; `rows` are the words by which
    those begin that it counts in its section's table.
    """

    words: str
    kind: Kind = Kind.TEXT
    value: float | str | None = None
    note: str = ""
    endpoint: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    rows: str = ""

    @property
    def is_figure(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.SHARE)


@dataclass(frozen=True)
class Column:
    """The heading of a column."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings, each named by its first cell; `empty` is said of none. `has_total`: the last row is the whole."""

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    has_total: bool = False
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a report, under its heading: what it says in words, figures by name, and tables. `links` are sentences
    that lead to a page, for whoever may open that; paper and spreadsheets have none."""

    key: str
    title: str
    words: Sequence[str] = ()
    figures: Sequence[tuple[str, Cell]] = ()
    tables: Sequence[Table] = ()
    links: Sequence[Cell] = ()


@dataclass(frozen=True)
class Report:
    """A report with its days: a period, and needs as at a day as known on another, beside another.

    `whose` is an agency's name."""

    whose: str
    is_published: bool
    begin: date
    end: date
    as_at: date
    known_on: date
    since: date
    sections: Sequence[Section]

    @property
    def title(self) -> str:
        return "The board’s report" if not self.whose else f"Report of {self.whose}"


def as_json(report: Report) -> dict[str, Any]:
    """A report as it is kept."""
    found = asdict(report)
    for name in DAYS:
        found[name] = found[name].isoformat()
    return found


def from_json(kept: Mapping[str, Any]) -> Report:
    """The report that was kept."""
    days = {name: date.fromisoformat(kept[name]) for name in DAYS}
    sections = [
        Section(
            key=one["key"],
            title=one["title"],
            words=one["words"],
            figures=[(name, _cell(cell)) for name, cell in one["figures"]],
            tables=[_table(table) for table in one["tables"]],
            links=[_cell(cell) for cell in one.get("links", ())],  # older copies have none
        )
        for one in kept["sections"]
    ]
    return Report(whose=kept["whose"], is_published=kept["is_published"], sections=sections, **days)


def _cell(kept: Mapping[str, Any]) -> Cell:
    return Cell(**{**kept, "kind": Kind(kept["kind"])})


def _table(kept: Mapping[str, Any]) -> Table:
    columns = [Column(**column) for column in kept["columns"]]
    return Table(
        **{**kept, "columns": columns, "rows": [[_cell(cell) for cell in row] for row in kept["rows"]]}
    )


class Link(NamedTuple):
    """The page of the rows behind a figure."""

    endpoint: str = ""
    given: Mapping[str, Any] = {}


NOWHERE = Link()


def to(endpoint: str, **given: Any) -> Link:
    """A page by its endpoint, with what its address says."""
    return Link(endpoint, given)


def text(words: str, *, note: str = "", behind: Link = NOWHERE) -> Cell:
    """A few words."""
    return Cell(words, Kind.TEXT, None, note, *behind)


def number(value: int | None, *, note: str = "", behind: Link = NOWHERE, rows: str = "") -> Cell:
    """A whole number; None is not known, and nothing lies behind nought."""
    if value is None:
        return Cell(NOT_KNOWN, note=note)
    where = (*behind, rows) if value else NOWHERE
    return Cell(f"{value:,}", Kind.NUMBER, value, note, *where)


def percentage(value: int | None, *, note: str = "", behind: Link = NOWHERE) -> Cell:
    """Whole hundredths; None is not known."""
    if value is None:
        return Cell(NOT_KNOWN, note=note)
    return Cell(f"{value}%", Kind.SHARE, value / 100, note, *behind)


def rate(found: Rate, *, behind: Link = NOWHERE, of_in_words: bool = True) -> Cell:
    """A share with both figures that it is made of, and what it is of, unless its column's heading says that."""
    if not found.is_known:
        return Cell(NOT_KNOWN)
    note = found.words if of_in_words else found.counted
    return Cell(found.percent, Kind.SHARE, found.share, note, *behind)


def decimal(value: float, *, signed: bool = False, note: str = "", behind: Link = NOWHERE) -> Cell:
    """A number to one decimal place; signed, the way it went."""
    words = (f"{value:+.1f}" if signed else f"{value:.1f}").replace("-", "−")
    return Cell(words, Kind.NUMBER, round(value, 1), note, *behind)


def day(value: date | None, *, blank: str = "") -> Cell:
    """A day: 3 Mar 2026."""
    return Cell(f"{value:%-d %b %Y}", Kind.DATE, value.isoformat()) if value else Cell(blank)


# A frozen copy beside today's figures


@dataclass(frozen=True)
class Difference:
    """A figure that is not what was printed; an empty one was not there, or is not any more."""

    section: str
    line: str
    column: str
    printed: str
    now: str


def differences(printed: Report, now: Report) -> list[Difference]:
    """Every figure that is another now, in the order of the report. A cell goes by its section, table, line and column.

    A figure above the tables that reports did not have when the copy was printed is no difference: nothing moved by it.
    """
    repeated = _repeated(printed) | _repeated(now)
    before, after = _figures(printed, repeated), _figures(now, repeated)
    return [
        Difference(*key[:1], *key[2:4], before.get(key, ""), after.get(key, ""))
        for key in dict.fromkeys([*before, *after])
        if _said_today(before.get(key, "")) != _said_today(after.get(key, "")) and (key in before or key[1])
    ]


SAID_ONCE = {
    "\N{NO-BREAK SPACE}": " ",
    "Not shown": "Withheld",
    "No owner": "Not named",
    "No due date": "No date given",
    " of 1 actions completed": " of 1 action completed",
    " of 1 places": " of 1 place",
}
"""How copies put what reports put in other words today: no figure moved by that."""


def _said_today(printed: str) -> str:
    for once, today in SAID_ONCE.items():
        printed = printed.replace(once, today)
    return printed


def _repeated(report: Report) -> set[tuple[str, str, str]]:
    """The first cells by which several lines of a table go: there it takes the second to tell them apart."""
    names = Counter(
        (section.title, table.key, line[0].words)
        for section in report.sections
        for table in section.tables
        for line in table.rows
    )
    return {name for name, lines in names.items() if lines > 1}


def _figures(
    report: Report, repeated: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str, str, int], str]:
    found: dict[tuple[str, str, str, str, int], str] = {}
    for section in report.sections:
        for name, cell in section.figures:
            found[section.title, "", section.title, name, 0] = _printed(cell)
        for table in section.tables:
            seen: dict[str, int] = {}
            for line in table.rows:
                named = 2 if (section.title, table.key, line[0].words) in repeated else 1
                name = ", ".join(cell.words for cell in line[:named])
                seen[name] = seen.get(name, 0) + 1
                for column, cell in zip(table.columns[named:], line[named:], strict=False):
                    found[section.title, table.key, name, column.text, seen[name]] = _printed(cell)
    return found


def _printed(cell: Cell) -> str:
    return f"{cell.words} ({cell.note})" if cell.note else cell.words


def without_rows_behind(report: Report) -> Report:
    """The same without a link to any row."""

    def bare(cell: Cell) -> Cell:
        return replace(cell, endpoint="", given={}, rows="")

    return replace(
        report,
        sections=[
            replace(
                section,
                figures=[(name, bare(cell)) for name, cell in section.figures],
                tables=[
                    replace(table, rows=[[bare(cell) for cell in row] for row in table.rows])
                    for table in section.tables
                ],
                links=[],
            )
            for section in report.sections
        ],
    )


def day_of(cell: Cell) -> date | None:
    """The day that a cell is."""
    return date.fromisoformat(cell.value) if cell.kind is Kind.DATE and isinstance(cell.value, str) else None
