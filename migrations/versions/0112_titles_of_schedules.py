"""No two schedules that go on have titles that differ only by their letters' case. A second one gets its number after it.

A long title is cut for the number, so that the form still takes it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

LONGEST = 120  # what the form takes of a title
OF_THE_BOARD = sa.text("ended_at IS NULL AND agency_id IS NULL")
GOES_ON = sa.text("ended_at IS NULL")
SCHEDULE = sa.table(
    "report_schedule",
    *(sa.column(name) for name in ("id", "agency_id", "title", "folded_title", "ended_at")),
)


def upgrade() -> None:
    _drop()
    op.add_column("report_schedule", sa.Column("folded_title", sa.String(), nullable=True))
    _fold()
    with op.batch_alter_table("report_schedule") as batch:
        batch.alter_column("folded_title", existing_type=sa.String(), nullable=False)
    _create("folded_title")


def _fold() -> None:
    connection, taken = op.get_bind(), set()
    for row in connection.execute(sa.select(SCHEDULE).order_by(SCHEDULE.c.id)).all():
        title, suffix = row.title, ""
        if row.ended_at is None:
            while (row.agency_id, title.casefold()) in taken:
                suffix += f" (schedule number {row.id})"
                title = row.title[: LONGEST - len(suffix)] + suffix
            taken.add((row.agency_id, title.casefold()))
        connection.execute(
            sa.update(SCHEDULE)
            .where(SCHEDULE.c.id == row.id)
            .values(title=title, folded_title=title.casefold())
        )


def downgrade() -> None:
    _drop()
    op.drop_column("report_schedule", "folded_title")
    _create("title")


def _drop() -> None:
    op.drop_index("uq_report_schedule_title_of_an_agency", "report_schedule")
    op.drop_index("uq_report_schedule_title_of_the_board", "report_schedule")


def _create(title: str) -> None:
    op.create_index(
        "uq_report_schedule_title_of_the_board", "report_schedule", [title], unique=True,
        sqlite_where=OF_THE_BOARD, postgresql_where=OF_THE_BOARD,
    )  # fmt: skip
    op.create_index(
        "uq_report_schedule_title_of_an_agency", "report_schedule", ["agency_id", title], unique=True,
        sqlite_where=GOES_ON, postgresql_where=GOES_ON,
    )  # fmt: skip
