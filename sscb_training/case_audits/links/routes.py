"""Pages of addresses: add one, and say since when it leads nowhere."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.links import service
from sscb_training.case_audits.links.forms import AddLinkForm, DeadLinkForm
from sscb_training.case_audits.links.queries import named_by
from sscb_training.case_audits.models import Action, AuditLink, CaseAudit
from sscb_training.case_audits.routes import bp
from sscb_training.case_audits.service import AuditRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/audits/<int:case_audit_id>/links/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_audit_link(case_audit_id: int) -> ResponseReturnValue:
    """Add an address that an audit names."""
    case_audit = get_or_404(CaseAudit, case_audit_id)
    return _add_link(case_audit, case_audit)


@bp.route("/actions/<int:action_id>/links/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_action_link(action_id: int) -> ResponseReturnValue:
    """Add an address that an action names."""
    action = get_or_404(Action, action_id)
    return _add_link(action, action.case_audit)


def _add_link(of: CaseAudit | Action, case_audit: CaseAudit) -> ResponseReturnValue:
    form = AddLinkForm.from_request()
    if form.accepted():
        with transaction():
            service.add_link(of, **form.answers, by=current_person(), now=clock.now())
        flash("The link is added.", "success")
        return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/add_audit_link.html", form=form, of=of, case_audit=case_audit)


@bp.route("/audit-links/<int:audit_link_id>/dead", methods=["GET", "POST"])
@allow(*STAFF)
def mark_link(audit_link_id: int) -> ResponseReturnValue:
    """Say since when an address that an audit or an action names has led nowhere."""
    link = get_or_404(AuditLink, audit_link_id)
    form = DeadLinkForm.from_request(dead_on=link.dead_on or clock.today())
    if form.accepted():
        try:
            with transaction():
                service.mark_link(link, dead_on=form.dead_on.data, by=current_person(), now=clock.now())
        except AuditRefused as refusal:
            form.refuse(refusal, "dead_on")
        else:
            flash("The link is marked as dead.", "success")
            return redirect(_page_of(link))
    return render_template("case_audits/mark_link.html", form=form, link=link, back=_page_of(link))


@bp.post("/audit-links/<int:audit_link_id>/alive")
@allow(*STAFF)
def revive_link(audit_link_id: int) -> ResponseReturnValue:
    """Say that an address leads somewhere after all."""
    link = get_or_404(AuditLink, audit_link_id)
    with transaction():
        service.mark_link(link, dead_on=None, by=current_person(), now=clock.now())
    flash("The link is no longer marked as dead.", "success")
    return redirect(_page_of(link))


@bp.post("/audit-links/<int:audit_link_id>/remove")
@allow(*STAFF)
def remove_audit_link(audit_link_id: int) -> ResponseReturnValue:
    """Take away a link that was entered by mistake."""
    link = get_or_404(AuditLink, audit_link_id)
    back = _page_of(link)
    with transaction():
        service.remove_link(link, by=current_person(), now=clock.now())
    flash("The link is removed.", "success")
    return redirect(back)


def _page_of(link: AuditLink) -> str:
    of = named_by(link)
    return url_for("needs.audit", case_audit_id=of.case_audit_id if isinstance(of, Action) else of.id)
