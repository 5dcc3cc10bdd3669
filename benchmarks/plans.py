"""How the database answers the coverage page, in its own words."""

from benchmarks.ground import Ground
from benchmarks.measuring import Visitor, counting
from sscb_training.core.db import db


def coverage_plan(ground: Ground) -> str:
    """The plan of the statement that counts each agency's coverage, as the page sends it."""
    with counting() as statements:
        Visitor(ground.bare).visit(f"/needs/{ground.need_id}/coverage")
    statement, values = next(
        (statement, values) for statement, values in statements if "ORDER BY agency.name" in statement
    )
    with ground.app.app_context(), db.engine.connect() as connection:
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
