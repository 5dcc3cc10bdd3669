"""Pages on which staff choose who trains on a date, and trainers answer. Their endpoints are `trainers.…`."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings.dates.queries import untold
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.signing import unsigned
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.queries import training_session_or_404
from sscb_training.courses.models import SessionStatus, Trainer
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.models import TrainerInvitation
from sscb_training.people.signed_in import current_person, current_person_or_none
from sscb_training.trainers.invitations import queries, service
from sscb_training.trainers.invitations.forms import AnswerForm
from sscb_training.trainers.routes import bp


@bp.get("/sessions/<int:training_session_id>/trainers")
@allow(*STAFF)
def choose(training_session_id: int) -> ResponseReturnValue:
    """Who is down for a date, who was asked, and the rest of the pool with what speaks for and against each."""
    training_session = training_session_or_404(training_session_id)
    today, now = clock.today(), clock.now()
    down = training_session.trainers
    return render_template(
        "trainers/choose.html",
        training_session=training_session,
        agencies=pool.agencies_of(down, on=today),
        unfit=pool.unfit_for([training_session], on=today)[0],
        away=queries.times_away(down, training_session),
        invitations={one.trainer_id: one for one in pool.invitations_to(training_session)},
        candidates=queries.candidates(training_session, on=today),
        is_over=training_session.starts_at <= now or training_session.status is SessionStatus.CANCELLED,
        untold=bool(untold(training_session, now=now)),
    )


@bp.post("/sessions/<int:training_session_id>/trainers/<int:trainer_id>")
@allow(*STAFF)
def change_trainer(training_session_id: int, trainer_id: int) -> ResponseReturnValue:
    """Invite a trainer, put them on, take them off, or withdraw what they were asked."""
    training_session = training_session_or_404(training_session_id)
    trainer = get_or_404(Trainer, trainer_id)
    by, now = current_person(), clock.now()
    name = trainer.person.name
    try:
        with transaction():
            match request.form.get("do"):
                case "invite":
                    service.invite(training_session, trainer, by=by, now=now)
                    said = f"{name} gets a letter with the invitation."
                case "put-on":
                    service.put_on(training_session, trainer, by=by, now=now)
                    said = f"{name} is down for this date."
                case "take-off":
                    service.take_off(training_session, trainer, by=by, now=now)
                    said = f"{name} is off this date."
                case "withdraw":
                    invitation = pool.live_invitation(training_session, trainer)
                    if invitation is None:
                        abort(404)
                    service.withdraw(invitation, by=by, now=now)
                    said = f"The invitation is withdrawn, and {name} gets a letter."
                case _:
                    abort(400)
    except Refused as refusal:
        flash(str(refusal), "important")
    else:
        flash(said, "success")
    return redirect(url_for("trainers.choose", training_session_id=training_session_id))


@bp.route("/invitations-to-train/<int:invitation_id>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def answer_invitation(invitation_id: int) -> ResponseReturnValue:
    """One invitation, by the trainer signed in."""
    return _answer_page(queries.invitation_seen_by(current_person(), invitation_id))


@bp.route("/train/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def answer_by_link(token: str) -> ResponseReturnValue:
    """One invitation, by whoever holds the link of the letter; it opens nothing else, and looking answers nothing."""
    invitation_id = unsigned(queries.SIGNED_FOR, token)
    if not isinstance(invitation_id, int):
        abort(404)
    return _answer_page(queries.invitation_of_link(invitation_id))


def _answer_page(invitation: TrainerInvitation) -> ResponseReturnValue:
    form = AnswerForm.from_request()
    viewer = current_person_or_none()
    if form.accepted():
        accepts = request.form.get("answer") == "accept"
        if not accepts and not form.reason.data:
            form.reason.errors = ["Enter why you cannot, so that the board knows whether to ask you again"]
        else:
            try:
                with transaction():
                    service.answer(
                        invitation,
                        accepts=accepts,
                        reason="" if accepts else form.reason.data,
                        by=viewer,
                        now=clock.now(),
                    )
            except Refused as refusal:
                form.refuse(refusal)
    training_session = invitation.training_session
    return render_template(
        "trainers/answer_invitation.html",
        form=form,
        invitation=invitation,
        training_session=training_session,
        waits=invitation.is_open
        and training_session.status is not SessionStatus.CANCELLED
        and training_session.starts_at > clock.now(),
        is_signed_in=viewer is not None,
    )
