"""The pages that the law asks for: accessibility, privacy, cookies."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from sscb_training.core.access import PUBLIC, allow

bp = Blueprint("notices", __name__)


@bp.get("/accessibility")
@allow(PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("notices/accessibility.html")


@bp.get("/privacy")
@allow(PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template("notices/privacy.html")


@bp.get("/cookies")
@allow(PUBLIC)
def cookies() -> ResponseReturnValue:
    return render_template("notices/cookies.html")
