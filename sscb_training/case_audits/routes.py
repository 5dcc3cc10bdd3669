"""Pages of audits. An audit's own page shows the needs it led to, so it stands in `needs`."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.case_audits import queries, service
from sscb_training.case_audits.forms import (
    AddActionForm,
    AddAuditForm,
    AddFindingForm,
    AddVersionForm,
    AnswersForm,
    ChangeActionForm,
    ChangeAuditForm,
    ChangeFindingForm,
    PublishForm,
    action_as_it_is,
    agencies_named,
    audit_as_it_is,
    audit_filters,
    finding_as_it_is,
)
from sscb_training.case_audits.models import (
    Action,
    ActionKind,
    ActionStatus,
    AuditKind,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import db, get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.errors import Refused
from sscb_training.core.forms import also_offer
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.transaction import transaction
from sscb_training.courses.described import queries as courses
from sscb_training.courses.described import service as described
from sscb_training.courses.described.forms import next_version_of
from sscb_training.courses.models import CourseVersion, Theme
from sscb_training.courses.settings.queries import themes
from sscb_training.people.signed_in import current_person

bp = Blueprint("case_audits", __name__)


@bp.get("/audits")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every audit, latest first."""
    every = themes()
    filters = audit_filters(request.args, {theme.slug: theme.id for theme in every})
    took_part = queries.agencies_that_took_part()
    return render_template(
        "case_audits/index.html",
        audits=page_of(queries.audits_found(filters), page=page_asked_for(), scalars=False),
        filters=filters,
        theme=next((theme for theme in every if theme.id == filters.theme_id), None),
        agency=next((agency for agency in took_part if agency.id == filters.agency_id), None),
        kinds=[(kind.value, kind.label) for kind in AuditKind],
        years=[(year, str(year)) for year in queries.audit_years()],
        agencies=[(agency.id, agency.name) for agency in took_part],
        theme_choices=[(theme.slug, theme.name) for theme in every],
    )


@bp.route("/audits/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_audit() -> ResponseReturnValue:
    """Record an audit."""
    form = AddAuditForm.from_request(kind=AuditKind.CASE_AUDIT.value)
    if form.accepted():
        try:
            with transaction():
                case_audit = service.record_audit(**_audit_meant(form), by=current_person(), now=clock.now())
        except service.AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The draft is saved. Now add what it found.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/add_audit.html", form=form)


@bp.route("/audits/<int:case_audit_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_audit(case_audit_id: int) -> ResponseReturnValue:
    """Go on with a draft, or correct what is published."""
    case_audit = queries.audit_in_full(case_audit_id)
    form = ChangeAuditForm.from_request(**audit_as_it_is(case_audit))
    form.offer_the_others(case_audit)
    if form.accepted():
        try:
            with transaction():
                form.settle(case_audit, audit_as_it_is)
                service.change_audit(case_audit, **_audit_meant(form), by=current_person(), now=clock.now())
        except (Overtaken, service.AuditRefused) as refusal:
            form.refuse(refusal)
        else:
            flash("The changes are saved.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/change_audit.html", form=form, case_audit=case_audit)


@bp.route("/audits/<int:case_audit_id>/publish", methods=["GET", "POST"])
@allow(*STAFF)
def publish_audit(case_audit_id: int) -> ResponseReturnValue:
    """Check what a draft says, and publish it."""
    case_audit = queries.audit_in_full(case_audit_id)
    if not case_audit.is_draft and request.method == "GET":
        return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    form = PublishForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.publish_audit(case_audit, by=current_person(), now=clock.now())
        except service.AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The audit is published. Now decide where each finding leads.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/publish_audit.html", form=form, case_audit=case_audit)


@bp.route("/audits/<int:case_audit_id>/discard", methods=["GET", "POST"])
@allow(*STAFF)
def discard_draft(case_audit_id: int) -> ResponseReturnValue:
    """Drop a draft with all that stands in it."""
    case_audit = queries.audit_in_full(case_audit_id)
    if request.method == "POST":
        with transaction():
            service.discard_draft(case_audit, by=current_person(), now=clock.now())
        flash(f"The draft {case_audit.code} is dropped.", "success")
        return redirect(url_for("case_audits.index"))
    if not case_audit.is_draft:
        return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/discard_draft.html", case_audit=case_audit)


@bp.post("/findings/<int:finding_id>/remove")
@allow(*STAFF)
def remove_finding(finding_id: int) -> ResponseReturnValue:
    """Take a finding out of a draft."""
    finding = get_or_404(Finding, finding_id)
    case_audit_id = finding.case_audit_id
    with transaction():
        service.remove_finding(finding, by=current_person(), now=clock.now())
    flash("The finding is removed.", "success")
    return redirect(url_for("needs.audit", case_audit_id=case_audit_id))


@bp.post("/actions/<int:action_id>/remove")
@allow(*STAFF)
def remove_action(action_id: int) -> ResponseReturnValue:
    """Take an action out of a draft."""
    action = get_or_404(Action, action_id)
    case_audit_id = action.case_audit_id
    with transaction():
        service.remove_action(action, by=current_person(), now=clock.now())
    flash("The action is removed.", "success")
    return redirect(url_for("needs.audit", case_audit_id=case_audit_id))


@bp.route("/audits/<int:case_audit_id>/findings/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_finding(case_audit_id: int) -> ResponseReturnValue:
    """Add something that an audit found."""
    case_audit = get_or_404(CaseAudit, case_audit_id)
    form = AddFindingForm.from_request()
    if form.accepted():
        answers = form.answers | {
            "kind": FindingKind(form.answers["kind"]),
            "agencies": agencies_named(form.agencies.data),
        }
        try:
            with transaction():
                service.add_finding(**answers, case_audit=case_audit, by=current_person(), now=clock.now())
        except service.AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The finding is added.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/add_finding.html", form=form, case_audit=case_audit)


@bp.route("/findings/<int:finding_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_finding(finding_id: int) -> ResponseReturnValue:
    """Correct how a finding is put."""
    finding = get_or_404(Finding, finding_id)
    form = ChangeFindingForm.from_request(**finding_as_it_is(finding))
    if form.accepted():
        try:
            with transaction():
                form.settle(finding, finding_as_it_is)
                answers = form.answers | {"agencies": agencies_named(form.agencies.data)}
                service.change_finding(finding, **answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The finding is changed.", "success")
            return redirect(url_for("needs.finding", finding_id=finding.id))
    return render_template("case_audits/change_finding.html", form=form, finding=finding)


@bp.route("/audits/<int:case_audit_id>/actions/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_action(case_audit_id: int) -> ResponseReturnValue:
    """Add something that was decided."""
    case_audit = queries.audit_in_full(case_audit_id)
    form = AddActionForm.from_request()
    _offer_findings(form, case_audit)
    if form.accepted():
        answers = _action_meant(form, case_audit)
        try:
            with transaction():
                service.add_action(case_audit, **answers, by=current_person(), now=clock.now())
        except service.AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The action is added.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    return render_template("case_audits/add_action.html", form=form, case_audit=case_audit)


@bp.route("/actions/<int:action_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_action(action_id: int) -> ResponseReturnValue:
    """Correct how an action is put, or say how far it has come."""
    action = get_or_404(Action, action_id)
    form = ChangeActionForm.from_request(**action_as_it_is(action))
    _offer_findings(form, action.case_audit)
    if form.accepted():
        try:
            with transaction():
                form.settle(action, action_as_it_is)
                answers = _action_meant(form, action.case_audit)
                service.change_action(action, **answers, by=current_person(), now=clock.now())
        except (Overtaken, service.AuditRefused) as refusal:
            form.refuse(refusal)
        else:
            flash("The action is changed.", "success")
            return redirect(url_for("needs.audit", case_audit_id=action.case_audit_id))
    return render_template("case_audits/change_action.html", form=form, action=action)


@bp.route("/manage/courses/<int:course_id>/versions/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_version(course_id: int) -> ResponseReturnValue:
    """Add a version of a course, beginning from the words of the last, and say which actions it answers."""
    course = courses.course_or_404(course_id)
    form = AddVersionForm.from_request(**next_version_of(course))
    if form.accepted():
        try:
            with transaction():
                version = described.add_version(course, **form.content, by=current_person(), now=clock.now())
                service.answer_actions(version, form.chosen, by=current_person(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(f"Version {version.number} is added", "success")
            if form.chosen:  # its page says what waited for it
                return redirect(url_for("needs.version", version_id=version.id))
            return redirect(url_for("courses.show", course_id=course.id))
    return render_template("case_audits/add_version.html", form=form, course=course)


@bp.route("/manage/versions/<int:version_id>/actions", methods=["GET", "POST"])
@allow(*STAFF)
def answer_actions(version_id: int) -> ResponseReturnValue:
    """Say which actions a version answers."""
    version = get_or_404(CourseVersion, version_id)
    offered = queries.actions_to_answer(version)
    form = AnswersForm.from_request(
        actions=[action.id for action in offered if action.answered_by_id == version.id]
    )
    also_offer(form.actions, {action.id: f"{action.code}: {action.text}" for action in offered})
    if form.accepted():
        try:
            with transaction():
                service.answer_actions(version, form.chosen, by=current_person(), now=clock.now())
        except service.AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The changes are saved", "success")
            return redirect(url_for("needs.version", version_id=version.id))
    return render_template(
        "case_audits/answer_actions.html", form=form, version=version, any_action=bool(offered)
    )


def _audit_meant(form: AddAuditForm) -> dict[str, Any]:
    """The answers, with the rows and the kind that the keys in them stand for."""
    answers = _rows(form.answers, theme=Theme, re_audit_of=CaseAudit)
    return answers | {"kind": AuditKind(answers["kind"]), "agencies": agencies_named(answers["agencies"])}


def _rows(answers: dict[str, Any], **models: Any) -> dict[str, Any]:
    """The answers, with the rows that the keys in some of them stand for."""
    picked = {
        name: db.session.get(model, answers[name]) if answers[name] else None
        for name, model in models.items()
    }
    return answers | picked


def _offer_findings(form: AddActionForm, case_audit: CaseAudit) -> None:
    """Ask which of the audit's findings the action answers, if there are any."""
    if case_audit.findings:
        form.findings.choices = [
            SelectChoice(one.id, f"{one.code}: {one.text}") for one in case_audit.findings
        ]
    else:
        del form.findings


def _action_meant(form: AddActionForm, case_audit: CaseAudit) -> dict[str, Any]:
    """The answers as the verbs take them."""
    ticked = form.answers.get("findings") or ()
    return form.answers | {
        "kind": ActionKind(form.answers["kind"]),
        "status": ActionStatus(form.answers["status"]),
        "findings": [finding for finding in case_audit.findings if finding.id in ticked],
    }
