"""The headers of every answer, errors included (promise P13)."""

import secrets

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

NOWHERE_ELSE = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    app.before_request(_choose_nonce)
    app.after_request(_add_headers)


def _choose_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = NOWHERE_ELSE.format(
        nonce=g.get("csp_nonce") or secrets.token_urlsafe(16)
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Referrer-Policy", "same-origin")  # a page whose address is a secret says no-referrer
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.extensions["settings"].is_production:
        headers["Strict-Transport-Security"] = HSTS
    if request.endpoint != "static":
        response.vary.add("Cookie")
        if g.get("viewer_is_unknown") or current_user.is_authenticated:
            headers["Cache-Control"] = "no-store"
        else:
            headers.setdefault("Cache-Control", "no-cache")
    return response
