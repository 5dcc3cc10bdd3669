"""How the database answers the coverage page, in its own words."""

from collections.abc import Callable
from typing import Any

from benchmarks.ground import Ground
from benchmarks.measuring import counting
from sscb_training.core import clock
from sscb_training.core.db import db
from sscb_training.needs.coverage.queries import coverage_on
from sscb_training.needs.models import TrainingNeed


def coverage_plan(ground: Ground) -> str:
    """The plans of the statements that count a need's coverage, as its page sends them."""
    with ground.app.app_context():
        need = db.session.get_one(TrainingNeed, ground.need_id)
        return plans_of(lambda: coverage_on(need, as_at=clock.today(), known_on=clock.today()))


def plans_of(ask: Callable[[], object]) -> str:
    """The plan of each statement that whoever asks sends, in their order."""
    with counting() as statements:
        ask()
    return "\n\n".join(_plan(statement, values) for statement, values in statements)


def _plan(statement: str, values: Any) -> str:
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            found = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}", values
            )
            return "\n".join(line for (line,) in found)
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(_indented([tuple(step) for step in found]))


def database_version(ground: Ground) -> str:
    """SQLite 3.45.1"""
    with ground.app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar()}"


def _indented(steps: list[tuple[int, int, int, str]]) -> list[str]:
    """SQLite's steps as a tree: each names the step that it belongs to."""
    depth = {0: -1}
    lines = []
    for step, parent, _, words in steps:
        depth[step] = depth[parent] + 1
        lines.append("  " * depth[step] + words)
    return lines
