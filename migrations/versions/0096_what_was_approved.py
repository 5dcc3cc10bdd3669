"""Keep what was approved of a briefing until it comes out."""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("briefing", sa.Column("approved_content", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("briefing") as table:
        table.drop_column("approved_content")
