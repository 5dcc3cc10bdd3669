"""Somebody may ask to hear of new dates from a version of the course on: of those that answer a need."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0107"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("interest") as batch:
        batch.add_column(sa.Column("from_version_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_interest_from_version_id_course_version"),
            "course_version",
            ["from_version_id"],
            ["id"],
        )
        batch.create_index(batch.f("ix_interest_from_version_id"), ["from_version_id"])


def downgrade() -> None:
    """Whoever asked from a version on hears of every date: more than they asked for, and nothing is lost."""
    with op.batch_alter_table("interest") as batch:
        batch.drop_index(batch.f("ix_interest_from_version_id"))
        batch.drop_constraint(batch.f("fk_interest_from_version_id_course_version"), type_="foreignkey")
        batch.drop_column("from_version_id")
