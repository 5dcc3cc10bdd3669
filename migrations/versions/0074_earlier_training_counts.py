"""Keep until when earlier training may count; what was imported before counts without an end."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("earlier_training", sa.Column("counts_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("earlier_training") as table:
        table.drop_column("counts_until")
