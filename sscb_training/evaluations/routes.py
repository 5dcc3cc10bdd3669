"""Pages on which an evaluation is sent in: by the link of a letter, without an account, or signed in."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.bookings.models import Booking
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, SIGNED_IN, allow
from sscb_training.core.signing import unsigned
from sscb_training.core.transaction import transaction
from sscb_training.courses.described.rules import items
from sscb_training.evaluations import queries, rules, service
from sscb_training.evaluations.forms import EvaluationForm
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.service import EvaluationRefused
from sscb_training.people.signed_in import current_person, current_person_or_none

bp = Blueprint("evaluations", __name__)


@bp.get("/my-evaluations")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    """All that somebody can send in now."""
    return render_template(
        "evaluations/index.html", waiting=queries.to_send_in(current_person(), now=clock.now())
    )


@bp.route("/bookings/<int:booking_id>/evaluation/<stage>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def answer(booking_id: int, stage: str) -> ResponseReturnValue:
    """One stage of one's own booking. The manager's view is not the delegate's to give."""
    if stage not in (Stage.PRE, Stage.POST, Stage.FOLLOW_UP):
        abort(404)
    viewer = current_person()
    return _answer_page(lambda: queries.own_booking(viewer, booking_id), Stage(stage), by_link=False)


@bp.route("/evaluate/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def answer_by_link(token: str) -> ResponseReturnValue:
    """The same, or the manager's view, by whoever holds the link of the letter."""
    match unsigned(queries.SIGNED_FOR, token):
        case [int(booking_id), str(stage)] if stage in tuple(Stage):
            return _answer_page(lambda: queries.booking_of_link(booking_id), Stage(stage), by_link=True)
    abort(404)


def _answer_page(booking: Callable[[], Booking], stage: Stage, *, by_link: bool) -> ResponseReturnValue:
    """The questions; once they are answered, thanks, and nothing of what was said."""
    asked, now = booking(), clock.now()
    evaluation = queries.evaluation_of(asked, stage)
    is_sent_in = evaluation is not None and evaluation.sent_in_at is not None
    form = EvaluationForm.asking(stage, items(asked.training_session.course_version.outcomes))
    if not is_sent_in and form.accepted():
        try:
            with transaction():
                service.send_in(
                    booking(),
                    stage,
                    ratings=form.ratings,
                    by=current_person_or_none(),
                    now=now,
                    **form.answers,
                )
        except EvaluationRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect(request.path)
    return render_template(
        "evaluations/answer.html",
        form=form,
        booking=asked,
        training_session=asked.training_session,
        stage=stage,
        scale_steps=rules.SCALE,
        agrees=rules.AGREES,
        first_name=rules.first_name(asked.person.name),
        by_link=by_link,
        is_sent_in=is_sent_in,
        closed_because="" if is_sent_in else queries.closed_because(asked, stage, now=now),
        window=queries.window_of(asked, stage),
    )
