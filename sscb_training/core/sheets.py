"""Lists as files: CSV that Excel opens as it should, and real Excel workbooks.

Whatever a person typed is text in the file and nothing else: a spreadsheet runs a cell that begins with = + - @,
a tab or a carriage return, so such text gets a leading apostrophe (promise P15). Numbers and dates stay what they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from flask import Response

from sscb_training.core.times import local

CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NARROWEST, WIDEST = 10, 60
CELL_HOLDS = 32_767
SHEET_NAME_HOLDS = 31

Cell = str | int | float | date | bool | None


class Share(float):
    """A part of one: 82.1% in a file, and a number to sort and reckon with in a workbook."""


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A CSV file to keep, `name`.csv. Dates are written 2026-03-27, moments 2026-03-27 14:30 as London's clocks show."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return _download(file.getvalue().encode("utf-8-sig"), CSV, f"{name}.csv")


def excel_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """An Excel workbook to keep, `name`.xlsx: the header stands still, dates are dates, columns fit what they hold."""
    listed = [list(row) for row in rows]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**_OPTIONS, "constant_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(name))
        look = _Look(book)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _width(column, [row[place] for row in listed]))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _harmless(column), look.heading)
        for line, row in enumerate(listed, 1):
            for place, cell in enumerate(row):
                _write(sheet, line, place, cell, look)
    return _download(file.getvalue(), EXCEL, f"{name}.xlsx")


@dataclass(frozen=True)
class Block:
    """A table in a sheet below others, under its caption."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    blocks: Sequence[Block]


def workbook_answer(name: str, parts: Sequence[Sheet]) -> Response:
    """An Excel workbook of several sheets to keep, `name`.xlsx. Sheets whose names begin alike are numbered."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        look, names = _Look(book), set[str]()
        for number, part in enumerate(parts, 1):
            called = re.sub(r"[\[\]:*?/\\']", " ", part.name)[:SHEET_NAME_HOLDS]
            if called.casefold() in names:
                called = f"{called[: SHEET_NAME_HOLDS - 4]} {number}"
            names.add(called.casefold())
            sheet = book.add_worksheet(called)
            sheet.set_column(0, 0, WIDEST * 2 // 3)
            sheet.set_column(1, 30, NARROWEST * 2)
            line = 0
            for block in part.blocks:
                sheet.write_string(line, 0, _harmless(block.caption), look.caption)
                for place, column in enumerate(block.columns):
                    sheet.write_string(line + 1, place, _harmless(column), look.heading)
                line += 2 if block.columns else 1
                for row in block.rows:
                    for place, cell in enumerate(row):
                        _write(sheet, line, place, cell, look)
                    line += 1
                line += 1
    return _download(file.getvalue(), EXCEL, f"{name}.xlsx")


_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "d mmm yyyy",
}


class _Look:
    """How cells of a workbook look."""

    def __init__(self, book: Any) -> None:
        self.caption = book.add_format({"bold": True, "font_size": 13})
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.moment = book.add_format({"num_format": "d mmm yyyy hh:mm"})
        self.share = book.add_format({"num_format": "0.0%"})


def _sheet_name(name: str) -> str:
    """What the file's name says, in words, as long as Excel allows."""
    return re.sub(r"(?<=[a-z])-", " ", name).capitalize()[:SHEET_NAME_HOLDS]


def _write(sheet: Any, line: int, place: int, cell: Cell, look: _Look) -> None:
    if isinstance(cell, Share):
        sheet.write_number(line, place, cell, look.share)
    elif isinstance(cell, str):
        sheet.write_string(line, place, _harmless(cell)[:CELL_HOLDS])
    elif isinstance(cell, datetime):
        sheet.write_datetime(line, place, local(cell).replace(tzinfo=None), look.moment)
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell)
    elif isinstance(cell, bool):
        sheet.write_string(line, place, "Yes" if cell else "No")
    elif cell is not None:
        sheet.write_number(line, place, cell)


def _plain(cell: Cell) -> str | int | float:
    if isinstance(cell, str):
        return _harmless(cell)
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, Share):
        return f"{cell * 100:.1f}%"
    if isinstance(cell, datetime):
        return f"{local(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RUNS) else text


def _width(column: str, cells: Sequence[Cell]) -> int:
    longest = max((len(str(_plain(cell))) for cell in cells), default=0)
    return max(NARROWEST, min(WIDEST, max(len(column), longest) + 2))


def _download(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
