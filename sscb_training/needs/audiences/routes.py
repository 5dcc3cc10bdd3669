"""Pages that add what answers a need, and take it away."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.case_audits.models import Action, Briefing
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries as needs
from sscb_training.needs import service
from sscb_training.needs.audiences import queries
from sscb_training.needs.audiences.forms import KINDS
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.routes import bp
from sscb_training.people.signed_in import current_person

MODELS: dict[str, Any] = {
    "course": CourseVersion,
    "change": Action,
    "accreditation": AccreditationScheme,
    "briefing": Briefing,
}


@bp.get("/needs/<int:need_id>/answers/new")
@allow(*STAFF)
def choose_answer(need_id: int) -> ResponseReturnValue:
    """Ask what sort of answer is to be added."""
    return render_template("needs/choose_answer.html", need=get_or_404(TrainingNeed, need_id), kinds=KINDS)


@bp.route("/needs/<int:need_id>/answers/new/<kind>", methods=["GET", "POST"])
@allow(*STAFF)
def add_answer(need_id: int, kind: str) -> ResponseReturnValue:
    """Say what answers a need from now on."""
    if kind not in KINDS:
        abort(404)
    need, (title, _, ask) = needs.need_in_full(need_id), KINDS[kind]
    usual = {"answer": request.args.get("action", type=int)} if kind == "change" else {}
    form = ask.from_request(**usual)
    if form.accepted():
        try:
            with transaction():
                _add(need, kind, form.answers)
        except service.NeedRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The answer is added.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template("needs/add_answer.html", need=need, form=form, title=title, kind=kind)


@bp.route("/needs/answers/<int:intervention_id>/take-away", methods=["GET", "POST"])
@allow(*STAFF)
def take_away_answer(intervention_id: int) -> ResponseReturnValue:
    """Say that something answers its need no more."""
    intervention = queries.intervention_or_404(intervention_id)
    need_page = url_for("needs.show", need_id=intervention.need_id)
    if request.method == "POST":
        with transaction():
            service.take_away(intervention, by=current_person(), now=clock.now())
        flash("The answer is taken away. Coverage as known before goes on counting it.", "success")
        return redirect(need_page)
    if intervention.withdrawn_at is not None:
        return redirect(need_page)
    return render_template("needs/take_away_answer.html", intervention=intervention, need=intervention.need)


def _add(need: TrainingNeed, kind: str, answers: dict[str, Any]) -> None:
    who: dict[str, Any] = {"by": current_person(), "now": clock.now()}
    if kind == "other":
        service.add_non_training(need, **answers, **who)
        return
    answer = get_or_404(MODELS[kind], answers["answer"])
    service.add_intervention(need, answer, counts=answers.get("counts") == "yes", **who)
