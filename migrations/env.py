"""Runs the migrations against the application's own database, on SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app
from sqlalchemy import text

database = current_app.extensions["migrate"].db

with database.engine.connect() as connection:
    connection = connection.execution_options(writes=True)
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    is_sqlite = connection.dialect.name == "sqlite"
    if (
        is_sqlite
    ):  # changing a table there is copying and dropping it, which rows that point to it would forbid
        sqlite = connection.connection.driver_connection
        sqlite.execute("PRAGMA foreign_keys=OFF")
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(20170109)"))
        context.run_migrations()
    if is_sqlite:
        lost = sqlite.execute("PRAGMA foreign_key_check").fetchall()
        sqlite.execute("PRAGMA foreign_keys=ON")
        if lost:
            raise RuntimeError(f"After the migration rows point to nothing: {lost[:5]}")
