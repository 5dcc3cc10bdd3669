"""What goes wrong, in words for the person who meets it."""

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from sscb_training.core.db import db

EXPLAINED = {400, 403, 404, 405, 413, 429, 500, 503}


class Refused(Exception):
    """A rule says no. The message is a sentence for the person, with what to do instead."""


def init_app(app: Flask) -> None:
    """Give every failure a page of its own, and no page a trace."""
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(Refused, _refuse)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _own_up)


def _page(status: int, **given: object) -> Response:
    return make_response(render_template(f"errors/{status}.html", **given), status)


def _explain(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error  # a redirect or a ready answer is a response itself
    response = _page(status if status in EXPLAINED else (400 if status < 500 else 500))
    response.status_code = status
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _refuse(refusal: Refused) -> ResponseReturnValue:
    db.session.rollback()
    return make_response(render_template("errors/refused.html", reason=str(refusal), back=request.path), 409)


def _database_away(_error: OperationalError) -> ResponseReturnValue:
    _forget_the_session()
    from flask import current_app

    current_app.logger.exception("database unavailable")
    response = _page(503)
    response.headers["Retry-After"] = "10"
    return response


def _own_up(_error: Exception) -> ResponseReturnValue:
    _forget_the_session()
    from flask import current_app

    current_app.logger.exception("unexpected failure")
    return _page(500)


def _forget_the_session() -> None:
    """A broken connection must not be asked again while the error page is written."""
    from flask import g

    g.viewer_is_unknown = True
    try:
        db.session.rollback()
    except Exception:
        db.session.remove()
