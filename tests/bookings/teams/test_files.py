import io
import time
import zipfile

import pytest
import xlsxwriter

from sscb_training.bookings.teams.files import entries_in_file, entries_in_text
from sscb_training.bookings.teams.rules import MOST_PEOPLE, Entry
from sscb_training.core.lists import ListRefused

ASHA = Entry(1, "Asha Patel", "asha@hill.example", "Teacher")


def workbook(*rows: list[str]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for other in old.namelist():
            new.writestr(other, part if other == name else old.read(other))
    return file.getvalue()


def sheet(rows: str) -> bytes:
    """A hand-made sheet in a workbook that is otherwise good."""
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    return with_part(workbook(["Asha"]), "xl/worksheets/sheet1.xml", xml.encode())


@pytest.mark.parametrize(
    "text",
    [
        "Asha Patel,asha@hill.example,Teacher",
        "Asha Patel\tasha@hill.example\tTeacher\n",
        "  Asha  Patel ; asha@hill.example ; Teacher ;\r\n\r\n",
    ],
)
def test_entries_in_text_reads_what_people_paste(text: str) -> None:
    assert entries_in_text(text) == [ASHA]


def test_one_row_that_is_kept_apart_otherwise_leaves_the_others_readable() -> None:
    others = "Asha Patel,asha@hill.example,Teacher\nBen,ben@hill.example,Cook\n"

    with pytest.raises(ListRefused) as refused:
        entries_in_text(others + "Dev\tdev@hill.example\tCook\nkim@hill.example,,Cook")

    each = "enter a name first, then the email address and the job title, with commas or tabs between them"
    assert refused.value.problems == (f"Row 3: {each}", f"Row 4: {each}")
    assert [entry.name for entry in entries_in_text("Asha\nDev\tdev@hill.example\tCook, nights")] == [
        "Asha",
        "Dev",
    ]


def test_entries_in_text_follows_headings_in_any_order() -> None:
    found = entries_in_text(
        "Job title,Full name,Notes,Letters to\nCook,Kim,new,office@hill.example\n,Lee,,\n"
    )

    assert found == [
        Entry(2, "Kim", "", "Cook", "office@hill.example"),
        Entry(3, "Lee"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_entries_in_file_reads_csv_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    (entry,) = entries_in_file("Zoë O’Neill,zoe@hill.example,Teacher".encode(encoding))

    assert entry.name == "Zoë O’Neill"


def test_problems_name_their_rows_and_nothing_is_half_read() -> None:
    with pytest.raises(ListRefused) as refused:
        entries_in_text("Asha,asha@hill.example\n,nobody@hill.example\nLee,lee at hill\n")

    assert refused.value.problems == (
        "Row 2: enter a name",
        "Row 3: “lee at hill” must be an email address, like name@example.com",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x\n" * (MOST_PEOPLE + 1), "151 people"),
        ("\n" * 600 + "x", "500 rows"),
        ("a" * 201, "name must be 200"),
        ('"' + "a" * 200_000, "could not be read"),
    ],
)
def test_lists_that_are_too_long_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ListRefused, match=problem):
        entries_in_text(text)


def test_entries_in_file_reads_an_excel_workbook() -> None:
    pytest.importorskip("python_calamine")
    content = workbook(["Name", "Email", "Job title"], ["Asha Patel", "asha@hill.example", "Teacher"])

    assert entries_in_file(content) == [Entry(2, "Asha Patel", "asha@hill.example", "Teacher")]


XXE = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04 and nothing more", id="a broken folder"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, id="an old workbook"),
        pytest.param(b"%PDF-1.7\0\0", id="another kind of file"),
        pytest.param(b"x" * (1024 * 1024 + 1), id="a huge file"),
        pytest.param(b"\xff\xfea", id="half a letter"),
        pytest.param(
            with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", b" " * 50_000_000), id="a zip bomb"
        ),
        pytest.param(sheet('<row r="1"><c r="A1"/></row><row r="9"><c r="XFD1"/></row>'), id="a far column"),
        pytest.param(sheet('<row r="1048576"><c t="str"><v>a</v></c></row>'), id="a far row"),
        pytest.param(sheet("<row><c><v>1</v></c></row>" * 6_000), id="too many cells"),
        pytest.param(
            with_part(workbook(["a"]), "xl/sharedStrings.xml", b"<sst><si><t>" + b"a" * 40_000 + b"</t></si></sst>"),
            id="a text that no cell can hold",
        ),
        pytest.param(with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetD"), id="cut off"),
        pytest.param(with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", XXE), id="a foreign entity"),
        pytest.param(with_part(workbook(["a"]), "xl/workbook.xml", b"\0\1\2"), id="no workbook"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_soon_in_words(content: bytes) -> None:
    if content.startswith(b"PK"):
        pytest.importorskip("python_calamine")
    began = time.monotonic()

    with pytest.raises(ListRefused, match=r"file|workbook|name"):
        entries_in_file(content)

    assert time.monotonic() - began < 5
