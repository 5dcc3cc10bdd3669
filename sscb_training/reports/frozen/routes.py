"""Pages of frozen copies: freezing, the list, one copy as it was printed, and how today's figures differ from it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.roles import Role
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person
from sscb_training.reports.board import queries, rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.board.report import report
from sscb_training.reports.board.routes import agencies_seen_by, as_file, asked_for, page_behind, unread_of
from sscb_training.reports.board.rules import Report
from sscb_training.reports.frozen import service
from sscb_training.reports.frozen.forms import DeleteCopyForm, FreezeForm
from sscb_training.reports.routes import bp, period_asked_for


@bp.get("/reports/copies")
@allow(Role.AGENCY_LEAD, *STAFF)
def copies() -> ResponseReturnValue:
    """Every frozen copy that the viewer may see, the newest first, and those that were deleted with the reason."""
    viewer = current_person()
    return render_template(
        "reports/copies.html", copies=queries.copies_seen_by(viewer), of_everybody=viewer.is_board_staff
    )


@bp.route("/reports/board/freeze", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def freeze() -> ResponseReturnValue:
    """Keep the report that the address asks for as it is now."""
    viewer = current_person()
    period = period_asked_for(clock.today())
    asked = asked_for(viewer, period, agencies_seen_by(viewer))
    if unread_of(asked, period):
        abort(404)
    form = FreezeForm.from_request()
    if form.accepted():
        figures = service.gather(asked, now=clock.now())
        try:
            with transaction():
                copy = service.keep(figures, **form.answers, by=viewer)
        except service.FrozenRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The copy is kept. Its figures stay as they are now.", "success")
            return redirect(url_for("reports.copy", copy_id=copy.id))
    return render_template(
        "reports/freeze.html",
        form=form,
        asked=asked,
        near=queries.published_near(asked.as_at) if asked.is_published else None,
        query=request.args.to_dict(),
    )


@bp.get("/reports/copies/<int:copy_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def copy(copy_id: int) -> ResponseReturnValue:
    """A copy as it was printed, as a page, a PDF or a workbook."""
    viewer = current_person()
    kept = queries.copy_seen_by(viewer, copy_id)
    made = rules.from_json(kept.content) if kept.content else None
    if made and (answer := as_file(made, kept.title, _about(kept))):
        return answer
    return render_template(
        "reports/copy.html",
        copy=kept,
        report=made,
        about=_about(kept),
        page_behind=page_behind,
        of_everybody=viewer.is_board_staff,
    )


@bp.get("/reports/copies/<int:copy_id>/compare")
@allow(Role.AGENCY_LEAD, *STAFF)
def compare_copy(copy_id: int) -> ResponseReturnValue:
    """What the same report would say as known today, where it differs; of a deleted copy, that it was deleted."""
    kept = queries.copy_seen_by(current_person(), copy_id)
    if kept.content is None:
        return redirect(url_for("reports.copy", copy_id=kept.id))
    printed, today = rules.from_json(kept.content), clock.today()
    now = report(_asked_again(kept, printed), now=clock.now())
    return render_template(
        "reports/compare_copy.html", copy=kept, differences=rules.differences(printed, now), today=today
    )


@bp.route("/reports/copies/<int:copy_id>/delete", methods=["GET", "POST"])
@allow(*STAFF)
def delete_copy(copy_id: int) -> ResponseReturnValue:
    """Delete a copy for a reason."""
    viewer = current_person()
    kept = queries.copy_seen_by(viewer, copy_id)
    form = DeleteCopyForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.delete(kept, **form.answers, by=viewer, now=clock.now())
        except service.FrozenRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The copy is deleted.", "success")
            return redirect(url_for("reports.copies"))
    return render_template("reports/delete_copy.html", form=form, copy=kept)


def _about(kept: FrozenReport) -> str:
    """When and by whom it was frozen, and what they wrote beside it."""
    by = f" by {kept.frozen_by.name}" if kept.frozen_by else ""
    note = f"{kept.note}." if kept.note and kept.note[-1].isalnum() else kept.note
    return f"Frozen on {plain_date(kept.frozen_at)}{by}. {note}".strip()


def _asked_again(kept: FrozenReport, printed: Report) -> Asked:
    """The same days, as known today."""
    return Asked(
        kept.begin,
        kept.end,
        kept.as_at,
        known_on=clock.today(),
        since=printed.since,
        below=board_numbers().published_below,
        agency=kept.agency,
        is_published=kept.is_published,
    )
