"""Who may open what: each view declares it, one check before every request applies it.

A view that declares nothing opens for nobody. `tests/house/test_access.py` lists them all and tries each
with each kind of person.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from sscb_training.core.pages import own_path
from sscb_training.core.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


class Viewer(Protocol):
    """Whoever opens a page: what access needs to know of them."""

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def roles(self) -> frozenset[Role]: ...


PUBLIC = "public"
SIGNED_IN = "signed in"
STAFF = (Role.BOARD_STAFF, Role.ADMINISTRATOR)


def allow(*who: str) -> Callable[[View], View]:
    """Declare who may open this view: PUBLIC, SIGNED_IN, or any of some roles."""

    def declare(view: View) -> View:
        view.access = who  # type: ignore[attr-defined]
        return view

    return declare


def declared_access(endpoint: str) -> tuple[str, ...]:
    """What the view behind an endpoint declared; nothing when it declared nothing."""
    return getattr(current_app.view_functions.get(endpoint), "access", ())


def may_open(viewer: Viewer, endpoint: str) -> bool:
    """Whether the declaration lets this viewer in. Which rows they then see is the queries' business."""
    access = declared_access(endpoint)
    if PUBLIC in access:
        return True
    if not viewer.is_authenticated:
        return False
    return SIGNED_IN in access or any(role in viewer.roles for role in access)


def init_app(app: Flask) -> None:
    app.view_functions["static"] = allow(PUBLIC)(app.view_functions["static"])
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    """Looks at who asks first, on every route: noting that they were seen is a transaction of its own, and must not
    begin inside a verb's, when a letter or a page asks who is signed in."""
    signed_in = current_user.is_authenticated
    if request.endpoint is None or may_open(current_user, request.endpoint):
        return None
    if signed_in or not declared_access(request.endpoint):
        abort(403)
    if request.method == "POST":
        abort(401)  # its page keeps what was sent
    wanted = own_path(request.full_path.rstrip("?"))
    return redirect(url_for("people.sign_in", next=wanted))
