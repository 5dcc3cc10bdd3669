"""Keep how a briefing was composed before a correction, and give the key of a dropped draft to no other briefing."""

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    with op.batch_alter_table(
        "briefing",
        recreate="always" if is_sqlite else "auto",
        table_kwargs={"sqlite_autoincrement": True},
    ) as table:
        table.add_column(sa.Column("before_correction", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("briefing") as table:
        table.drop_column("before_correction")
