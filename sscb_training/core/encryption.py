"""Values that leave the service and come back, unread on the way: a cookie is signed, but anybody can decode it."""

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def encrypted(value: Any) -> str:
    """The value, as JSON, in a text that nobody without the SECRET_KEY can read or change."""
    return _cipher().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()


def decrypted(text: object) -> Any:
    """The value that was encrypted; None for what this service cannot have made, or made with another SECRET_KEY."""
    try:
        return json.loads(_cipher().decrypt(text))  # type: ignore[arg-type]
    except (InvalidToken, TypeError, ValueError):
        return None


def _cipher() -> Fernet:
    """With a key of its own, so that the SECRET_KEY itself goes on signing and nothing else."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"core.encryption")
    return Fernet(urlsafe_b64encode(derived.derive(str(current_app.config["SECRET_KEY"]).encode())))
