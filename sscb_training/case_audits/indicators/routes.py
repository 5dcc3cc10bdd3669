"""Pages of indicators: which there are, what an audit saw of each, and what a re-audit says beside it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.indicators import queries, service
from sscb_training.case_audits.indicators.forms import (
    AddIndicatorForm,
    AddResultForm,
    ChangeIndicatorForm,
    ChangeResultForm,
    indicator_as_it_is,
    not_asked_yet,
    result_as_it_is,
)
from sscb_training.case_audits.indicators.rules import FEWEST, beyond_the_sample
from sscb_training.case_audits.models import CaseAudit, Indicator, IndicatorResult
from sscb_training.case_audits.queries import audit_in_full
from sscb_training.case_audits.routes import bp
from sscb_training.case_audits.service import AuditRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import db, get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.forms import also_offer
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.courses.settings.queries import themes
from sscb_training.people.signed_in import current_person


@bp.get("/indicators")
@allow(*STAFF)
def indicators() -> ResponseReturnValue:
    """Every indicator and in how many audits it was asked."""
    every = themes()
    theme = next((theme for theme in every if theme.slug == request.args.get("theme")), None)
    found = queries.indicators_found(theme_id=theme.id if theme else None)
    return render_template(
        "case_audits/indicators.html",
        page=page_of(found, page=page_asked_for(), scalars=False),
        theme=theme,
        theme_choices=[(theme.slug, theme.name) for theme in every],
    )


@bp.get("/indicators/<int:indicator_id>")
@allow(*STAFF)
def indicator(indicator_id: int) -> ResponseReturnValue:
    """An indicator, and how it came out in published audits."""
    found = get_or_404(Indicator, indicator_id)
    return render_template(
        "case_audits/indicator.html",
        indicator=found,
        series=queries.series_of(found),
        events=events_about(found),
        fewest=FEWEST,
    )


@bp.route("/indicators/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_indicator() -> ResponseReturnValue:
    """Add an indicator; coming from an audit, go back to it."""
    case_audit = _audit_come_from()
    form = AddIndicatorForm.from_request()
    if form.accepted():
        try:
            with transaction():
                added = service.add_indicator(**_meant(form), by=current_person(), now=clock.now())
        except AuditRefused as refusal:
            form.refuse(refusal, "code")
        else:
            flash("The indicator is added.", "success")
            if case_audit is not None:
                return redirect(
                    url_for("case_audits.add_result", case_audit_id=case_audit.id, indicator=added.id)
                )
            return redirect(url_for("case_audits.indicator", indicator_id=added.id))
    return render_template("case_audits/add_indicator.html", form=form, case_audit=case_audit)


@bp.route("/indicators/<int:indicator_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_indicator(indicator_id: int) -> ResponseReturnValue:
    """Put an indicator better, until a published audit has asked it."""
    found = get_or_404(Indicator, indicator_id)
    form = ChangeIndicatorForm.from_request(**indicator_as_it_is(found))
    if form.accepted():
        try:
            with transaction():
                form.settle(found, indicator_as_it_is)
                service.change_indicator(found, **_meant(form), by=current_person(), now=clock.now())
        except (Overtaken, AuditRefused) as refusal:
            form.refuse(refusal)
        else:
            flash("The indicator is changed.", "success")
            return redirect(url_for("case_audits.indicator", indicator_id=found.id))
    return render_template("case_audits/change_indicator.html", form=form, indicator=found)


@bp.get("/audits/<int:case_audit_id>/indicators")
@allow(*STAFF)
def comparison(case_audit_id: int) -> ResponseReturnValue:
    """What an audit saw of each indicator, beside the audits that it looks at again."""
    case_audit = audit_in_full(case_audit_id)
    return render_template(
        "case_audits/comparison.html",
        case_audit=case_audit,
        series=queries.verdicts_of(case_audit),
        not_asked=queries.not_asked_again(case_audit),
        fewest=FEWEST,
    )


@bp.route("/audits/<int:case_audit_id>/indicators/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_result(case_audit_id: int) -> ResponseReturnValue:
    """Record what an audit saw of an indicator."""
    case_audit = get_or_404(CaseAudit, case_audit_id)
    offered = not_asked_yet(case_audit.results)
    form = AddResultForm.from_request(indicator=request.args.get("indicator"))
    also_offer(form.indicator, offered)
    if form.accepted():
        asked = get_or_404(Indicator, form.indicator.data)
        answers = {name: answer for name, answer in form.answers.items() if name != "indicator"}
        try:
            with transaction():
                result = service.record_result(
                    case_audit, asked, **answers, by=current_person(), now=clock.now()
                )
        except AuditRefused as refusal:
            form.refuse(refusal)
        else:
            return _saved(result, "The result is recorded.")
    return render_template(
        "case_audits/add_result.html", form=form, case_audit=case_audit, any_indicator=bool(offered)
    )


@bp.route("/results/<int:result_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_result(result_id: int) -> ResponseReturnValue:
    """Correct a result."""
    result = queries.result_in_full(result_id)
    form = ChangeResultForm.from_request(**result_as_it_is(result))
    if form.accepted():
        try:
            with transaction():
                form.settle(result, result_as_it_is)
                service.change_result(result, **form.answers, by=current_person(), now=clock.now())
        except (Overtaken, AuditRefused) as refusal:
            form.refuse(refusal)
        else:
            return _saved(result, "The result is changed.")
    return render_template("case_audits/change_result.html", form=form, result=result)


@bp.post("/results/<int:result_id>/remove")
@allow(*STAFF)
def remove_result(result_id: int) -> ResponseReturnValue:
    """Take a result out of a draft."""
    result = queries.result_in_full(result_id)
    case_audit_id = result.case_audit_id
    with transaction():
        service.remove_result(result, by=current_person(), now=clock.now())
    flash("The result is removed.", "success")
    return redirect(url_for("needs.audit", case_audit_id=case_audit_id))


def _saved(result: IndicatorResult, words: str) -> ResponseReturnValue:
    flash(words, "success")
    if check := beyond_the_sample(queries.seen_in(result), result.case_audit.sample_size):
        flash(check, "important")
    return redirect(url_for("needs.audit", case_audit_id=result.case_audit_id))


def _audit_come_from() -> CaseAudit | None:
    asked = request.args.get("audit", "")
    return (
        get_or_404(CaseAudit, int(asked))
        if asked.isascii() and asked.isdecimal() and len(asked) < 10
        else None
    )


def _meant(form: AddIndicatorForm) -> dict[str, Any]:
    """The answers, with the theme and the direction that the keys in them stand for."""
    answers = form.answers
    theme = db.session.get(Theme, answers["theme"]) if answers["theme"] else None
    return answers | {"theme": theme, "higher_is_better": answers["higher_is_better"] == 1}
