"""SQLite without the lock that it takes by itself, for tests that show what goes wrong without one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from sscb_training.core import db as core_db
from sscb_training.core.db import db


@contextmanager
def no_begin() -> Iterator[None]:
    """SQLite without BEGIN IMMEDIATE, which is a lock there. PostgreSQL stays as it is."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    event.remove(Engine, "begin", core_db._begin_sqlite)
    try:
        yield
    finally:
        event.listen(Engine, "begin", core_db._begin_sqlite)
