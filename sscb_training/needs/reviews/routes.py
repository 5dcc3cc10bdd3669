"""The pages on which board staff see which needs wait for the board, and record what it decided."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.indicators.queries import verdicts_behind
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.forms import Form
from sscb_training.core.transaction import transaction
from sscb_training.needs.coverage.queries import CountyCoverage, county_coverage, coverage_of_every_need
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import needs_in_order
from sscb_training.needs.reviews import queries, rules, service
from sscb_training.needs.reviews.forms import CloseNeedForm, KeepOpenForm, ReOpenForm
from sscb_training.needs.routes import bp
from sscb_training.people.signed_in import current_person


@bp.app_template_global("status_of_need")
def status_of_need(need: TrainingNeed, *, as_at: date, known_on: date) -> NeedStatus:
    """For the page of its coverage, which stands below what was decided and so cannot ask itself (decision 0031)."""
    return queries.status_on(need, as_at=as_at, known_on=known_on)


@bp.get("/needs/reviews")
@allow(*STAFF)
def reviews() -> ResponseReturnValue:
    """The needs that wait for the board: their target is reached, or the day to look again has come."""
    today = clock.today()
    figures = coverage_of_every_need(as_at=today, known_on=today)
    notice(figures)
    return render_template(
        "needs/reviews.html",
        ready=queries.ready_to_review(),
        due=queries.due_for_review(on=today),
        figures=figures,
        today=today,
    )


@bp.route("/needs/<int:need_id>/close", methods=["GET", "POST"])
@allow(*STAFF)
def close(need_id: int) -> ResponseReturnValue:
    """Record that the board closed a need."""

    def close_it(need: TrainingNeed, answers: Mapping[str, Any]) -> None:
        service.close_need(
            need, **{**answers, "statement": rules.STATEMENT}, by=current_person(), now=clock.now()
        )

    return _decide(need_id, CloseNeedForm.from_request(), close_it, "needs/close.html", "The need is closed.")


@bp.route("/needs/<int:need_id>/keep-open", methods=["GET", "POST"])
@allow(*STAFF)
def keep_open(need_id: int) -> ResponseReturnValue:
    """Record that the board looked at a need and keeps it open."""

    def keep(need: TrainingNeed, answers: Mapping[str, Any]) -> None:
        service.keep_open(need, **answers, by=current_person(), now=clock.now())

    return _decide(need_id, KeepOpenForm.from_request(), keep, "needs/keep_open.html", "The need stays open.")


@bp.route("/needs/<int:need_id>/re-open", methods=["GET", "POST"])
@allow(*STAFF)
def re_open(need_id: int) -> ResponseReturnValue:
    """Re-open a closed need by hand."""

    def open_again(need: TrainingNeed, answers: Mapping[str, Any]) -> None:
        service.re_open(need, **answers, by=current_person(), now=clock.now())

    return _decide(
        need_id, ReOpenForm.from_request(), open_again, "needs/re_open.html", "The need is re-opened."
    )


def notice(figures: Mapping[int, CountyCoverage]) -> None:
    """Let the status of needs follow the figures that a page is about to show, as the worker does every hour."""
    today = clock.today()
    moved = [
        need
        for need in needs_in_order()
        if need.id in figures and service.moved(need, figures[need.id], on=today)
    ]
    for need in moved:
        with transaction():
            service.follow_coverage(need, now=clock.now())


def _decide(
    need_id: int, form: Form, decide: Callable[[TrainingNeed, Mapping[str, Any]], None], page: str, done: str
) -> ResponseReturnValue:
    need, today = get_or_404(TrainingNeed, need_id), clock.today()
    if form.accepted():
        try:
            with transaction():
                decide(need, form.answers)
        except service.ReviewRefused as refusal:
            form.refuse(refusal)
        else:
            flash(done, "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template(
        page,
        form=form,
        need=need,
        is_closed=need.status is NeedStatus.CLOSED,
        figure=county_coverage(need, as_at=today, known_on=today),
        re_audits=queries.re_audits_behind(need),
        series=verdicts_behind(found.case_audit for found in need.findings if found.case_audit),
    )
