"""Which stages of running out an accreditation has had, and an index that finds what runs out."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0055"
down_revision = "0051"
branch_labels = None
depends_on = None

COUNTS = sa.text("withdrawn_at IS NULL AND revoked_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "expiry_reminder",
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("seen_to_at", Moment(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_expiry_reminder_accreditation_id_accreditation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry_reminder")),
        sa.UniqueConstraint(
            "accreditation_id", "days_before", name=op.f("uq_expiry_reminder_accreditation_id_days_before")
        ),
    )
    op.create_index(
        "ix_accreditation_expiring",
        "accreditation",
        ["scheme_id", "expires_on"],
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    )


def downgrade() -> None:
    op.drop_index("ix_accreditation_expiring", table_name="accreditation")
    op.drop_table("expiry_reminder")
