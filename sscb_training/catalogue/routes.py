"""Pages of the catalogue."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from sscb_training.core.access import PUBLIC, allow

bp = Blueprint("catalogue", __name__)


@bp.get("/courses/<code>")
@allow(PUBLIC)
def course(code: str) -> ResponseReturnValue:
    abort(404)
