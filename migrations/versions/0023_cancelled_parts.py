"""A part can be cancelled by itself, and a booking knows which parts its delegate missed.

Registers that were closed before tell the latter by their marks.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("session_part") as batch:
        batch.add_column(sa.Column("cancelled_at", Moment(), nullable=True))
        batch.add_column(sa.Column("cancel_reason", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("session_part") as batch:
        batch.alter_column("cancel_reason", server_default=None)
    op.create_table(
        "booking_missed_part",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_part_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_missed_part_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["session_part_id"],
            ["session_part.id"],
            name=op.f("fk_booking_missed_part_session_part_id_session_part"),
        ),
        sa.PrimaryKeyConstraint("booking_id", "session_part_id", name=op.f("pk_booking_missed_part")),
    )
    op.create_index(
        op.f("ix_booking_missed_part_session_part_id"), "booking_missed_part", ["session_part_id"]
    )
    op.execute(
        "INSERT INTO booking_missed_part (booking_id, session_part_id) "
        "SELECT m.booking_id, m.session_part_id FROM attendance_mark m JOIN booking b ON b.id = m.booking_id "
        "WHERE b.outcome = 'part_attended' AND m.mark IN ('left_early', 'did_not_attend')"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_booking_missed_part_session_part_id"), table_name="booking_missed_part")
    op.drop_table("booking_missed_part")
    with op.batch_alter_table("session_part") as batch:
        batch.drop_column("cancel_reason")
        batch.drop_column("cancelled_at")
