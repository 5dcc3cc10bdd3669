"""Signatures as Open Badges wants them at the least: JSON Web Signatures with RSA and SHA-256 (RFC 7515, RS256)."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

BITS = 2048


def new_key() -> tuple[dict[str, str], str]:
    """The public half as a JSON Web Key, and the private one as PEM."""
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    numbers = key.public_key().public_numbers()
    public = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return public, pem.decode()


def thumbprint(public: dict[str, Any]) -> str:
    """The name that a key has by what it is (RFC 7638)."""
    return _text(sha256(_json({name: public[name] for name in ("e", "kty", "n")})).digest())


def signed(claims: dict[str, Any], *, pem: str, header: dict[str, Any]) -> str:
    """The claims as a compact JSON Web Token."""
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)  # our own
    assert isinstance(key, RSAPrivateKey)  # noqa: S101 - `new_key` makes no others
    said = f"{_text(_json({'alg': 'RS256', 'typ': 'JWT', **header}))}.{_text(_json(claims))}"
    return f"{said}.{_text(key.sign(said.encode(), PKCS1v15(), SHA256()))}"


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))
