"""A prerequisite may be one of several."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("booking_rule") as batch:
        batch.add_column(sa.Column("one_of", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("booking_rule") as batch:  # the rows that were there are filled
        batch.alter_column("one_of", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM booking_rule WHERE one_of")  # each of them would be needed
    with op.batch_alter_table("booking_rule") as batch:
        batch.drop_column("one_of")
