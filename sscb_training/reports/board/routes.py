"""The report as a page, a PDF and a workbook: for board staff of the county or any agency, for a lead of their own."""

from dataclasses import replace

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.routing import BuildError

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import every_agency
from sscb_training.core import clock, pdf, sheets
from sscb_training.core.access import STAFF, allow, may_open
from sscb_training.core.pages import day_asked_for, unread_days
from sscb_training.core.roles import Role
from sscb_training.core.times import plain_date
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.reports.board import queries, rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.report import report
from sscb_training.reports.board.rules import Cell, Kind, Report, Section, Table
from sscb_training.reports.routes import Period, bp, period_asked_for
from sscb_training.reports.rules import Preset
from sscb_training.reports.use.routes import agency_asked_for

DAYS = {"since": "Set beside", "known_on": "As known on"}
PUBLISHED = "published"


@bp.get("/reports/board")
@allow(Role.AGENCY_LEAD, *STAFF)
def board() -> ResponseReturnValue:
    """The report of a period, for whoever may see it."""
    viewer, today = current_person(), clock.today()
    agencies = agencies_seen_by(viewer)
    period = period_asked_for(today)
    asked = asked_for(viewer, period, agencies)
    unread = unread_of(asked, period)
    made = None if unread else report(asked, now=clock.now())
    if made and (answer := as_file(made, made.title, "")):
        return answer
    return render_template(
        "reports/board.html",
        report=made,
        period=replace(period, unread=unread),
        asked=asked,
        today=today,
        agencies=agencies,
        agency_choices=[(agency.id, agency.name) for agency in agencies.values()],
        of_everybody=viewer.is_board_staff,
        presets=[(preset.label, preset.value) for preset in Preset],
        page_behind=page_behind,
        published=PUBLISHED,
        query={**request.args.to_dict(), "from": period.begin.isoformat(), "to": period.end.isoformat()},
    )


def agencies_seen_by(viewer: Person) -> dict[int, Agency]:
    """The agencies whose own report this person may see, by name."""
    return {
        agency.id: agency
        for agency in every_agency()
        if viewer.is_board_staff or agency.id in viewer.leads_agency_ids
    }


def asked_for(viewer: Person, period: Period, agencies: dict[int, Agency]) -> Asked:
    """What the address asks of a report."""
    agency_id = agency_asked_for(agencies, of_everybody=viewer.is_board_staff)
    today = clock.today()
    return queries.asked(
        period.begin,
        period.end,
        agency=agencies[agency_id] if agency_id is not None else None,
        is_published=agency_id is None and request.args.get("figures") == PUBLISHED,
        known_on=day_asked_for("known_on", today),
        since=day_asked_for("since", today) if request.args.get("since") else None,
        today=today,
    )


def unread_of(asked: Asked, period: Period) -> dict[str, str]:
    """What to say beside each field that could not be read, or that makes no report with the others."""
    late = f"Set beside must be a day before {plain_date(asked.as_at)}, the report’s own"
    wrong = {"since": late} if request.args.get("since") and asked.since >= asked.as_at else {}
    if asked.agency and current_person().is_board_staff and request.args.get("figures") == PUBLISHED:
        wrong["figures"] = "Published figures are of all agencies together, and cannot be of one agency"
    return wrong | period.unread | unread_days(DAYS)


def page_behind(cell: Cell) -> str:
    """The address of the rows behind a figure, when whoever is signed in may open it; a page that is gone has none."""
    if cell.endpoint not in current_app.view_functions or not may_open(current_user, cell.endpoint):
        return ""
    try:
        return url_for(cell.endpoint, **cell.given)
    except BuildError:
        return ""


# As a file


def as_file(made: Report, title: str, about: str) -> Response | None:
    """The report as the file that ?format= asks for; None when it asks for the page. `about` is printed under the title."""
    name = f"report-{made.begin}-to-{made.end}"
    wanted = request.args.get("format", "")
    if wanted == "xlsx":
        return sheets.workbook_answer(name, [_first_sheet(made, title, about), *map(_sheet, made.sections)])
    if wanted == "pdf":
        return pdf.pdf_answer(name, "reports/board.typ", **_on_paper(made, title, about))
    return None


def _first_sheet(made: Report, title: str, about: str) -> sheets.Sheet:
    lines = [[name, value] for name, value in [*_days(made), ("", about)] if value]
    return sheets.Sheet("About", [sheets.Block(title, ["", ""], lines)])


def _days(made: Report) -> list[tuple[str, str]]:
    return [
        ("Of", made.whose or "All agencies"),
        ("Period", f"{plain_date(made.begin)} to {plain_date(made.end)}"),
        ("Needs as at", plain_date(made.as_at)),
        ("As known on", plain_date(made.known_on)),
        ("Figures", "Published figures" if made.is_published else ""),
    ]


def _sheet(section: Section) -> sheets.Sheet:
    blocks = []
    if section.figures:
        figures = [[name, _in_a_sheet(cell), cell.note] for name, cell in section.figures]
        blocks.append(sheets.Block(section.title, ["Figure", "", ""], figures))
    blocks += [_block(table) for table in section.tables]
    if section.words:
        blocks.append(sheets.Block("About these figures", [], [[words] for words in section.words]))
    return sheets.Sheet(section.title, blocks)


def _block(table: Table) -> sheets.Block:
    """A table, with a column beside each whose figures have notes: what a rate is of is never left behind."""
    noted = [any(row[place].note for row in table.rows) for place in range(len(table.columns))]
    headings: list[str] = []
    for column, has_notes in zip(table.columns, noted, strict=True):
        headings += [column.text, f"{column.text}, note"] if has_notes else [column.text]
    lines = []
    for row in table.rows:
        line: list[sheets.Cell] = []
        for cell, has_notes in zip(row, noted, strict=True):
            line += [_in_a_sheet(cell), cell.note] if has_notes else [_in_a_sheet(cell)]
        lines.append(line)
    return sheets.Block(table.caption, headings, lines or [[table.empty]])


def _in_a_sheet(cell: Cell) -> sheets.Cell:
    if cell.kind is Kind.SHARE and isinstance(cell.value, float | int):
        return sheets.Share(cell.value)
    if cell.kind is Kind.NUMBER and isinstance(cell.value, float | int):
        return cell.value
    return rules.day_of(cell) or cell.words


def _on_paper(made: Report, title: str, about: str) -> dict[str, object]:
    return {
        "title": title,
        "about": about,
        "days": [list(line) for line in _days(made) if line[1]],
        "board": current_app.extensions["settings"].board_name,
        "sections": [
            {
                "title": section.title,
                "words": section.words,
                "figures": [[name, cell.words, cell.note] for name, cell in section.figures],
                "tables": [
                    {
                        "caption": table.caption,
                        "columns": [[column.text, column.is_figure] for column in table.columns],
                        "rows": [[[cell.words, cell.note] for cell in row] for row in table.rows],
                        "empty": table.empty,
                        "has_total": table.has_total,
                        "note": table.note,
                    }
                    for table in section.tables
                ],
            }
            for section in made.sections
        ],
    }
