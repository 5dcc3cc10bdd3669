"""Give the key of a deleted row to no other, which would come by its history. PostgreSQL never did.

On SQLite only: the tables are copied as they are, and count on from the last key that the history knows.
"""

from alembic import op

revision = "0111"
down_revision = "0109"
branch_labels = None
depends_on = None

DELETED_AND_TOLD = (
    "action", "briefing", "case_audit", "finding", "interest", "letter", "spelling", "training_import",
    "training_session",
)  # fmt: skip


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    for name in DELETED_AND_TOLD:
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{name}'")  # noqa: S608 - a name from above
        op.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{name}', max("  # noqa: S608 - a name from above
            f'(SELECT coalesce(max(id), 0) FROM "{name}"),'
            f" (SELECT coalesce(max(subject_id), 0) FROM history_entry WHERE subject_type = '{name}'))"
        )


def downgrade() -> None:
    """Nothing: the tables hold what they held, and the revisions before read and copy them as well."""
