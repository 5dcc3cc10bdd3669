"""Pages on which staff change a published date and tell people. Their endpoints are `bookings.…`."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.dates import forms, queries, service
from sscb_training.bookings.dates.queries import Untold
from sscb_training.bookings.routes import bp
from sscb_training.core import clock, mail
from sscb_training.core.access import STAFF, allow
from sscb_training.core.edits import Overtaken
from sscb_training.core.errors import Refused
from sscb_training.core.transaction import transaction
from sscb_training.courses.clashes.queries import clashes
from sscb_training.courses.dates.forms import PublishedForm, plan_of
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.signed_in import current_person


@bp.route("/sessions/<int:training_session_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_session(training_session_id: int) -> ResponseReturnValue:
    """Change when and where a published date is, and its people. Who is told, and what, comes next."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    if training_session.status is SessionStatus.DRAFT:
        return redirect(url_for("courses.edit_session", training_session_id=training_session_id))
    form = PublishedForm.from_request(**plan_of(training_session))
    form.keep(training_session)
    if form.accepted():
        try:
            with transaction():
                form.settle(training_session, plan_of)
                service.change_date(training_session, **form.answers, by=current_person(), now=clock.now())
        except (Refused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            if queries.untold(training_session, now=clock.now()):
                flash("The changes are saved. Nobody has been told yet.", "success")
                return redirect(url_for("bookings.tell_of_changes", training_session_id=training_session_id))
            flash("The changes are saved. There is nothing that people have to be told.", "success")
            return redirect(url_for("courses.publish_session", training_session_id=training_session_id))
    return render_template("bookings/change_session.html", form=form, training_session=training_session)


@bp.route("/sessions/<int:training_session_id>/changes", methods=["GET", "POST"])
@allow(*STAFF)
def tell_of_changes(training_session_id: int) -> ResponseReturnValue:
    """The letters that tell of what changed, with a real example of each; sent by one button."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    form = forms.TellForm.from_request(edition=training_session.edition)
    if form.accepted():
        with transaction():
            number = service.tell(training_session, edition=form.seen, by=current_person(), now=clock.now())
        who = "1 person gets a letter" if number == 1 else f"{number} people get letters"
        flash(f"{who} about what changed.", "success")
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    untold = queries.untold(training_session, now=clock.now())
    if not untold:
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "bookings/tell_of_changes.html",
        form=form,
        training_session=training_session,
        untold=untold,
        changes=queries.in_words(untold.changes),
        letters=_examples(training_session, untold),
        elsewhere=queries.delegates_with_clashes(training_session),
        clashes=clashes(training_session),
    )


@bp.route("/sessions/<int:training_session_id>/changes/tell-nobody", methods=["GET", "POST"])
@allow(*STAFF)
def tell_nobody(training_session_id: int) -> ResponseReturnValue:
    """Leave people as they are told, for a reason."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    form = forms.TellNobodyForm.from_request(edition=training_session.edition)
    if form.accepted():
        with transaction():
            service.tell_nobody(
                training_session,
                edition=form.seen,
                reason=form.reason.data,
                by=current_person(),
                now=clock.now(),
            )
        flash("Nobody is told. The reason is kept in the history.", "success")
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    untold = queries.untold(training_session, now=clock.now())
    if not untold and request.method == "GET":
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "bookings/tell_nobody.html",
        form=form,
        training_session=training_session,
        changes=queries.in_words(untold.changes),
    )


def _examples(training_session: TrainingSession, untold: Untold) -> list[tuple[str, str, list[Markup]]]:
    """The first letter of each kind, a delegate's with a place if there is one: to whom, its subject, its text."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    by_place = sorted(untold.delegates, key=lambda one: not one.booking.is_confirmed)
    for one in by_place[:1]:
        context = service.delegate_letter(one, now=clock.now())
        found.append((f"To {one.booking.person.name}", "bookings/changed", context))
    for manager in untold.managers[:1]:
        context = service.manager_letter(training_session, manager)
        found.append((f"To {manager.name or 'a manager'}, as manager", "bookings/changed_manager", context))
    for approver in untold.approvers[:1]:
        context = service.approver_letter(approver)
        to = f"To {context['approver_name']}, who is asked to approve"
        found.append((to, "bookings/changed_approver", context))
    for trainer in untold.trainers[:1]:
        context = service.trainer_letter(training_session, trainer)
        to = f"To {trainer.trainer.person.name}, as trainer"
        found.append((to, service.template_for(trainer), context))
    written = [(to, *mail.written(template, at=clock.now(), **context)) for to, template, context in found]
    return [(to, subject, mail.paragraphs(body)) for to, subject, body in written]
