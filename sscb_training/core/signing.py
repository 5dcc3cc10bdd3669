"""Links that open one thing for whoever holds them: signed with the SECRET_KEY for one purpose, and never stored."""

import hmac
from hashlib import sha256
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def signed(purpose: str, value: Any) -> str:
    """A text for an address that nobody can make up, good for this purpose alone."""
    return str(_serializer(purpose).dumps(value))


def unsigned(purpose: str, text: str) -> Any:
    """The value that was signed for this purpose; None for anything else."""
    try:
        return _serializer(purpose).loads(text)
    except BadData:
        return None


def digest(purpose: str, value: str) -> bytes:
    """What only this service can make of a value, and makes again: where a short code is made from it."""
    key = f"{current_app.config['SECRET_KEY']}\0{purpose}"
    return hmac.digest(key.encode(), value.encode(), sha256)


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"link to {purpose}")
