"""Pages of audits and findings that show where each finding leads, and decide it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits import queries as audit_queries
from sscb_training.case_audits.indicators.queries import verdicts_of
from sscb_training.case_audits.models import Finding
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.pages import own_path, row_asked_for, url_with
from sscb_training.core.timeline import events_about
from sscb_training.core.times import month
from sscb_training.core.transaction import transaction
from sscb_training.courses.settings.queries import themes
from sscb_training.needs import queries
from sscb_training.needs import service as needs
from sscb_training.needs.forms import AddNeedForm
from sscb_training.needs.models import Elsewhere, NeedStatus, TrainingNeed
from sscb_training.needs.reviews.service import ReviewRefused
from sscb_training.needs.routes import bp, meant
from sscb_training.needs.triage import queries as triage_queries
from sscb_training.needs.triage import service
from sscb_training.needs.triage.forms import FoundAgainForm, LinkFindingForm, NotTrainingForm, as_decided
from sscb_training.needs.triage.queries import Leads, sorted_findings
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
        beside=audit_queries.beside(case_audit.findings),
        series=verdicts_of(case_audit),
        today=clock.today(),
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
        repeats=triage_queries.repeated_by(found),
        repeated_in=triage_queries.repeats_of(found),
        beside=audit_queries.beside([found]),
        events=events_about(found),
    )


@bp.get("/findings")
@allow(*STAFF)
def triage() -> ResponseReturnValue:
    """Every published finding by where it leads, those first about which nothing is decided."""
    every, audits = themes(), [one for one in audit_queries.audits() if not one.is_draft]
    theme = next((one for one in every if one.slug == request.args.get("theme")), None)
    audit = next((one for one in audits if one.id == row_asked_for("audit")), None)
    leads = next((one for one in Leads if one.value == request.args.get("leads")), None)
    found = sorted_findings(audit_id=audit.id if audit else None, theme_id=theme.id if theme else None)
    without_action = request.args.get("action") == "none"
    shown = [one for one in found if one.has_no_action] if without_action else found
    return render_template(
        "needs/triage.html",
        groups=[
            (kind, [one for one in shown if one.leads is kind]) for kind in Leads if leads in {None, kind}
        ],
        counts=[(kind, sum(one.leads is kind for one in shown)) for kind in Leads],
        without_action=sum(one.has_no_action for one in found),
        only_without_action=without_action,
        number=len(shown),
        theme=theme,
        audit=audit,
        leads=leads,
        theme_choices=[(one.slug, one.name) for one in every],
        audit_choices=[(one.id, f"{one.title}, {month(one.month)}") for one in audits],
        here=url_with(),
    )


@bp.route("/findings/<int:finding_id>/link", methods=["GET", "POST"])
@allow(*STAFF)
def link_finding(finding_id: int) -> ResponseReturnValue:
    """Say to which needs a finding leads."""
    found = audit_queries.finding_in_full(finding_id)
    if said := _said_first(needs.refuse_no_need, found, "Link to needs"):
        return said
    every = queries.needs_in_order()
    linked = [need.id for need in queries.needs_of(found)]
    form = LinkFindingForm.from_request(needs=linked)
    form.offer(every)
    if form.accepted():
        wanted = [need for need in every if need.id in form.answers["needs"]]
        closed = [n for n in wanted if n.status is NeedStatus.CLOSED and n.id not in linked]
        opens = triage_queries.re_opened_by(found, closed)
        if opens == closed and (asked := _asked_first(found, wanted, opens, needs=[n.id for n in wanted])):
            return asked
        try:
            with transaction():
                re_opened = service.lead_to(found, wanted, by=current_person(), now=clock.now())
                _refuse_unasked(re_opened, opens)
        except (needs.NeedRefused, ReviewRefused) as refusal:
            form.refuse(refusal)
        else:
            return _done(found, f"{found.code} leads to {_codes(wanted) or 'no need now'}.", re_opened)
    return render_template(
        "needs/link_finding.html", form=form, finding=found, any_need=bool(every), back=_back(found)
    )


@bp.route("/findings/<int:finding_id>/new-need", methods=["GET", "POST"])
@allow(*STAFF)
def need_from_finding(finding_id: int) -> ResponseReturnValue:
    """Record a new need that a finding leads to, beginning from its words."""
    found = audit_queries.finding_in_full(finding_id)
    if said := _said_first(needs.refuse_no_need, found, "New need from a finding"):
        return said
    form = AddNeedForm.from_request(
        code=queries.next_code(), description=found.text, basis=f"Finding {found.code}"
    )
    form.look_ahead(clock.today())
    if form.accepted():
        try:
            with transaction():
                need = needs.add_need(
                    **meant(form.answers), findings=[found], by=current_person(), now=clock.now()
                )
        except needs.NeedRefused as refusal:
            form.refuse(refusal, "code")
        else:
            return _done(found, f"{need.code} is recorded, and {found.code} leads to it.")
    return render_template("needs/need_from_finding.html", form=form, finding=found, back=_back(found))


@bp.route("/findings/<int:finding_id>/found-again", methods=["GET", "POST"])
@allow(*STAFF)
def found_again(finding_id: int) -> ResponseReturnValue:
    """Say which earlier finding this one repeats, so that it leads to the same needs."""
    found = audit_queries.finding_in_full(finding_id)
    if said := _said_first(needs.refuse_no_need, found, "Found before"):
        return said
    form = FoundAgainForm.from_request()
    earlier = triage_queries.earlier_findings(found, asked=form.earlier.data)
    form.offer(one.finding for one in earlier)
    if form.accepted():
        chosen = next(one for one in earlier if one.finding.id == form.earlier.data)
        if not chosen.stays_closed and (
            asked := _asked_first(found, chosen.needs, chosen.re_opens, earlier=chosen.finding.id)
        ):
            return asked
        try:
            with transaction():
                re_opened = service.found_again(found, chosen.finding, by=current_person(), now=clock.now())
                _refuse_unasked(re_opened, chosen.re_opens)
        except (needs.NeedRefused, ReviewRefused) as refusal:
            form.refuse(refusal)
        else:
            return _done(found, f"{found.code} repeats {chosen.finding.code}.", re_opened)
    return render_template(
        "needs/found_again.html", form=form, finding=found, earlier=earlier, back=_back(found)
    )


@bp.route("/findings/<int:finding_id>/found-again/<int:earlier_id>/take-back", methods=["GET", "POST"])
@allow(*STAFF)
def take_back_found_again(finding_id: int, earlier_id: int) -> ResponseReturnValue:
    """Say that a finding does not repeat that earlier one after all."""
    found, earlier = audit_queries.finding_in_full(finding_id), audit_queries.finding_in_full(earlier_id)
    if request.method == "POST":
        with transaction():
            service.take_back_found_again(found, earlier, by=current_person(), now=clock.now())
        return _done(found, f"{found.code} does not repeat {earlier.code} now.")
    if earlier not in triage_queries.repeated_by(found):
        return redirect(_back(found))
    joined = triage_queries.joined_by_repeating(found, earlier)
    return render_template(
        "needs/take_back_found_again.html",
        finding=found,
        earlier=earlier,
        goes=joined,
        stays=[need for need in queries.needs_of(found) if need not in joined],
        back=_back(found),
    )


@bp.post("/findings/<int:finding_id>/unlink/<int:need_id>")
@allow(*STAFF)
def unlink_finding(finding_id: int, need_id: int) -> ResponseReturnValue:
    """Take a finding away from a need."""
    found, need = get_or_404(Finding, finding_id), get_or_404(TrainingNeed, need_id)
    with transaction():
        needs.unlink_finding(need, found, by=current_person(), now=clock.now())
    return _done(found, f"The finding is no longer linked to {need.code}.")


@bp.route("/findings/<int:finding_id>/not-training", methods=["GET", "POST"])
@allow(*STAFF)
def not_training(finding_id: int) -> ResponseReturnValue:
    """Decide that training cannot mend a finding."""
    found = audit_queries.finding_in_full(finding_id)
    if said := _said_first(needs.refuse_no_setting_aside, found, "Not a training matter"):
        return said
    form = NotTrainingForm.from_request(**as_decided(queries.not_training(found)))
    if form.accepted():
        answers = form.answers | {"category": Elsewhere(form.answers["category"])}
        try:
            with transaction():
                needs.mark_not_training(found, **answers, by=current_person(), now=clock.now())
        except needs.NeedRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(found, f"{found.code} is marked as not a training matter.")
    return render_template("needs/not_training.html", form=form, finding=found, back=_back(found))


@bp.post("/findings/<int:finding_id>/not-training/take-back")
@allow(*STAFF)
def take_back_not_training(finding_id: int) -> ResponseReturnValue:
    """Open the question again whether a finding leads to a need."""
    found = get_or_404(Finding, finding_id)
    with transaction():
        needs.take_back_not_training(found, by=current_person(), now=clock.now())
    return _done(found, f"Nothing is decided about {found.code} now.")


def _said_first(check: Callable[[Finding], None], found: Finding, heading: str) -> str:
    """The page that says why the finding cannot be decided like this, before anybody fills in a form."""
    try:
        check(found)
    except needs.NeedRefused as refusal:
        return render_template(
            "needs/cannot_decide.html", finding=found, heading=heading, why=str(refusal), back=_back(found)
        )
    return ""


def _asked_first(
    found: Finding, leads_to: Sequence[TrainingNeed], opens: Sequence[TrainingNeed], **answers: Any
) -> str:
    """The page that asks before closed needs are re-opened, until somebody has said yes to just these."""
    codes = _codes(opens)
    if not opens or request.form.get("re_open") == codes:
        return ""
    return render_template(
        "needs/confirm_re_open.html",
        finding=found,
        leads_to=leads_to,
        opens=opens,
        earlier=get_or_404(Finding, answers["earlier"]) if "earlier" in answers else None,
        codes=codes,
        fields={**answers, "re_open": codes},
        back=url_with(),
    )


def _refuse_unasked(re_opened: Sequence[TrainingNeed], asked: Sequence[TrainingNeed]) -> None:
    """Undo it where a need was closed since somebody said yes: nobody has said yes to re-opening that one."""
    if unasked := [need for need in re_opened if need not in asked]:
        raise needs.NeedRefused(
            f"{_codes(unasked)} was closed a moment ago. Look at it before you re-open it."
        )


def _codes(needs: Iterable[TrainingNeed]) -> str:
    return ", ".join(need.code for need in needs)


def _back(found: Finding) -> str:
    """The board as it was filtered, when somebody came from there; otherwise the finding's own page."""
    return own_path(request.args.get("back")) or url_for("needs.finding", finding_id=found.id)


def _done(found: Finding, said: str, re_opened: Sequence[TrainingNeed] = ()) -> ResponseReturnValue:
    flash(said, "success")
    for need in re_opened:
        flash(f"{need.code} was closed and is re-opened, because an audit found it again.", "success")
    return redirect(_back(found))
