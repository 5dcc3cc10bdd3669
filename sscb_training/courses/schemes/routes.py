"""Staff pages of accreditation schemes. Their endpoints are `accreditation.…`: to its users it is one place."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries, service
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course
from sscb_training.courses.schemes.forms import SchemeForm
from sscb_training.people.signed_in import current_person


@bp.get("/accreditations/schemes")
@allow(*STAFF)
def schemes() -> ResponseReturnValue:
    return render_template("accreditation/schemes.html", schemes=queries.schemes())


@bp.route("/accreditations/schemes/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_scheme() -> ResponseReturnValue:
    form = SchemeForm.from_request()
    if form.accepted():
        try:
            with transaction():
                scheme = service.add_scheme(**_answers(form), by=current_person(), now=clock.now())
        except service.AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{scheme.name} is added", "success")
            return redirect(url_for("accreditation.schemes"))
    return render_template("accreditation/add_scheme.html", form=form)


@bp.route("/accreditations/schemes/<int:scheme_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_scheme(scheme_id: int) -> ResponseReturnValue:
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = SchemeForm.from_request(**_settings(scheme))
    if form.accepted():
        try:
            with transaction():
                form.settle(scheme, _settings)
                service.change_scheme(scheme, **_answers(form), by=current_person(), now=clock.now())
        except (service.AccreditationRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash(f"{scheme.name} is changed", "success")
            return redirect(url_for("accreditation.schemes"))
    return render_template("accreditation/change_scheme.html", form=form, scheme=scheme)


def _answers(form: SchemeForm) -> dict[str, Any]:
    """The form's answers with courses for their ids."""
    chosen = [get_or_404(Course, course_id) for course_id in form.courses.data or []]
    return {**form.answers, "courses": chosen}


def _settings(scheme: AccreditationScheme) -> dict[str, object]:
    """The form's answers as the scheme has them."""
    return {
        "code": scheme.code,
        "name": scheme.name,
        "description": scheme.description,
        "pass_mark": scheme.pass_mark,
        "valid_months": scheme.valid_months,
        "trainers_hold_it": scheme.trainers_hold_it,
        "first_use_weeks": scheme.first_use_weeks,
        "courses": [course.id for course in scheme.courses],
    }
