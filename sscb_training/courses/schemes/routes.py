"""Staff pages of accreditation schemes. Their endpoints are `accreditation.…`: to its users it is one place."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries
from sscb_training.accreditation.licence import service as licence
from sscb_training.accreditation.licence.queries import accepted_by
from sscb_training.accreditation.models import AccreditationScheme, SchemeCourse, SchemeTerms
from sscb_training.accreditation.routes import bp
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.timeline import events_about
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course, CourseVersion
from sscb_training.courses.schemes import service
from sscb_training.courses.schemes.forms import (
    AddSchemeForm,
    AddTermsForm,
    ChangeTermsForm,
    LicenceForm,
    SchemeForm,
    WayForm,
    terms_asked,
    usual_terms,
    way_asked,
)
from sscb_training.courses.schemes.queries import most_parts
from sscb_training.people.signed_in import current_person


@bp.get("/accreditations/schemes")
@allow(*STAFF)
def schemes() -> ResponseReturnValue:
    return render_template(
        "accreditation/schemes.html",
        lines=[(scheme, queries.terms_on(scheme, clock.today())) for scheme in queries.schemes()],
    )


@bp.get("/accreditations/schemes/<int:scheme_id>")
@allow(*STAFF)
def scheme(scheme_id: int) -> ResponseReturnValue:
    """What the scheme asks now, what it will ask, and what it asked."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    return render_template(
        "accreditation/scheme.html",
        scheme=scheme,
        terms=queries.terms_over_time(scheme, on=clock.today()),
        text=queries.present_text(scheme),
        accepted=accepted_by(scheme, on=clock.today()),
        later=queries.later_schemes([scheme_id]).get(scheme_id, []),
        events=events_about(scheme),
    )


@bp.route("/accreditations/schemes/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_scheme() -> ResponseReturnValue:
    form = AddSchemeForm.from_request(**usual_terms(clock.today()))
    if form.accepted():
        try:
            with transaction():
                scheme = service.add_scheme(**_answers(form), by=current_person(), now=clock.now())
        except AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{scheme.name} is added", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=scheme.id))
    return render_template("accreditation/add_scheme.html", form=form)


@bp.route("/accreditations/schemes/<int:scheme_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_scheme(scheme_id: int) -> ResponseReturnValue:
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = SchemeForm.from_request(**_settings(scheme))
    if form.accepted():
        try:
            with transaction():
                form.settle(scheme, _settings)
                service.change_scheme(scheme, **_answers(form), by=current_person(), now=clock.now())
        except (AccreditationRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash(f"{scheme.name} is changed", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=scheme_id))
    return render_template("accreditation/change_scheme.html", form=form, scheme=scheme)


@bp.route("/accreditations/schemes/<int:scheme_id>/terms/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_terms(scheme_id: int) -> ResponseReturnValue:
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = AddTermsForm.from_request(**terms_asked(queries.terms_on(scheme, clock.today())))
    if form.accepted():
        try:
            with transaction():
                terms = service.add_terms(scheme, by=current_person(), now=clock.now(), **form.answers)
        except AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{scheme.name} has other terms from {plain_date(terms.holds_from)}", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=scheme_id))
    return render_template("accreditation/add_terms.html", form=form, scheme=scheme)


@bp.route("/accreditations/terms/<int:terms_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_terms(terms_id: int) -> ResponseReturnValue:
    terms = get_or_404(SchemeTerms, terms_id)
    form = ChangeTermsForm.from_request(**_terms(terms))
    if form.accepted():
        try:
            with transaction():
                form.settle(terms, _terms)
                service.change_terms(terms, by=current_person(), now=clock.now(), **form.answers)
        except (AccreditationRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash(f"The terms from {plain_date(terms.holds_from)} are changed", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=terms.scheme_id))
    return render_template("accreditation/change_terms.html", form=form, terms=terms)


@bp.post("/accreditations/terms/<int:terms_id>/remove")
@allow(*STAFF)
def remove_terms(terms_id: int) -> ResponseReturnValue:
    """Take back terms that are still to come."""
    terms = get_or_404(SchemeTerms, terms_id)
    with transaction():
        service.remove_terms(terms, by=current_person(), now=clock.now())
    flash(f"The terms from {plain_date(terms.holds_from)} are taken back", "success")
    return redirect(url_for("accreditation.scheme", scheme_id=terms.scheme_id))


@bp.route("/accreditations/ways/<int:way_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_way(way_id: int) -> ResponseReturnValue:
    """How a course leads to a scheme."""
    way = get_or_404(SchemeCourse, way_id)
    form = WayForm.about(way, parts=most_parts(way.course_id))
    if form.accepted():
        try:
            with transaction():
                form.settle(way, way_asked)
                service.change_way(way, **_way(form), by=current_person(), now=clock.now())
        except (AccreditationRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash(f"How {way.course.title} leads to {way.scheme.code} is saved", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=way.scheme_id))
    return render_template("accreditation/change_way.html", form=form, way=way)


@bp.route("/accreditations/schemes/<int:scheme_id>/licence", methods=["GET", "POST"])
@allow(*STAFF)
def set_licence(scheme_id: int) -> ResponseReturnValue:
    """The terms that holders accept."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = LicenceForm.from_request(**_licence(scheme))
    if form.accepted():
        try:
            with transaction():
                form.settle(scheme, _licence)
                licence.set_licence(scheme, by=current_person(), now=clock.now(), **form.answers)
        except (AccreditationRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash("The terms that holders accept are saved", "success")
            return redirect(url_for("accreditation.scheme", scheme_id=scheme_id))
    return render_template("accreditation/set_licence.html", form=form, scheme=scheme)


def _licence(scheme: AccreditationScheme) -> dict[str, object]:
    text = queries.present_text(scheme)
    return {"text": text.text if text else "", "must_be_accepted": scheme.must_accept}


def _way(form: WayForm) -> dict[str, Any]:
    """The form's answers with the version for its id."""
    answers = form.answers
    version_id = answers.pop("from_version_id")
    return {**answers, "from_version": get_or_404(CourseVersion, version_id) if version_id else None}


def _terms(terms: SchemeTerms) -> dict[str, object]:
    return {"holds_from": terms.holds_from, **terms_asked(terms)}


def _answers(form: SchemeForm | AddSchemeForm) -> dict[str, Any]:
    """The form's answers with courses and the earlier scheme for their ids."""
    chosen = [get_or_404(Course, course_id) for course_id in form.courses.data or []]
    answers = form.answers
    earlier = get_or_404(AccreditationScheme, answers["earlier"]) if answers["earlier"] else None
    return {**answers, "courses": chosen, "earlier": earlier}


def _settings(scheme: AccreditationScheme) -> dict[str, object]:
    """The form's answers as the scheme has them."""
    return {
        "code": scheme.code,
        "name": scheme.name,
        "description": scheme.description,
        "trainers_hold_it": scheme.trainers_hold_it,
        "first_use_weeks": scheme.first_use_weeks,
        "earlier": scheme.earlier_id,
        "courses": [course.id for course in scheme.courses],
    }
