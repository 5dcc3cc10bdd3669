"""Registers and marks."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register",
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["training_session_id"], ["training_session.id"], name=op.f("fk_register_training_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("training_session_id", name=op.f("uq_register_training_session_id")),
    )
    op.create_table(
        "attendance_mark",
        sa.Column("session_part_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "mark",
            sa.Enum(
                "attended", "late", "left_early", "did_not_attend", name="mark", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("marked_at", Moment(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_attendance_mark_booking_id")),
        sa.ForeignKeyConstraint(
            ["session_part_id"], ["session_part.id"], name=op.f("fk_attendance_mark_session_part_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
        sa.UniqueConstraint(
            "session_part_id", "booking_id", name=op.f("uq_attendance_mark_session_part_id_booking_id")
        ),
    )
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_mark_booking_id"), ["booking_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_mark_booking_id"))

    op.drop_table("attendance_mark")
    op.drop_table("register")
