"""An audit from a spreadsheet: everything or nothing, and each reason with its row."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter

from sscb_training.case_audits.imports.jobs import forget_files
from sscb_training.case_audits.imports.models import AuditImport
from sscb_training.case_audits.models import ActionStatus, AuditKind, CaseAudit, Finding, Indicator
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    a_theme,
    make_agency,
    make_case_audit,
    make_finding,
    make_indicator,
    make_result,
)

Rows = Sequence[Sequence[Any]]
HEADINGS: Mapping[str, Sequence[str]] = {
    "Findings": ("Code", "Kind", "What was found", "Agencies", "Who is named", "Note", "Source"),
    "Indicators": (
        "Code", "What is true of a case that counts", "Better is", "True of", "Out of", "Cannot tell", "Note",
    ),
    "Actions": (
        "Code", "What will be done", "Kind of action", "Status", "Owner", "Due date", "Completed on", "Evidence",
        "Answers findings", "Note",
    ),
}  # fmt: skip
AUDIT = {
    "Code": "AUD-9", "Title": "Neglect again", "Theme": "Neglect", "Month": "May 2026", "Focus": "Has it changed?",
    "Number of cases": "40", "Agencies that took part": "Police; SCHT", "Re-audit of": "AUD-1",
}  # fmt: skip
FINDINGS = [
    ["NEG-8", "area for improvement", "Raised late", "Police", "", "", "p. 3"],
    ["POS-8", "Strength", "Good"],
]
INDICATORS: Rows = [
    ["IND-1", "", "", 30, 40, 2, ""],
    ["IND-2", "A chronology was kept", "Higher", "12", "40"],
]
ACTIONS = [
    ["ACT-8", "Tell teams", "Promotion", "Planned", "", "31/3/2027", "", "", "NEG-8", ""],
    ["ACT-9", "Report", "Report", "Completed", "The board", "", "1/6/2026", "Minutes", "", ""],
]


@pytest.fixture(autouse=True)
def here() -> CaseAudit:
    """What the file names."""
    a_theme()
    make_agency(name="Police")
    make_agency(name="Shropshire Community Health", short_name="SCHT")
    first = make_case_audit(code="AUD-1", month=date(2016, 5, 1))
    make_result(first, make_indicator(code="IND-1", text="The child was seen"), 6, 40)
    return first


def test_import_an_audit_as_a_draft(browser: Browser, cara: Person) -> None:
    page = sent(browser.signed_in(cara), workbook())
    assert page.h1 == "Check what would be imported"
    assert "2, 1 of indicators that are new here" in page.text
    assert db.session.query(Finding).count() == 0

    page = browser.post(page.url)

    assert "imported as a draft" in page.text
    draft = db.session.scalars(db.select(CaseAudit).filter_by(code="AUD-9")).one()
    assert draft.is_draft
    assert (draft.month, draft.kind, draft.sample_size) == (date(2026, 5, 1), AuditKind.CASE_AUDIT, 40)
    assert draft.re_audit_of is not None
    assert [agency.name for agency in draft.agencies] == ["Police", "Shropshire Community Health"]
    assert [(one.code, [agency.name for agency in one.agencies]) for one in draft.findings] == [
        ("NEG-8", ["Police"]), ("POS-8", []),
    ]  # fmt: skip
    assert [(one.indicator.code, one.numerator, one.cannot_tell) for one in draft.results] == [
        ("IND-1", 30, 2), ("IND-2", 12, 0),
    ]  # fmt: skip
    first, second = draft.actions
    assert (first.owner, first.due_on, [one.code for one in first.findings]) == (
        "",
        date(2027, 3, 31),
        ["NEG-8"],
    )
    assert (second.status, second.completed_on) == (ActionStatus.COMPLETED, date(2026, 6, 1))
    assert db.session.query(AuditImport).count() == 0
    assert "Improving" in page.text
    assert "File: audit.xlsx" in page.text


@pytest.mark.parametrize(
    ("changed", "row", "why"),
    [
        ({"audit": {"Theme": "Weather"}}, "Audit, row 3", "Theme: “Weather” is not known here"),
        ({"audit": {"Month": "2/2099"}}, "Audit, row 4", "Month: “2/2099” is in the future"),
        (
            {"audit": {"Month": "1/Smarch 2026"}}, "Audit, row 4",
            "Month: “1/Smarch 2026” is not a month. Enter month and year, like 5/2026 or May 2026",
        ),
        ({"audit": {"Month": date(2099, 1, 31)}}, "Audit, row 4", "Month: “31 January 2099” is in the future"),
        ({"audit": {"Title": ""}}, "Audit, row 1", "Title: it is empty"),
        ({"audit": {"Code": "AUD-1"}}, "Audit, row 1", "Code: AUD-1 is taken. Choose another one"),
        ({"audit": {"Re-audit of": "AUD-77"}}, "Audit, row 8", "Re-audit of: There is no audit with the code AUD-77"),
        ({"findings": [["NEG-8", "Idea", "x"]]}, "Findings, row 2", "Kind: enter one of: Area for improvement, Strength"),
        (
            {"findings": [*FINDINGS, ["NEG-8", "Strength", "Late", "Moon base"]]}, "Findings, row 4",
            "Code: NEG-8 stands in the file twice Agencies: “Moon base” is not an agency here",
        ),
        (
            {"findings": [["NEG-8", "Strength", "Seen by 943 476 5919"]]}, "Findings, row 2",
            "What was found: it holds what looks like an NHS number. Take it out: no child’s details belong here",
        ),
        (
            {"actions": [["ACT-8", "Ring mother of girl born 3/4/2012", "Report", "Planned"]]}, "Actions, row 2",
            "What will be done: it holds what looks like a date of birth.",
        ),
        ({"indicators": [["IND-1", "Seen", "", 3, 2]]}, "Indicators, row 2", "IND-1 is here as “The child was seen”"),
        ({"indicators": [["IND-1", "", "", 0, 0, 0]]}, "Indicators, row 2", "Out of: Enter how many cases were looked at"),
        ({"indicators": [["IND-7", "", "Up", "x", ""]]}, "Indicators, row 2", "Better is: Enter Higher or Lower"),
        (
            {"actions": [["ACT-8", "Tell", "Report", "Planned", "", "soon", "1/1/2026", "", "NEG-99", ""]]},
            "Actions, row 2", "Answers findings: NEG-99 is not on the sheet Findings",
        ),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_imported_is_said_and_nothing_is_kept(
    browser: Browser, cara: Person, changed: dict[str, Any], row: str, why: str
) -> None:
    page = sent(browser.signed_in(cara), workbook(**changed))

    lines = [
        [" ".join(cell.get_text(" ").split()) for cell in line.select("th, td")]
        for line in page.soup.select("tbody tr")
    ]
    said = {line[0]: line[-1] for line in lines}
    assert why in said[row]
    assert page.errors[0].endswith("cannot be imported, so nothing is. Mend the file and send it again")
    if row.startswith("Audit"):
        assert "6 of 6 findings, indicators and actions are right" in page.text
    assert db.session.query(AuditImport).count() == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "The file is empty"),
        (b"Code,Kind\nNEG-8,Strength\n", "A CSV file has one sheet only. Download the template"),
        (b"PK\x03\x04 no workbook", "The workbook could not be read. Open it in Excel, save it as an Excel"),
        (
            b"\x03\x04 the rest of a workbook",
            "The file must be an Excel workbook (.xlsx). Download the template",
        ),
        (b"%PDF-1.7", "The file must be an Excel workbook (.xlsx). Download the template"),
    ],
)
@pytest.mark.one_database
def test_a_file_that_is_no_audit_is_refused_in_words(
    browser: Browser, cara: Person, content: bytes, error: str
) -> None:
    page = sent(browser.signed_in(cara), content)

    assert len(page.errors) == 1
    assert page.errors[0].startswith(error)


@pytest.mark.one_database
def test_sheets_without_their_headings_are_refused_each(browser: Browser, cara: Person) -> None:
    browser.signed_in(cara)

    assert sent(browser, book_of({"Findings": []})).errors[0].startswith("There is no sheet called Audit")
    page = sent(
        browser, book_of({"Audit": [["Code", "A-1"]], "Findings": [["Code", "Kind"]], "Actions": [["x"]]})
    )
    assert sorted(page.errors, reverse=True) == [
        "The sheet Findings has no column What was found",
        "The sheet Actions has no heading Code",
    ]


def test_a_code_that_is_taken_meanwhile_stops_the_whole_import(browser: Browser, cara: Person) -> None:
    page = sent(browser.signed_in(cara), workbook())
    make_finding(code="POS-8")

    page = browser.post(page.url)

    assert page.errors == ["Some rows can no longer be imported. Nothing is imported."]
    assert "POS-8 is taken" in page.text
    assert db.session.query(Indicator).count() == 1
    address = page.url
    page = browser.post(f"{address}/discard")
    assert "The file is dropped" in page.text
    assert "imported already, dropped" in browser.get(address, status=404).text
    assert db.session.query(AuditImport).count() == 0


@pytest.mark.one_database
def test_a_sheet_that_is_not_there_is_said(browser: Browser, cara: Person) -> None:
    answers = {name: answer for name, answer in AUDIT.items() if name != "Re-audit of"}
    page = sent(browser.signed_in(cara), book_of({"Audit": [list(one) for one in answers.items()]}))

    for said in ("Findings: no findings", "Indicators: no results", "Actions: no actions"):
        assert f"There is no sheet {said} come in" in page.text


def test_a_file_that_nobody_imports_is_forgotten(browser: Browser, cara: Person) -> None:
    page = sent(browser.signed_in(cara), workbook())

    assert forget_files(NOW + timedelta(days=7)) == 0
    assert forget_files(NOW + timedelta(days=7, minutes=1)) == 1
    browser.get(page.url, status=404)


@pytest.mark.one_database
def test_the_template_filled_in_is_what_the_import_understands(browser: Browser, cara: Person) -> None:
    content = browser.signed_in(cara).get("/audits/import/template", check=False).response.get_data()

    page = sent(browser, content)

    assert page.errors == ["The sheet Audit is empty. Download the template and fill that in"]


def sent(browser: Browser, content: bytes) -> Page:
    return browser.post("/audits/import", {"file": (io.BytesIO(content), "audits/audit.xlsx")})


def workbook(
    *, audit: Mapping[str, Any] | None = None, findings: Rows = FINDINGS, indicators: Rows = INDICATORS,
    actions: Rows = ACTIONS,
) -> bytes:  # fmt: skip
    """The template filled in, with one part changed."""
    listed = {"Findings": findings, "Indicators": indicators, "Actions": actions}
    return book_of(
        {"Audit": [list(one) for one in (AUDIT | dict(audit or {})).items()]}
        | {name: [list(HEADINGS[name]), *rows] for name, rows in listed.items()}
    )


def book_of(sheets: Mapping[str, Rows]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "d mmmm yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return file.getvalue()
