"""Pages that record and change needs; the rooms add theirs to the same blueprint."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import day_asked_for, known_on_asked_for
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries, service
from sscb_training.needs.forms import AddNeedForm, ChangeNeedForm
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.signed_in import current_person

bp = Blueprint("needs", __name__)

DAYS = {"as_at": "As at", "known_on": "As known on"}


def days_asked_for() -> dict[str, date]:
    """The *As at* and *As known on* of the address; today unless told."""
    return {"as_at": day_asked_for("as_at", clock.today()), "known_on": known_on_asked_for()}


@bp.route("/needs/new", methods=["GET", "POST"])
@allow(*STAFF)
def add() -> ResponseReturnValue:
    """Record a need."""
    form = AddNeedForm.from_request()
    form.look_ahead(clock.today())
    if form.accepted():
        try:
            with transaction():
                need = service.add_need(**meant(form.answers), by=current_person(), now=clock.now())
        except service.NeedRefused as refusal:
            form.refuse(refusal, "code")
        else:
            flash("The need is recorded. Now link the findings that lead to it.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template("needs/add.html", form=form)


@bp.route("/needs/<int:need_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change(need_id: int) -> ResponseReturnValue:
    """Describe a need anew."""
    need = queries.need_in_full(need_id)
    form = ChangeNeedForm.from_request(**_usual(need))
    form.look_ahead(clock.today())
    if form.accepted():
        try:
            with transaction():
                form.settle(need, _usual)
                service.change_need(need, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The need is changed.", "success")
            return redirect(url_for("needs.show", need_id=need.id))
    return render_template("needs/change.html", form=form, need=need)


def meant(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of a form, with the rows and sectors that its keys stand for."""

    def picked(model: Any, row_id: int | None) -> Any:
        return get_or_404(model, row_id) if row_id else None

    return answers | {
        "staff_groups": [get_or_404(StaffGroup, row_id) for row_id in answers["staff_groups"]],
        "excluded_sectors": [Sector(sector) for sector in answers["excluded_sectors"] or ()],
        "scheme": picked(AccreditationScheme, answers["scheme"]),
        "from_version": picked(CourseVersion, answers["from_version"]),
    }


def _usual(need: TrainingNeed) -> dict[str, Any]:
    """What a need's form shows when it is opened."""
    return {
        "title": need.title,
        "description": need.description,
        "measure": need.measure,
        "basis": need.basis,
        "owner": need.owner,
        "target_percent": need.target_percent,
        "target_date": need.target_date,
    }
