"""What goes wrong, in words for the person who meets it."""

import traceback
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from sscb_training.core.db import db

EXPLAINED = {400, 403, 404, 405, 413, 429, 500, 503}


class Refused(Exception):
    """A rule says no. The message is a sentence for the person, with what to do instead; `about` names the answer."""

    def __init__(self, message: str, *, about: str = "") -> None:
        super().__init__(message)
        self.about = about


def init_app(app: Flask) -> None:
    """Give every failure a page of its own, and no page a trace."""
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(Refused, _refuse)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _own_up)


def _page(status: int, **given: object) -> Response:
    return make_response(render_template(f"errors/{status}.html", **given), status)


def _explain(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, RequestRedirect):  # its address names whatever host was asked for
        asked = urlsplit(error.new_url)
        return redirect(f"{asked.path}?{asked.query}" if asked.query else asked.path, 308)
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


def _database_away(error: OperationalError) -> ResponseReturnValue:
    _forget_the_session()
    note("database unavailable", error)
    response = _page(503)
    response.headers["Retry-After"] = "10"
    return response


def _own_up(error: Exception) -> ResponseReturnValue:
    _forget_the_session()
    note("unexpected failure", error)
    return _page(500)


def note(event: str, error: BaseException, **more: object) -> None:
    """Log a failure by its kind and where it happened. Its message may hold what a person typed, and stays out."""
    where = "".join(traceback.format_tb(error.__traceback__))
    structlog.get_logger().error(event, kind=type(error).__name__, where=where, **more)


def _forget_the_session() -> None:
    """A broken connection must not be asked again while the error page is written."""
    from flask import g

    g.viewer_is_unknown = True
    try:
        db.session.rollback()
    except Exception:
        db.session.remove()
