"""A booking can be of one part alone, to make up what somebody missed; a date can repeat one part."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0022"
branch_labels = None
depends_on = None

KEYS = (("part_id", "session_part"), ("makes_up_id", "booking"), ("makes_up_part_id", "session_part"))
STILL = sa.text("status IN ('awaiting_approval', 'confirmed', 'offered', 'waitlisted') AND outcome IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("make_up_months", sa.Integer(), nullable=False, server_default="6"))
    with op.batch_alter_table("course") as batch:
        batch.alter_column("make_up_months", server_default=None)
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(sa.Column("repeats_part", sa.Integer(), nullable=True))
    with op.batch_alter_table("booking") as batch:
        for column, table in KEYS:
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_booking_{column}_{table}"), table, [column], ["id"])
        batch.create_check_constraint(
            op.f("ck_booking_of_one_part_makes_one_up"),
            "(part_id IS NULL) = (makes_up_id IS NULL) AND (part_id IS NULL) = (makes_up_part_id IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_booking_of_one_part_never_waits"), "part_id IS NULL OR status <> 'waitlisted'"
        )
    op.create_index(op.f("ix_booking_part_id"), "booking", ["part_id"])
    op.create_index(op.f("ix_booking_makes_up_id"), "booking", ["makes_up_id"])
    op.create_index(
        "uq_booking_one_live_make_up_of_a_part",
        "booking",
        ["makes_up_id", "makes_up_part_id"],
        unique=True,
        sqlite_where=STILL,
        postgresql_where=STILL,
    )


def downgrade() -> None:
    """Bookings that made up a part, and dates that repeated one, end: before, they would count as whole ones."""
    op.execute("UPDATE booking SET status = 'cancelled_by_board', outcome = NULL WHERE part_id IS NOT NULL")
    op.execute("UPDATE training_session SET status = 'cancelled' WHERE repeats_part IS NOT NULL")
    op.drop_index("uq_booking_one_live_make_up_of_a_part", table_name="booking")
    op.drop_index(op.f("ix_booking_makes_up_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_part_id"), table_name="booking")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_of_one_part_never_waits"), type_="check")
        batch.drop_constraint(op.f("ck_booking_of_one_part_makes_one_up"), type_="check")
        for column, table in reversed(KEYS):
            batch.drop_constraint(op.f(f"fk_booking_{column}_{table}"), type_="foreignkey")
            batch.drop_column(column)
    with op.batch_alter_table("training_session") as batch:
        batch.drop_column("repeats_part")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("make_up_months")
