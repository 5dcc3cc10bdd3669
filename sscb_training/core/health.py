"""Whether the service is well: for a load balancer and for whoever is on call."""

from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from sscb_training.core import clock, jobs
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.db import db

bp = Blueprint("health", __name__)
WORKER_IS_LATE = timedelta(minutes=2)


@bp.get("/healthz")
@allow(PUBLIC)
def show() -> ResponseReturnValue:
    """200 while the database answers and is migrated; the worker's state is told and does not decide."""
    db.session.execute(text("SELECT 1"))
    migrated = set(MigrationContext.configure(db.session.connection()).get_current_heads()) == _newest()
    beat = jobs.last_beat() if migrated else None
    late = beat is None or clock.now() - beat > WORKER_IS_LATE
    answer = {
        "database": "ok",
        "migrations": "ok" if migrated else "run flask db upgrade",
        "worker": "late" if late else "ok",
        "worker_last_beat": beat.isoformat() if beat else None,
    }
    return jsonify(answer), 200 if migrated else 503


def _newest() -> set[str]:
    migrate = current_app.extensions["migrate"]
    return set(ScriptDirectory(str(migrate.directory)).get_heads())
