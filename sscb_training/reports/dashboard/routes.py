"""The dashboard for a board meeting's screen."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import row_asked_for
from sscb_training.reports.dashboard import queries
from sscb_training.reports.routes import bp
from sscb_training.reports.rules import Preset, days_of
from sscb_training.reports.use import rules as use

MONTHS_AHEAD = 12


@bp.get("/reports/dashboard")
@allow(*STAFF)
def dashboard() -> ResponseReturnValue:
    """Six questions that board members ask, with a picture each: of all needs, of one need closely, of dates and audits."""
    today = clock.today()
    needs = queries.needs_shown(on=today)
    can_grow = [one for one in needs if not one.held_up]
    furthest = max(can_grow or needs, key=lambda one: one.behind, default=None)
    chosen = next((one for one in needs if one.need.id == row_asked_for("need")), furthest)
    begin, end = days_of(Preset.LAST_12_MONTHS, today=today)
    courses, total = queries.use_by_course(begin, end, now=clock.now())
    return render_template(
        "reports/dashboard.html",
        today=today,
        needs=needs,
        one=queries.one_need(chosen.need, on=today) if chosen else None,
        held_up=chosen.held_up if chosen else "",
        months_ahead=MONTHS_AHEAD,
        courses=courses,
        came=use.came_as_booked(total),
        left_out=use.left_out(total),
        begin=begin,
        end=end,
        series=queries.re_audited(),
    )
