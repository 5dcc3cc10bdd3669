"""The list of who trained without the accreditation that their course asks of trainers."""

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.queries import schemes
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import (
    PAGE_LENGTH,
    Page,
    day_asked_for,
    days_out_of_order,
    page_asked_for,
    row_asked_for,
    unread_days,
)
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.trainers.lapsed import queries
from sscb_training.trainers.lapsed.queries import Filters
from sscb_training.trainers.routes import bp

FILES = {"csv": csv_answer, "xlsx": excel_answer}
DAYS = {"from": "From", "to": "To"}
A_YEAR = timedelta(days=365)
WHEN = {"past": True, "to_come": False}


@bp.get("/trainers/without-accreditation")
@allow(*STAFF)
def without_accreditation() -> ResponseReturnValue:
    """The last year and the next unless the address says other days."""
    today = clock.today()
    filters = Filters(
        day_asked_for("from", today - A_YEAR),
        day_asked_for("to", today + A_YEAR),
        scheme_id=row_asked_for("scheme"),
        search=request.args.get("q", "").strip()[:100],
        is_over=WHEN.get(request.args.get("when", "")),
    )
    unread = unread_days(DAYS) or days_out_of_order(DAYS, filters.begin, filters.end)
    lines = queries.lines(filters, now=clock.now())
    answer = FILES.get(request.args.get("format", ""))
    if answer and not unread:
        return answer("trainers-without-accreditation", queries.EXPORTED, queries.exported(lines, filters))
    page = min(page_asked_for(), max(1, -(-len(lines) // PAGE_LENGTH)))
    return render_template(
        "trainers/without_accreditation.html",
        page=Page(lines[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH], page, len(lines)),
        filters=filters,
        unread=unread,
        when=next((word for word, is_over in WHEN.items() if is_over is filters.is_over), ""),
        asked_of=[(scheme.id, scheme.name) for scheme in schemes() if scheme.trainers_hold_it],
    )
