"""The pages that the law asks for: accessibility, privacy, cookies."""

from datetime import date

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.pages import board_contact

bp = Blueprint("notices", __name__)
PREPARED_ON = date(2026, 11, 23)


@bp.get("/accessibility")
@allow(PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("notices/accessibility.html", contact=board_contact(), prepared_on=PREPARED_ON)


@bp.get("/privacy")
@allow(PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template("notices/privacy.html", contact=board_contact())


@bp.get("/cookies")
@allow(PUBLIC)
def cookies() -> ResponseReturnValue:
    name = current_app.config["SESSION_COOKIE_NAME"]
    return render_template("notices/cookies.html", name=name, idle="1 hour", longest="12 hours")
