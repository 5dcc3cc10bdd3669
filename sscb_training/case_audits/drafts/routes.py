"""The page on which board staff drop a draft."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.briefings import queries
from sscb_training.case_audits.drafts import service
from sscb_training.case_audits.models import BriefingStatus
from sscb_training.case_audits.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/manage/briefings/<int:briefing_id>/drop", methods=["GET", "POST"])
@allow(*STAFF)
def discard_briefing(briefing_id: int) -> ResponseReturnValue:
    """Drop a draft that never came out."""
    briefing = queries.briefing_in_full(briefing_id)
    code = briefing.code
    page = url_for("case_audits.briefing", briefing_id=briefing.id)
    if request.method == "POST":
        with transaction():
            is_still_there = service.discard(briefing, by=current_person(), now=clock.now())
        flash("The correction is dropped." if is_still_there else f"The draft {code} is dropped.", "success")
        return redirect(page if is_still_there else url_for("case_audits.briefings"))
    if briefing.status is not BriefingStatus.DRAFT:
        return redirect(page)
    return render_template(
        "case_audits/discard_briefing.html", briefing=briefing, changes=queries.changes(briefing), back=page
    )
