"""Passwords: kept as argon2id hashes, compared in the same time whether or not there is one to compare with."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice: 19 MiB, two passes, one lane; about 40 ms.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS = hasher.hash("the password of nobody")


def hash_of(password: str) -> str:
    """What the database keeps of a password."""
    return hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. It hashes once in any case, so that time does not tell who has an account."""
    try:
        hasher.verify(password_hash or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
