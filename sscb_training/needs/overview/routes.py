"""Pages that show needs whole: the list, and one with all that belongs to it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.timeline import events_about
from sscb_training.needs import queries
from sscb_training.needs.coverage.queries import county_coverage, coverage_of_every_need
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews.queries import decisions_about
from sscb_training.needs.reviews.routes import notice
from sscb_training.needs.routes import bp


@bp.get("/needs")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every need with the county's figure as at today."""
    today = clock.today()
    figures = coverage_of_every_need(as_at=today, known_on=today)
    notice(figures)
    return render_template("needs/index.html", needs=queries.needs_in_order(), figures=figures, today=today)


@bp.get("/needs/<int:need_id>")
@allow(*STAFF)
def show(need_id: int) -> ResponseReturnValue:
    """A need: the findings behind it, whom it is for, what meets it, how far the county has come."""
    today = clock.today()
    figure = county_coverage(get_or_404(TrainingNeed, need_id), as_at=today, known_on=today)
    notice({need_id: figure})
    need = queries.need_in_full(need_id)
    return render_template(
        "needs/show.html",
        need=need,
        figure=figure,
        decided=decisions_about(need),
        dates=queries.upcoming_dates(need, now=clock.now()),
        events=events_about(need),
    )
