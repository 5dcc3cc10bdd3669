"""Structured logs: one JSON line a request, without names, addresses or what was typed."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user

log = structlog.get_logger()


def init_app(app: Flask, *, as_json: bool) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app.before_request(_start)
    if as_json:
        app.after_request(_tell)


def _start() -> None:
    g.started = time.perf_counter()


def _tell(response: Response) -> Response:
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        signed_in=not g.get("viewer_is_unknown") and bool(current_user.is_authenticated),
    )
    return response
