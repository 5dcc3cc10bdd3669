"""Staff pages of dates. Their endpoints are `courses.…`: to its users it is one place."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import row_asked_for
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.clashes.queries import clashes
from sscb_training.courses.dates import forms, queries, service
from sscb_training.courses.models import CourseVersion, SessionStatus
from sscb_training.courses.pool.queries import unfit_for
from sscb_training.courses.routes import bp, done
from sscb_training.courses.service import CourseRefused
from sscb_training.people.signed_in import current_person

USUAL_PLACES = 20


@bp.get("/manage/sessions/new")
@allow(*STAFF)
def create_session() -> ResponseReturnValue:
    """Choose what the new date is of, and how many parts it has."""
    asked = {"version": row_asked_for("version"), "number_of_parts": 1}
    form = forms.WhatToRunForm(request.args if "number_of_parts" in request.args else None, data=asked)
    if "number_of_parts" in request.args and form.validate():
        return redirect(
            url_for("courses.plan_session", version_id=form.version.data, parts=form.number_of_parts.data)
        )
    return render_template("courses/create_session.html", form=form)


@bp.route("/manage/versions/<int:version_id>/sessions/new", methods=["GET", "POST"])
@allow(*STAFF)
def plan_session(version_id: int) -> ResponseReturnValue:
    """Plan a date: its places and parts, who trains, what delegates should know. It is saved as a draft."""
    version = get_or_404(CourseVersion, version_id)
    parts = forms.blank_parts(row_asked_for("parts") or 1)
    form = forms.SessionForm.from_request(capacity=USUAL_PLACES, parts=parts)
    if not form.reshape(request.form.get("reshape", "")) and form.accepted():
        try:
            with transaction():
                draft = service.add_session(version, **form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done("The draft is saved", "courses.publish_session", training_session_id=draft.id)
    return render_template("courses/plan_session.html", form=form, version=version)


@bp.route("/manage/sessions/<int:training_session_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit_session(training_session_id: int) -> ResponseReturnValue:
    """Plan a draft anew. A published date has a page of its own, on which people are told what changed."""
    training_session = queries.training_session_or_404(training_session_id)
    if training_session.status is not SessionStatus.DRAFT:
        return redirect(url_for("bookings.change_session", training_session_id=training_session.id))
    form = forms.DraftForm.from_request(**forms.plan_of(training_session))
    form.keep(training_session)
    if not form.reshape(request.form.get("reshape", "")) and form.accepted():
        try:
            with transaction():
                form.settle(training_session, forms.plan_of)
                service.change_draft(training_session, **form.answers, by=current_person(), now=clock.now())
        except (CourseRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            return done(
                "The draft is saved", "courses.publish_session", training_session_id=training_session.id
            )
    return render_template("courses/edit_session.html", form=form, training_session=training_session)


@bp.route("/manage/sessions/<int:training_session_id>/publish", methods=["GET", "POST"])
@allow(*STAFF)
def publish_session(training_session_id: int) -> ResponseReturnValue:
    """Look a date over, with what to think of before it opens for booking; then open it."""
    training_session = queries.training_session_or_404(training_session_id)
    if request.method == "POST":
        with transaction():
            service.publish_session(training_session, by=current_person(), now=clock.now())
        return done(
            "The date is published", "courses.publish_session", training_session_id=training_session.id
        )
    return render_template(
        "courses/publish_session.html",
        training_session=training_session,
        cautions=queries.cautions(training_session, clock.now()),
        obstacles=queries.obstacles(training_session, clock.now()),
        clashes=clashes(training_session),
        unfit=unfit_for([training_session], on=clock.today())[0],
        events=events_about(training_session),
    )


@bp.route("/manage/sessions/<int:training_session_id>/fewest", methods=["GET", "POST"])
@allow(*STAFF)
def set_minimum(training_session_id: int) -> ResponseReturnValue:
    """Say with how few delegates a date is hardly worth holding, published or not."""
    training_session = queries.training_session_or_404(training_session_id)
    form = forms.MinimumForm.from_request(**queries.minimum_of(training_session))
    if form.accepted():
        try:
            with transaction():
                form.settle(training_session, queries.minimum_of)
                service.set_minimum(training_session, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        except CourseRefused as refusal:
            form.refuse(refusal, "fewest")
        else:
            return done("The changes are saved", "bookings.session", training_session_id=training_session.id)
    return render_template("courses/set_minimum.html", form=form, training_session=training_session)


@bp.route("/manage/sessions/<int:training_session_id>/delete", methods=["GET", "POST"])
@allow(*STAFF)
def delete_session(training_session_id: int) -> ResponseReturnValue:
    """Delete a draft, after asking."""
    training_session = queries.training_session_or_404(training_session_id)
    if request.method == "POST":
        course_id = training_session.course_version.course_id
        with transaction():
            service.delete_draft(training_session, by=current_person(), now=clock.now())
        return done("The draft is deleted", "courses.show", course_id=course_id)
    return render_template("courses/delete_session.html", training_session=training_session)
