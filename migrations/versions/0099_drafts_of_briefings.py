"""Let no draft of a briefing bear the approval of the edition before it."""

from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE briefing SET submitted_at = NULL, submitted_by_id = NULL, approved_at = NULL, approved_by_id = NULL,"
        " approval_reason = '', approved_alone = (1 = 0), approved_content = NULL WHERE status = 'draft'"
    )


def downgrade() -> None:
    """Who approved the edition before is in the history, and no draft needs it."""
