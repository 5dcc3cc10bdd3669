"""Pages of audits and findings that show where each finding leads, and decide it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.case_audits import queries as audit_queries
from sscb_training.case_audits import rules as audit_rules
from sscb_training.case_audits.indicators.queries import verdicts_of
from sscb_training.case_audits.models import Finding
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.needs import queries, service
from sscb_training.needs.models import Elsewhere, TrainingNeed
from sscb_training.needs.reviews.service import ReviewRefused
from sscb_training.needs.routes import bp
from sscb_training.needs.triage import service as triage
from sscb_training.needs.triage.forms import LinkFindingForm, NotTrainingForm
from sscb_training.people.signed_in import current_person


@bp.get("/audits/<int:case_audit_id>")
@allow(*STAFF)
def audit(case_audit_id: int) -> ResponseReturnValue:
    """An audit: what it found, where each finding leads, and what was decided."""
    case_audit = audit_queries.audit_in_full(case_audit_id)
    return render_template(
        "needs/audit.html",
        case_audit=case_audit,
        needs=queries.needs_by_finding(case_audit.findings),
        not_training=queries.not_training_by_finding(case_audit.findings),
        beside=_beside(case_audit.findings),
        series=verdicts_of(case_audit),
        events=sorted(
            [*events_about(case_audit), *events_about(*case_audit.actions)],
            key=lambda event: event.at,
            reverse=True,
        ),
    )


@bp.get("/findings/<int:finding_id>")
@allow(*STAFF)
def finding(finding_id: int) -> ResponseReturnValue:
    """A finding and where it leads."""
    found = audit_queries.finding_in_full(finding_id)
    return render_template(
        "needs/finding.html",
        finding=found,
        needs=queries.needs_of(found),
        not_training=queries.not_training(found),
        beside=_beside([found]),
        events=events_about(found),
    )


@bp.route("/findings/<int:finding_id>/link", methods=["GET", "POST"])
@allow(*STAFF)
def link_finding(finding_id: int) -> ResponseReturnValue:
    """Link a finding to a need."""
    found = audit_queries.finding_in_full(finding_id)
    form = LinkFindingForm.from_request()
    linked = {need.id for need in queries.needs_of(found)}
    open_needs = [need for need in queries.needs_in_order() if need.id not in linked]
    form.need.choices += [SelectChoice(need.id, f"{need.code}: {need.title}") for need in open_needs]
    if form.accepted():
        need = get_or_404(TrainingNeed, form.need.data)
        try:
            with transaction():
                triage.lead_to(found, [*queries.needs_of(found), need], by=current_person(), now=clock.now())
        except (service.NeedRefused, ReviewRefused) as refusal:
            form.refuse(refusal)
        else:
            flash(f"The finding is linked to {need.code}.", "success")
            return redirect(url_for("needs.finding", finding_id=found.id))
    return render_template("needs/link_finding.html", form=form, finding=found, any_need=bool(open_needs))


@bp.post("/findings/<int:finding_id>/unlink/<int:need_id>")
@allow(*STAFF)
def unlink_finding(finding_id: int, need_id: int) -> ResponseReturnValue:
    """Take a finding away from a need."""
    found, need = get_or_404(Finding, finding_id), get_or_404(TrainingNeed, need_id)
    with transaction():
        service.unlink_finding(need, found, by=current_person(), now=clock.now())
    flash(f"The finding is no longer linked to {need.code}.", "success")
    return redirect(url_for("needs.finding", finding_id=found.id))


@bp.route("/findings/<int:finding_id>/not-training", methods=["GET", "POST"])
@allow(*STAFF)
def not_training(finding_id: int) -> ResponseReturnValue:
    """Decide that training cannot mend a finding."""
    found = audit_queries.finding_in_full(finding_id)
    decision = queries.not_training(found)
    usual = (
        {"reason": decision.reason, "category": decision.category.value, "went_to": decision.went_to}
        if decision
        else {}
    )
    form = NotTrainingForm.from_request(**usual)
    if form.accepted():
        try:
            with transaction():
                answers = form.answers | {"category": Elsewhere(form.answers["category"])}
                service.mark_not_training(found, **answers, by=current_person(), now=clock.now())
        except service.NeedRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The finding is marked as not a training matter.", "success")
            return redirect(url_for("needs.finding", finding_id=found.id))
    return render_template("needs/not_training.html", form=form, finding=found)


@bp.post("/findings/<int:finding_id>/not-training/take-back")
@allow(*STAFF)
def take_back_not_training(finding_id: int) -> ResponseReturnValue:
    """Open the question again whether a finding leads to a need."""
    found = get_or_404(Finding, finding_id)
    with transaction():
        service.take_back_not_training(found, by=current_person(), now=clock.now())
    flash("Nothing is decided about this finding now.", "success")
    return redirect(url_for("needs.finding", finding_id=found.id))


def _beside(findings: Any) -> list[tuple[Finding, list[Finding]]]:
    """Each finding whose note names others, with those others."""
    named = audit_queries.findings_that_notes_name(findings)
    pairs = [
        (
            found,
            [
                named[code]
                for code in audit_rules.codes_in(found.note)
                if code in named and code != found.code
            ],
        )
        for found in findings
    ]
    return [(found, others) for found, others in pairs if others]
