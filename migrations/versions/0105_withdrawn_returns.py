"""Headcount returns that were recorded in error can be withdrawn; what stands for a day is unique, not all that stood."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0105"
down_revision = "0099"
branch_labels = None
depends_on = None

OF_A_DAY = ["agency_id", "staff_group_id", "as_at"]


def _only(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "headcount", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )


def upgrade() -> None:
    op.drop_index("uq_headcount_first_of_a_day", "headcount")
    with op.batch_alter_table("headcount") as batch:
        batch.add_column(sa.Column("withdrawn_at", Moment(), nullable=True))
        batch.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("why_withdrawn", sa.Text(), server_default="", nullable=False))
        batch.drop_constraint(batch.f("uq_headcount_corrects_id"), type_="unique")
    _only("uq_headcount_first_of_a_day", OF_A_DAY, "corrects_id IS NULL AND withdrawn_at IS NULL")
    _only("uq_headcount_corrected_once", ["corrects_id"], "withdrawn_at IS NULL")


def downgrade() -> None:
    """What was withdrawn cannot be told from what stands any more, so it goes, and so does what would correct it."""
    op.drop_index("uq_headcount_corrected_once", "headcount")
    op.drop_index("uq_headcount_first_of_a_day", "headcount")
    withdrawn = "SELECT id FROM headcount WHERE withdrawn_at IS NOT NULL"
    op.execute(f"UPDATE requested_group SET headcount_id = NULL WHERE headcount_id IN ({withdrawn})")  # noqa: S608
    op.execute("DELETE FROM headcount WHERE withdrawn_at IS NOT NULL")
    with op.batch_alter_table("headcount") as batch:
        batch.create_unique_constraint(batch.f("uq_headcount_corrects_id"), ["corrects_id"])
        batch.drop_column("why_withdrawn")
        batch.drop_column("withdrawn_by_id")
        batch.drop_column("withdrawn_at")
    _only("uq_headcount_first_of_a_day", OF_A_DAY, "corrects_id IS NULL")
