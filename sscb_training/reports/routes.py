"""The board's report: how every need is covered, and how training dates were used."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import day_asked_for, unread_days
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.queries import CountyCoverage, coverage_of_every_need, needs_in_order
from sscb_training.reports import queries, rules
from sscb_training.reports.queries import CourseUse
from sscb_training.reports.rules import Use

bp = Blueprint("reports", __name__)

DAYS = {"as_at": "As at", "known_on": "As known on", "from": "Dates from", "to": "Dates to"}
COVERAGE_COLUMNS = (
    "Need", "Title", "Status", "In force", "Headcount", "Coverage %", "Gap", "Booked", "In force everywhere",
    "Agencies left out", "Target %", "Target date", "As at", "As known on",
)  # fmt: skip
USE_COLUMNS = (
    "Course", "Title", "Dates", "Capacity", "Booked", "Cancelled", "Attended", "Of them unscheduled",
    "Part attended", "Did not attend", "Came as booked", "Of those booked and not cancelled", "No-show",
    "Seats filled, of capacity", "Registers still open, left out", "From", "To",
)  # fmt: skip


@bp.get("/reports")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every need as at a day, and the use of training dates in a period; both as files too."""
    today = clock.today()
    as_at, known_on = day_asked_for("as_at", today), day_asked_for("known_on", today)
    begin, end = day_asked_for("from", _year_began(today)), day_asked_for("to", today)
    needs, figures = needs_in_order(), coverage_of_every_need(as_at=as_at, known_on=known_on)
    courses = queries.use_by_course(begin=begin, end=end, now=clock.now())
    total = sum((course.use for course in courses), Use())
    wanted, unread = request.args.get("format"), unread_days(DAYS)
    if wanted in {"csv", "xlsx"} and not unread:
        answer = sheets.csv_answer if wanted == "csv" else sheets.excel_answer
        if request.args.get("of") == "use":
            return answer(
                f"use-of-dates-{begin}-to-{end}", USE_COLUMNS, _use_rows(courses, total, begin, end)
            )
        return answer(f"coverage-{as_at}", COVERAGE_COLUMNS, _need_rows(needs, figures, as_at, known_on))
    return render_template(
        "reports/index.html",
        needs=needs,
        figures=figures,
        courses=courses,
        total=total,
        rows=[*((course.title, course.use, False) for course in courses), ("All courses", total, True)],
        rules=rules,
        as_at=as_at,
        known_on=known_on,
        begin=begin,
        end=end,
        today=today,
        unread=unread,
    )


def _year_began(today: date) -> date:
    """A year ago tomorrow, so that the usual period is a whole year."""
    return today - timedelta(days=364)


def _need_rows(
    needs: Sequence[TrainingNeed], figures: dict[int, CountyCoverage], as_at: date, known_on: date
) -> Iterator[list[sheets.Cell]]:
    for need in needs:
        figure = figures.get(need.id) or CountyCoverage.nobody(need, as_at)
        headcount = "Headcount not supplied" if figure.headcount is None else figure.headcount
        yield [
            need.code, need.title, need.status.label, figure.in_force, headcount, figure.percent, figure.gap,
            figure.booked, figure.everywhere, figure.left_out, need.target_percent, need.target_date, as_at,
            known_on,
        ]  # fmt: skip


def _use_rows(
    courses: Sequence[CourseUse], total: Use, begin: date, end: date
) -> Iterator[list[sheets.Cell]]:
    for code, title, use in [*((c.code, c.title, c.use) for c in courses), ("All courses", "", total)]:
        yield [
            code, title, use.dates, use.capacity, use.booked, use.cancelled, use.attended, use.unscheduled,
            use.part_attended, use.did_not_attend, rules.came_as_booked(use).percent,
            rules.came_as_booked(use).words, rules.no_show(use).percent, rules.seats_filled(use).percent,
            use.open_registers, begin, end,
        ]  # fmt: skip
