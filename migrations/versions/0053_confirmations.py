"""Where a scheme asks for it, a manager confirms that a delegate is ready."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0053"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("manager_name", sa.String(), nullable=False),
        sa.Column("manager_email", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("is_ready", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(is_ready IS NULL) = (answered_at IS NULL)", name=op.f("ck_confirmation_is_answered_at_a_moment")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_confirmation_booking_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_confirmation_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("booking_id", "scheme_id", name=op.f("uq_confirmation_booking_id_scheme_id")),
    )
    op.create_index(op.f("ix_confirmation_scheme_id"), "confirmation", ["scheme_id"])


def downgrade() -> None:
    op.drop_table("confirmation")
