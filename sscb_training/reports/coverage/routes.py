"""The board's report: how every need is covered, and the three rates of the last 12 months."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import day_asked_for, known_on_asked_for, unread_days
from sscb_training.needs.coverage.queries import CountyCoverage, coverage_of_every_need
from sscb_training.needs.models import Intervention, NeedStatus, TrainingNeed
from sscb_training.needs.queries import actions_waited_for, needs_in_order, waiting
from sscb_training.needs.reviews.queries import statuses_on
from sscb_training.reports.routes import bp, file_asked_for
from sscb_training.reports.rules import Preset, days_of
from sscb_training.reports.use import rules
from sscb_training.reports.use.queries import Filters, use_by_date

DAYS = {"as_at": "As at", "known_on": "As known on"}
COLUMNS = (
    "Need", "Title", "Status", "In force", "Headcount", "Coverage %", "Gap", "Booked", "In force everywhere",
    "Agencies left out", "Target %", "Target date", "Waits for the course of", "As at", "As known on",
)  # fmt: skip


@bp.get("/reports/coverage")
@allow(*STAFF)
def coverage() -> ResponseReturnValue:
    """Every need as at a day, as a file too."""
    today = clock.today()
    as_at, known_on = day_asked_for("as_at", today), known_on_asked_for()
    needs = needs_in_order(known_on=known_on)
    figures = coverage_of_every_need(as_at=as_at, known_on=known_on)
    unread = unread_days(DAYS)
    statuses = statuses_on(as_at=as_at, known_on=known_on)
    held = waiting(as_at=as_at, known_on=known_on)
    answer = file_asked_for(
        f"coverage-{as_at}", COLUMNS, _rows(needs, figures, statuses, held, as_at, known_on)
    )
    if answer and not unread:
        return answer
    begin, end = days_of(Preset.LAST_12_MONTHS, today=today)
    dates = use_by_date(Filters(begin, end), now=clock.now())
    return render_template(
        "reports/coverage.html",
        needs=needs,
        figures=figures,
        statuses=statuses,
        waiting=held,
        as_at=as_at,
        known_on=known_on,
        today=today,
        unread=unread,
        total=sum((one.use for one in dates), rules.Use()),
        rules=rules,
        begin=begin,
        end=end,
    )


def _rows(
    needs: Sequence[TrainingNeed],
    figures: dict[int, CountyCoverage],
    statuses: dict[int, NeedStatus],
    held: Mapping[int, Sequence[Intervention]],
    as_at: date,
    known_on: date,
) -> Iterator[list[sheets.Cell]]:
    for need in needs:
        figure = figures.get(need.id) or CountyCoverage.nobody(need, as_at)
        headcount = "Headcount not supplied" if figure.headcount is None else figure.headcount
        yield [
            need.code, need.title, statuses[need.id].label, figure.in_force, headcount, figure.percent, figure.gap,
            figure.booked, figure.everywhere, figure.left_out, need.target_percent, need.target_date,
            actions_waited_for(held.get(need.id, ())), as_at, known_on,
        ]  # fmt: skip
