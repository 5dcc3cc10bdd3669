"""What the register's page on a phone asks for and sends."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from sscb_training.attendance import queries
from sscb_training.attendance.forms import overtaken_in_words
from sscb_training.attendance.models import Seen
from sscb_training.attendance.phone import service
from sscb_training.attendance.phone.forms import sent_marks
from sscb_training.attendance.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.pages import asset, asset_file
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.get("/registers/<int:training_session_id>/marks")
@allow(Role.TRAINER, *STAFF)
def marks(training_session_id: int) -> ResponseReturnValue:
    """Who is signed in, a fresh token, and what the register says now."""
    training_session = queries.session_seen_by(current_person(), training_session_id)
    seen = queries.seen_in(training_session)
    return jsonify(
        person=current_person().id,
        name=current_person().name,
        token=generate_csrf(),
        at=clock.now().isoformat(),
        marks={f"{booking_id}-{part_id}": mark.word for (booking_id, part_id), mark in seen.items()},
    )


@bp.post("/registers/<int:training_session_id>/marks")
@allow(Role.TRAINER, *STAFF)
def mark(training_session_id: int) -> ResponseReturnValue:
    """Take marks of the person who is signed in; those of somebody else are refused as a whole."""
    try:
        whose, sent = sent_marks(request.get_json(silent=True))
    except (ValueError, RecursionError):  # the second of brackets in brackets, thousands deep
        abort(400)
    person = current_person()
    if whose != person.id:
        return jsonify(person=person.id, name=person.name), 409
    training_session = queries.session_seen_by(person, training_session_id)
    now = clock.now()
    with transaction():
        answers = service.take_marks(training_session, sent, by=person, now=now)
    return jsonify(at=now.isoformat(), answers={key: _in_words(answer) for key, answer in answers.items()})


@bp.get("/registers/on-this-phone")
@allow(PUBLIC)
def on_this_phone() -> ResponseReturnValue:
    """What this phone keeps. For everybody, because it opens without a connection and holds nothing itself."""
    return render_template("attendance/on_this_phone.html")


KEPT = (
    "application.css",
    "application.js",
    "register.js",
    "on_this_phone.js",
    "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "images/favicon.svg",
)


@bp.get("/registers/worker.js")
@allow(PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker of all pages of registers; another one as soon as any file that it keeps is another."""
    built = Path(current_app.static_folder or "") / asset_file("worker.js")
    if not built.is_file():
        abort(404)
    kept = [asset(name) for name in KEPT]
    build = sha256(" ".join([*kept, built.name]).encode()).hexdigest()[:12]
    facts = {"build": build, "assets": kept, "offline": url_for("attendance.on_this_phone")}
    answer = Response(f"self.BUILD = {json.dumps(facts)};\n{built.read_text()}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = url_for("attendance.index")
    return answer


def _in_words(answer: service.Answer) -> dict[str, Any]:
    if answer.why_not:
        return {"is": "refused", "why": answer.why_not.rstrip(".")}
    if answer.overtaken_by is None:
        return {"is": "taken"}
    theirs = answer.overtaken_by.theirs
    words = overtaken_in_words(answer.overtaken_by)
    return {
        "is": "overtaken",
        "theirs": theirs.word if isinstance(theirs, Seen) else "",
        "says": words[:1].upper() + words[1:],
    }
