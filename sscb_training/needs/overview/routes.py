"""Pages that show needs whole: the list, and one with all that belongs to it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.needs import queries, service
from sscb_training.needs.audiences.queries import changes_behind
from sscb_training.needs.coverage.queries import county_coverage, coverage_of_every_need, coverage_on
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.overview.forms import NOBODY, AudienceForm, filters_from
from sscb_training.needs.overview.queries import lines, owners
from sscb_training.needs.overview.service import try_audience
from sscb_training.needs.reviews.queries import decisions_about
from sscb_training.needs.reviews.routes import notice
from sscb_training.needs.routes import bp
from sscb_training.needs.triage.queries import taken_back
from sscb_training.people.signed_in import current_person


@bp.get("/needs")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """The needs with the county's figure as at today, sorted and narrowed as the address says."""
    today, filters = clock.today(), filters_from(request.args)
    figures = coverage_of_every_need(as_at=today, known_on=today)
    notice(figures)
    needs = queries.needs_in_order()
    return render_template(
        "needs/index.html",
        needs=needs,
        lines=lines(filters, figures, on=today),
        filters=filters,
        statuses=list(NeedStatus),
        owners=owners(needs),
        nobody=NOBODY,
        today=today,
    )


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
        decided=(decided := decisions_about(need)),
        taken_back=taken_back(need, decided),
        today=today,
        waiting=[i for i in need.interventions if i.counts and i.waits(today)],
        changes=changes_behind(need),
        dates=page_of(queries.upcoming_dates(need, now=clock.now()), page=page_asked_for()),
        events=events_about(need),
    )


@bp.route("/needs/<int:need_id>/audience", methods=["GET", "POST"])
@allow(*STAFF)
def audience(need_id: int) -> ResponseReturnValue:
    """Choose whom a need is for; how many agencies and people that is stands there before it is saved."""
    need, today = queries.need_in_full(need_id), clock.today()
    form = AudienceForm.from_request(**_audience(need))
    counted = None
    try:
        if form.accepted() and "count" not in request.form:
            with transaction():
                form.settle(need, _audience)
                service.change_audience(need, **_chosen(form), by=current_person(), now=clock.now())
            flash("The audience is changed.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
        if not form.is_submitted():
            counted = coverage_on(need, as_at=today, known_on=today)
        elif not form.errors:
            with transaction():
                counted = try_audience(need, **_chosen(form), on=today, now=clock.now())
    except (Overtaken, service.NeedRefused) as refusal:
        form.refuse(refusal)
    return render_template("needs/audience.html", need=need, form=form, counted=counted, today=today)


def _audience(need: TrainingNeed) -> dict[str, Any]:
    """What the form of a need's audience shows when it is opened."""
    return {
        "staff_groups": [group.id for group in need.staff_groups],
        "sectors": [part.sector.value for part in need.sectors if part.sector],
        "agencies": [agency.id for agency in need.agencies],
        "excluded_sectors": [part.sector.value for part in need.excluded_sectors if part.sector],
        "excluded_agencies": [agency.id for agency in need.excluded_agencies],
    }


def _chosen(form: AudienceForm) -> dict[str, Any]:
    """The rows and sectors that the form's keys stand for."""
    answers = form.answers
    return {
        "staff_groups": [get_or_404(StaffGroup, row_id) for row_id in answers["staff_groups"]],
        **{
            name: [Sector(sector) for sector in answers[name] or ()]
            for name in ("sectors", "excluded_sectors")
        },
        **{
            name: [get_or_404(Agency, row_id) for row_id in answers[name] or ()]
            for name in ("agencies", "excluded_agencies")
        },
    }
