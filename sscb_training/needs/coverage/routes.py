"""Pages of coverage: the agencies, and the people behind each number."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import get_or_404
from sscb_training.core.pages import page_asked_for, page_of, unread_days
from sscb_training.needs.coverage import queries, rules
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.queries import waiting
from sscb_training.needs.routes import DAYS, bp, days_asked_for

COLUMNS = (
    "Agency", "In force", "Headcount", "Headcount dated", "Headcount by", "Coverage %", "Gap", "Booked", "As at",
    "As known on",
)  # fmt: skip


@bp.get("/needs/<int:need_id>/coverage")
@allow(*STAFF)
def coverage(need_id: int) -> ResponseReturnValue:
    """How far each agency and the county have come, as at a day and as known on a day."""
    need, days, unread = get_or_404(TrainingNeed, need_id), days_asked_for(), unread_days(DAYS)
    lines, county = queries.coverage_on(need, **days)
    if request.args.get("format") in {"csv", "xlsx"} and not unread:
        return _sheet(need, lines, county, **days)
    trained_counts = board_numbers().trained_counts
    return render_template(
        "needs/coverage.html",
        need=need,
        lines=lines,
        county=county,
        missing=queries.missing_returns(need, **days),
        waiting=waiting(**days).get(need.id, []),
        trained_counts=trained_counts,
        trained_only=queries.trained_only(need, **days) if trained_counts else 0,
        trend=[*queries.coverage_trend(need, **days), county],
        is_old=rules.is_old,
        today=clock.today(),
        unread=unread,
        **days,
    )


@bp.get("/needs/<int:need_id>/coverage/<int:agency_id>")
@allow(*STAFF)
def people(need_id: int, agency_id: int) -> ResponseReturnValue:
    """The people behind an agency's number; a day that cannot be read goes back to the page that asks for it."""
    need, agency, days = get_or_404(TrainingNeed, need_id), get_or_404(Agency, agency_id), days_asked_for()
    if unread_days(DAYS):
        asked: dict[str, Any] = {name: request.args[name] for name in DAYS if name in request.args}
        return redirect(url_for("needs.coverage", need_id=need.id, **asked))
    booked = request.args.get("show") == "booked"
    standing = rules.Standing.BOOKED if booked else rules.Standing.IN_FORCE
    of = queries.Parts(agency_id=agency.id)
    query = queries.people_behind(need, of, standing=standing, only_known=False, **days)
    behind = page_of(query, page=page_asked_for(), scalars=False)
    return render_template(
        "needs/people.html",
        need=need,
        agency=agency,
        page=behind,
        people=[queries.Behind(*row) for row in behind.items],
        booked=booked,
        missing=queries.missing_returns(need, **days).get(agency.id, []),
        today=clock.today(),
        **days,
    )


def _sheet(
    need: TrainingNeed, lines: Any, county: queries.CountyCoverage, *, as_at: date, known_on: date
) -> ResponseReturnValue:
    answer = sheets.csv_answer if request.args["format"] == "csv" else sheets.excel_answer
    return answer(
        f"coverage-{need.code}-{as_at.isoformat()}", COLUMNS, _sheet_rows(lines, county, as_at, known_on)
    )


def _sheet_rows(
    lines: Any, county: queries.CountyCoverage, as_at: date, known_on: date
) -> Iterator[list[sheets.Cell]]:
    for name, dated, by, figure in [
        *((line.name, line.returned_on, _counted_by(line), line) for line in lines),
        (f"County, each person once, agencies left out: {county.left_out}", None, "", county),
    ]:
        headcount = "Headcount not supplied" if figure.headcount is None else figure.headcount
        yield [
            name,
            figure.in_force,
            headcount,
            dated,
            by,
            figure.percent,
            figure.gap,
            figure.booked,
            as_at,
            known_on,
        ]


def _counted_by(line: queries.AgencyCoverage) -> str:
    if line.headcount is None:
        return ""
    return "People named here" if line.is_named else "Return"
