"""An index from which coverage reads who works in a staff group without looking at the table."""

from alembic import op

revision = "0106"
down_revision = "0100"
branch_labels = None
depends_on = None

WORKS = [
    "staff_group_id",
    "agency_id",
    "valid_from",
    "valid_to",
    "recorded_at",
    "ended_recorded_at",
    "confirmed_at",
    "person_id",
]


def upgrade() -> None:
    op.drop_index("ix_membership_audience", table_name="membership")
    op.create_index("ix_membership_audience", "membership", WORKS)


def downgrade() -> None:
    op.drop_index("ix_membership_audience", table_name="membership")
    op.create_index("ix_membership_audience", "membership", ["staff_group_id", "agency_id", "valid_from"])
