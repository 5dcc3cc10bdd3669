"""No two schedules that go on have titles that differ only by their letters' case. A second one gets its number after it."""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

OF_THE_BOARD = sa.text("ended_at IS NULL AND agency_id IS NULL")
GOES_ON = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _drop()
    op.execute(
        "UPDATE report_schedule SET title = title || ' (schedule number ' || id || ')' WHERE ended_at IS NULL AND EXISTS ("
        "SELECT 1 FROM report_schedule AS first WHERE first.ended_at IS NULL"
        " AND lower(first.title) = lower(report_schedule.title)"
        " AND COALESCE(first.agency_id, 0) = COALESCE(report_schedule.agency_id, 0) AND first.id < report_schedule.id)"
    )
    _create(sa.text("lower(title)"))


def downgrade() -> None:
    _drop()
    _create("title")


def _drop() -> None:
    op.drop_index("uq_report_schedule_title_of_an_agency", "report_schedule")
    op.drop_index("uq_report_schedule_title_of_the_board", "report_schedule")


def _create(title: sa.TextClause | str) -> None:
    op.create_index(
        "uq_report_schedule_title_of_the_board", "report_schedule", [title], unique=True,
        sqlite_where=OF_THE_BOARD, postgresql_where=OF_THE_BOARD,
    )  # fmt: skip
    op.create_index(
        "uq_report_schedule_title_of_an_agency", "report_schedule", ["agency_id", title], unique=True,
        sqlite_where=GOES_ON, postgresql_where=GOES_ON,
    )  # fmt: skip
