"""Coverage counts confirmed jobs, and its index holds which those are."""

from alembic import op

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None

COVERED = [
    "person_id", "valid_from", "valid_to", "recorded_at", "staff_group_id", "agency_id", "ended_recorded_at",
]  # fmt: skip


def upgrade() -> None:
    _index([*COVERED, "confirmed_at"])


def downgrade() -> None:
    _index(COVERED)


def _index(columns: list[str]) -> None:
    op.drop_index("ix_membership_person_id", table_name="membership")
    op.create_index("ix_membership_person_id", "membership", columns, unique=False)
