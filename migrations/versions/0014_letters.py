"""What letters are about and why they were dropped, discreet courses, calendars.

Bookings that were confirmed before had an invitation and perhaps its cancellation: the next letter comes after both.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0014"
down_revision = "0018"
branch_labels = None
depends_on = None

WAITING = "sent_at IS NULL AND gave_up_at IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("letter") as batch:
        batch.add_column(sa.Column("about_type", sa.String(), nullable=True))
        batch.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("dropped_at", Moment(), nullable=True))
        batch.add_column(sa.Column("drop_reason", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("broke_off_at", Moment(), nullable=True))
    op.create_index("ix_letter_about", "letter", ["about_type", "about_id"])
    _index_waiting(f"{WAITING} AND dropped_at IS NULL")
    with op.batch_alter_table("job_beat") as batch:
        batch.add_column(sa.Column("failing_since", Moment(), nullable=True))
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("is_discreet", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("calendar_letters", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE booking SET calendar_letters = 2 WHERE confirmed_at IS NOT NULL")
    filled = (("letter", "drop_reason"), ("course", "is_discreet"), ("booking", "calendar_letters"))
    for table, column in filled:  # the rows that were there
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
    with op.batch_alter_table("booking") as batch:
        batch.drop_column("calendar_letters")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("is_discreet")
    with op.batch_alter_table("job_beat") as batch:
        batch.drop_column("failing_since")
    op.execute("DELETE FROM letter WHERE dropped_at IS NOT NULL")  # they would be sent after all
    _index_waiting(WAITING)
    op.drop_index("ix_letter_about", "letter")
    with op.batch_alter_table("letter") as batch:
        for column in ("broke_off_at", "drop_reason", "dropped_at", "about_id", "about_type"):
            batch.drop_column(column)


def _index_waiting(condition: str) -> None:
    op.drop_index("ix_letter_waiting", "letter")
    where = sa.text(condition)
    op.create_index("ix_letter_waiting", "letter", ["send_at"], sqlite_where=where, postgresql_where=where)
