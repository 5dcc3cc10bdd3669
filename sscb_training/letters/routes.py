"""Pages of letters."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.db import db, get_or_404
from sscb_training.core.jobs import job_states
from sscb_training.core.mail import Letter, paragraphs, was_written, without_one_time_links
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.letters import queries, service
from sscb_training.letters.queries import State
from sscb_training.people.signed_in import current_person

bp = Blueprint("letters", __name__)


@bp.get("/letters")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    state, kind, address = (request.args.get(name, "").strip() for name in ("state", "kind", "q"))
    kinds = queries.kinds()
    asked_session = row_asked_for("session")
    training_session = db.session.get(TrainingSession, asked_session) if asked_session else None
    query = queries.letters_found(
        state=State(state) if state in set(State) else None,
        address=address[:100],
        template=kind if kind in kinds else "",
        training_session_id=training_session.id if training_session else None,
    )
    return render_template(
        "letters/index.html",
        page=page_of(query, page=page_asked_for()),
        how_many=queries.how_many(),
        states={known.value: known.label for known in State},
        kinds=kinds,
        training_session=training_session,
        asked={"state": state, "kind": kind, "q": address},
        jobs=job_states(clock.now()),
        has_mail_server=bool(current_app.config["MAIL_SERVER"]),
    )


@bp.get("/letters/<int:letter_id>")
@allow(*STAFF)
def show(letter_id: int) -> ResponseReturnValue:
    letter = get_or_404(Letter, letter_id)
    return render_template(
        "letters/show.html",
        letter=letter,
        text=paragraphs(without_one_time_links(letter.body)),
        events=events_about(letter),
        may_send_again=bool(letter.sent_at or letter.gave_up_at)
        and not letter.has_secret_link
        and not was_written(service.again_key(letter)),
    )


@bp.post("/letters/<int:letter_id>/send-again")
@allow(*STAFF)
def send_again(letter_id: int) -> ResponseReturnValue:
    letter = get_or_404(Letter, letter_id)
    with transaction():
        again = service.send_again(letter, by=current_person(), now=clock.now())
    flash("The letter is in the outbox again. This is the new one.", "success")
    return redirect(url_for("letters.show", letter_id=again.id))


@bp.get("/development/letters")
@allow(PUBLIC)
def development() -> ResponseReturnValue:
    _only_in_development()
    page = page_of(queries.letters_found(), page=page_asked_for())
    return render_template("letters/development.html", page=page)


@bp.get("/development/letters/<int:letter_id>")
@allow(PUBLIC)
def development_letter(letter_id: int) -> ResponseReturnValue:
    _only_in_development()
    letter = get_or_404(Letter, letter_id)
    return render_template("letters/development_letter.html", letter=letter, text=paragraphs(letter.body))


def _only_in_development() -> None:
    """Letters hold one-time links: whoever reads all of them can be anybody."""
    if not current_app.extensions["settings"].is_development:
        abort(404)
