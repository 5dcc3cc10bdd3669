"""Parts are found by when they start and end: the calendar, the year, and what is in the way of a new date."""

from alembic import op

revision = "0034"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_session_part_starts_at"), "session_part", ["starts_at"])
    op.create_index(op.f("ix_session_part_ends_at"), "session_part", ["ends_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_session_part_ends_at"), table_name="session_part")
    op.drop_index(op.f("ix_session_part_starts_at"), table_name="session_part")
