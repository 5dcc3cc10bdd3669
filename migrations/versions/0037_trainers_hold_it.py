"""A scheme can ask that whoever trains on its courses holds it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.add_column(
            sa.Column("trainers_hold_it", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("accreditation_scheme") as batch:  # the rows that were there are filled
        batch.alter_column("trainers_hold_it", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.drop_column("trainers_hold_it")
