"""Lists as files: they open as they should, and nothing in them runs."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from flask import Response
from python_calamine import CalamineWorkbook

from sscb_training.core import sheets

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
COLUMNS = ["Name", "Number", "On", "At"]
ROW: list[sheets.Cell] = ["Ann Ó Briain", 12, date(2026, 3, 27), datetime(2026, 7, 1, 8, 30, tzinfo=UTC)]
HOSTILE = ["=1+1", "+44", "-2", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(“http://evil.example”)"]


def read_csv(answer: Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def sheet_of(answer: Response) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
        return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize(
    ("name", "sheet_name"),
    [
        ("charges-2026-11", "Charges 2026-11"),
        ("people-of-a-very-long-agency-name-indeed", "People of a very long agency na"),
    ],
)
def test_a_sheet_is_called_what_its_file_is(name: str, sheet_name: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.excel_answer(name, ["A"], [["b"]]).get_data()))

    assert book.sheet_names == [sheet_name]


def test_csv_begins_with_the_mark_that_excel_needs_and_has_a_name() -> None:
    answer = sheets.csv_answer("people", COLUMNS, [ROW])

    assert answer.get_data().startswith(b"\xef\xbb\xbfName")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=people.csv"


def test_a_share_is_a_percentage_to_read_and_a_number_to_reckon_with() -> None:
    line: list[sheets.Cell] = [sheets.Share(0.821)]

    assert read_csv(sheets.csv_answer("use", ["Rate"], [line]))[1] == ["82.1%"]
    cell = sheet_of(sheets.excel_answer("use", ["Rate"], [line])).find(".//x:row[2]/x:c", SPACE)
    assert cell is not None
    assert (cell.get("t"), cell.findtext("x:v", namespaces=SPACE)) == (None, "0.821")


def test_csv_keeps_numbers_dates_and_letters() -> None:
    answer = sheets.csv_answer("people", COLUMNS, [ROW, ["Two\nlines, and a comma", None, None, True]])

    assert read_csv(answer)[1:] == [
        ["Ann Ó Briain", "12", "2026-03-27", "2026-07-01 09:30"],
        ["Two\nlines, and a comma", "", "", "Yes"],
    ]


@pytest.mark.parametrize("typed", HOSTILE)
def test_csv_runs_nothing(typed: str) -> None:
    assert read_csv(sheets.csv_answer("x", ["Text", typed], [[typed, 1]])) == [
        ["Text", f"'{typed}"],
        [f"'{typed}", "1"],
    ]


def test_csv_leaves_negative_numbers_alone() -> None:
    assert read_csv(sheets.csv_answer("x", ["Gap"], [[-3]])) == [["Gap"], ["-3"]]


@pytest.mark.parametrize("typed", [*HOSTILE, "https://evil.example", "file:///etc/passwd"])
def test_excel_runs_nothing_and_links_nowhere(typed: str) -> None:
    sheet = sheet_of(sheets.excel_answer("x", ["Text"], [[typed]]))

    assert sheet.findall(".//x:f", SPACE) == []
    assert sheet.findall(".//x:hyperlink", SPACE) == []
    cell = sheet.find(".//x:c[@r='A2']", SPACE)
    assert cell is not None
    assert cell.get("t") == "inlineStr"
    assert (cell.findtext("x:is/x:t", "", SPACE)).startswith("'") is typed.startswith(sheets.RUNS)


def test_excel_keeps_numbers_and_dates_as_such() -> None:
    sheet = sheet_of(sheets.excel_answer("x", COLUMNS, [ROW]))

    def value(cell: str) -> str:
        return sheet.findtext(f".//x:c[@r='{cell}']/x:v", "", SPACE)

    assert value("B2") == "12"
    assert float(value("C2")) == (date(2026, 3, 27) - date(1899, 12, 30)).days
    assert float(value("D2")) == pytest.approx((date(2026, 7, 1) - date(1899, 12, 30)).days + 9.5 / 24)


def test_excel_holds_its_header_still_and_is_as_wide_as_its_words() -> None:
    sheet = sheet_of(sheets.excel_answer("x", ["A", "B"], [["word " * 5, "y" * 500]]))

    pane = sheet.find(".//x:pane", SPACE)
    assert pane is not None
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    widths = [float(column.get("width", 0)) for column in sheet.findall(".//x:col", SPACE)]
    assert widths[0] == pytest.approx(27, abs=1)
    assert widths[1] == pytest.approx(60, abs=1)


def test_an_empty_list_is_a_file_with_a_header() -> None:
    assert read_csv(sheets.csv_answer("x", ["Name"], [])) == [["Name"]]
    assert sheet_of(sheets.excel_answer("x", ["Name"], [])).findtext(".//x:t", "", SPACE) == "Name"
