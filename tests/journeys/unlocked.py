"""The control of the race: the same service with the lock taken out, and SQLite opened as its driver would.

Nothing else is changed. If this does not oversell, the race proves nothing.
"""

import sqlite3
from typing import Any

from sqlalchemy import Engine, event

from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.places import service as places
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.teams import service as teams
from sscb_training.core import db as database
from sscb_training.core.db import Base
from wsgi import app

__all__ = ["app"]


def no_lock(_row: Base) -> None:
    return None


def driver_default(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = "DEFERRED"  # as a fresh connection of the driver has it


for verbs in (requests, places, changes, teams):
    verbs.__dict__["lock"] = no_lock
event.remove(Engine, "begin", database._begin_sqlite)
event.listen(Engine, "connect", driver_default)
