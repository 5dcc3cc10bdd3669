"""Marks say how many minutes were missed, and which of them a phone sent."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("may_miss_minutes", sa.Integer(), nullable=True))
    with op.batch_alter_table("attendance_mark") as batch:
        batch.add_column(sa.Column("minutes_missed", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_attendance_mark_minutes_are_few"), "minutes_missed BETWEEN 0 AND 999"
        )
    op.create_table(
        "sent_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_sent_mark_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_mark")),
        sa.UniqueConstraint("key", name=op.f("uq_sent_mark_key")),
    )
    op.create_index(op.f("ix_sent_mark_booking_id"), "sent_mark", ["booking_id"])


def downgrade() -> None:
    op.drop_table("sent_mark")
    with op.batch_alter_table("attendance_mark") as batch:
        batch.drop_constraint(op.f("ck_attendance_mark_minutes_are_few"), type_="check")
        batch.drop_column("minutes_missed")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("may_miss_minutes")
