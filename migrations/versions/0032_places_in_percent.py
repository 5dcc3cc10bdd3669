"""Places are kept for sectors by number or in percent."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(
            sa.Column("floors_in_percent", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("training_session") as batch:  # the rows that were there are filled
        batch.alter_column("floors_in_percent", server_default=None)


def downgrade() -> None:
    op.execute(
        "DELETE FROM place_floor WHERE training_session_id IN (SELECT id FROM training_session WHERE floors_in_percent)"
    )  # each would be read as a number
    with op.batch_alter_table("training_session") as batch:
        batch.drop_column("floors_in_percent")
