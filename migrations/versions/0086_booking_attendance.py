"""An index with all that coverage asks of who came to a date."""

from alembic import op

revision = "0086"
down_revision = "0076"
branch_labels = None
depends_on = None

INDEX = "ix_booking_attendance"


def upgrade() -> None:
    columns = ["training_session_id", "outcome", "person_id", "outcome_on", "outcome_recorded_at", "part_id"]
    op.create_index(INDEX, "booking", columns)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="booking")
