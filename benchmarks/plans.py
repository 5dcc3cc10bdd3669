"""How the database answers the coverage page, in its own words."""

from collections.abc import Callable

from benchmarks.ground import Ground
from benchmarks.measuring import Visitor, counting
from sscb_training.core.db import db


def coverage_plan(ground: Ground) -> str:
    """The plan of the statement that counts each agency's coverage, as the page sends it."""
    with ground.app.app_context():
        return plan_of(lambda: Visitor(ground.bare).visit(f"/needs/{ground.need_id}/coverage"))


def plan_of(ask: Callable[[], object]) -> str:
    """The plan of the statement that counts people who work in the same places, which whoever asks sends."""
    with counting() as statements:
        ask()
    statement, values = next(
        (statement, values) for statement, values in statements if " AS jobs" in statement
    )
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
