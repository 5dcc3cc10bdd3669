"""Let reports count a period's evaluations without reading each row."""

from alembic import op

revision = "0093"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_evaluation_sent_in", "evaluation", ["booking_id", "stage", "sent_in_at"])


def downgrade() -> None:
    op.drop_index("ix_evaluation_sent_in", table_name="evaluation")
