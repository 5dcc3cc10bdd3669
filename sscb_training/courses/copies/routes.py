"""Staff pages on which a year is planned. Their endpoints are `courses.…`: to its users it is one place."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import row_key
from sscb_training.core.times import long_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.copies import forms, queries, service
from sscb_training.courses.copies.queries import Draft
from sscb_training.courses.dates.queries import training_session_or_404
from sscb_training.courses.dates.service import publish_session
from sscb_training.courses.routes import bp
from sscb_training.courses.service import CourseRefused
from sscb_training.people.signed_in import current_person


@bp.route("/manage/sessions/<int:training_session_id>/copy", methods=["GET", "POST"])
@allow(*STAFF)
def copy_session(training_session_id: int) -> ResponseReturnValue:
    """Copy a date to other days: first look at what each would be, then save them as drafts."""
    training_session = training_session_or_404(training_session_id)
    form, copies = forms.CopyForm.from_request(same_trainers=True), None
    if form.accepted():
        same_trainers = bool(form.same_trainers.data)
        if request.form.get("do") == "save" and form.is_seen:
            with transaction():
                made = service.copy_session(
                    training_session,
                    form.chosen,
                    same_trainers=same_trainers,
                    by=current_person(),
                    now=clock.now(),
                )
            return _drafts_saved([draft.id for draft in made], training_session_id)
        copies = queries.copies(training_session, form.chosen, same_trainers=same_trainers, now=clock.now())
        form.note_what_is_seen()
    return render_template(
        "courses/copy_session.html",
        form=form,
        training_session=training_session,
        copies=copies,
        to_save=sum(1 for copy in copies or () if not copy.problem),
    )


def _drafts_saved(ids: list[int], copied_id: int) -> ResponseReturnValue:
    if not ids:
        flash("Nothing was saved: none of those days can have this date.", "important")
        return redirect(url_for("courses.copy_session", training_session_id=copied_id))
    flash("1 draft is saved" if len(ids) == 1 else f"{len(ids)} drafts are saved", "success")
    return redirect(url_for("courses.publish_several", training_session=ids))


@bp.route("/manage/sessions/publish", methods=["GET", "POST"])
@allow(*STAFF)
def publish_several() -> ResponseReturnValue:
    """Look several drafts over, with what to think of for each, and publish those that are ticked."""
    ids = [key for key in map(row_key, request.args.getlist("training_session")) if key is not None]
    drafts = queries.drafts(ids, now=clock.now())
    if not drafts:
        flash("None of those dates is a draft, so there is nothing to publish.", "important")
        return redirect(url_for("bookings.sessions"))
    form = forms.PublishForm.from_request(training_session=[one.training_session.id for one in drafts])
    form.offer({one.training_session.id: long_date(one.training_session.starts_at) for one in drafts})
    if form.accepted():
        chosen = [one for one in drafts if one.training_session.id in form.training_session.data]
        refusals = [refusal for one in chosen if (refusal := _refusal(one))]
        if not refusals:
            flash(
                "1 date is published" if len(chosen) == 1 else f"{len(chosen)} dates are published", "success"
            )
            return redirect(url_for("bookings.sessions"))
        form.form_errors.extend(refusals)
        drafts = queries.drafts(ids, now=clock.now())
    return render_template("courses/publish_several.html", form=form, drafts=drafts)


def _refusal(draft: Draft) -> str:
    """Publish one draft by itself; why it could not be."""
    training_session = draft.training_session
    try:
        with transaction():
            publish_session(training_session, by=current_person(), now=clock.now())
    except CourseRefused as refusal:
        return f"{training_session.course.title}, {long_date(training_session.starts_at)}: {refusal}"
    return ""
