"""The index of a date's bookings by status holds all that reports ask of them."""

from alembic import op

revision = "0087"
down_revision = "0096"
branch_labels = None
depends_on = None

BEFORE, NOW = "ix_booking_training_session_id_status", "ix_booking_use"
COLUMNS = [
    "training_session_id", "status", "outcome", "part_id", "membership_id", "unscheduled", "confirmed_at",
    "cancelled_late", "reason_code",
]  # fmt: skip


def upgrade() -> None:
    op.create_index(NOW, "booking", COLUMNS)
    op.drop_index(BEFORE, table_name="booking")


def downgrade() -> None:
    op.create_index(BEFORE, "booking", COLUMNS[:2])
    op.drop_index(NOW, table_name="booking")
