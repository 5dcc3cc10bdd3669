"""Scheduled reports go on any day of a month, know their last copy, and no two that go on make copies of one name.

A second of the same title gets its number after it. A long title is cut for the number, so that the form still takes it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0110"
branch_labels = None
depends_on = None

OF_THE_BOARD = sa.text("ended_at IS NULL AND agency_id IS NULL")
GOES_ON = sa.text("ended_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("report_schedule") as batch:
        batch.add_column(sa.Column("last_copy_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_report_schedule_last_copy_id_frozen_report"),
            "frozen_report",
            ["last_copy_id"],
            ["id"],
        )
        batch.drop_constraint(op.f("ck_report_schedule_is_a_day_that_each_month_has"), type_="check")
        batch.create_check_constraint(
            op.f("ck_report_schedule_is_a_day_of_a_week_or_month"), "on_day BETWEEN 1 AND 31"
        )
    op.create_index("ix_report_schedule_last_copy_id", "report_schedule", ["last_copy_id"])
    op.execute(
        "UPDATE report_schedule"
        " SET title = SUBSTR(title, 1, 120 - LENGTH(' (schedule number ' || id || ')')) || ' (schedule number ' || id || ')'"
        " WHERE ended_at IS NULL AND EXISTS ("
        "SELECT 1 FROM report_schedule AS first WHERE first.ended_at IS NULL AND first.title = report_schedule.title"
        " AND COALESCE(first.agency_id, 0) = COALESCE(report_schedule.agency_id, 0) AND first.id < report_schedule.id)"
    )
    op.create_index(
        "uq_report_schedule_title_of_the_board", "report_schedule", ["title"], unique=True,
        sqlite_where=OF_THE_BOARD, postgresql_where=OF_THE_BOARD,
    )  # fmt: skip
    op.create_index(
        "uq_report_schedule_title_of_an_agency", "report_schedule", ["agency_id", "title"], unique=True,
        sqlite_where=GOES_ON, postgresql_where=GOES_ON,
    )  # fmt: skip


def downgrade() -> None:
    """What goes on one of the last days of a month goes on its 28th."""
    op.drop_index("uq_report_schedule_title_of_an_agency", "report_schedule")
    op.drop_index("uq_report_schedule_title_of_the_board", "report_schedule")
    op.drop_index("ix_report_schedule_last_copy_id", "report_schedule")
    op.execute("UPDATE report_schedule SET on_day = 28 WHERE on_day > 28")
    with op.batch_alter_table("report_schedule") as batch:
        batch.drop_constraint(op.f("ck_report_schedule_is_a_day_of_a_week_or_month"), type_="check")
        batch.create_check_constraint(
            op.f("ck_report_schedule_is_a_day_that_each_month_has"), "on_day BETWEEN 1 AND 28"
        )
        batch.drop_constraint(batch.f("fk_report_schedule_last_copy_id_frozen_report"), type_="foreignkey")
        batch.drop_column("last_copy_id")
