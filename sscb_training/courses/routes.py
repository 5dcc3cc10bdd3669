"""What the pages of courses share: one blueprint, which `settings` to `dates` join, and the way to the next page."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

bp = Blueprint("courses", __name__)


def done(words: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say what happened, on the page that comes next."""
    flash(words, "success")
    return redirect(url_for(endpoint, **values))
