"""When outcomes and the ends of jobs were recorded.

What is there already was known when its register was closed, or else on its own day; an end with its job.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment
from sscb_training.core.times import at_london

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COVERED = ["person_id", "valid_from", "valid_to", "recorded_at", "staff_group_id", "agency_id"]

booking = sa.table(
    "booking",
    sa.column("training_session_id", sa.Integer()),
    sa.column("outcome", sa.String()),
    sa.column("outcome_on", sa.Date()),
    sa.column("outcome_recorded_at", Moment()),
)
register = sa.table(
    "register", sa.column("training_session_id", sa.Integer()), sa.column("closed_at", Moment())
)


def upgrade() -> None:
    op.add_column("booking", sa.Column("outcome_recorded_at", Moment(), nullable=True))
    op.add_column("membership", sa.Column("ended_recorded_at", Moment(), nullable=True))
    op.execute("UPDATE membership SET ended_recorded_at = recorded_at WHERE valid_to IS NOT NULL")
    closed_at = (
        sa.select(register.c.closed_at)
        .where(register.c.training_session_id == booking.c.training_session_id)
        .scalar_subquery()
    )
    op.execute(booking.update().where(booking.c.outcome.is_not(None)).values(outcome_recorded_at=closed_at))
    unknown = sa.and_(booking.c.outcome.is_not(None), booking.c.outcome_recorded_at.is_(None))
    connection = op.get_bind()
    days = connection.scalars(
        sa.select(booking.c.outcome_on).where(unknown, booking.c.outcome_on.is_not(None)).distinct()
    )
    for day in days.all():
        connection.execute(
            booking.update()
            .where(unknown, booking.c.outcome_on == day)
            .values(outcome_recorded_at=at_london(day))
        )
    _index_memberships([*COVERED, "ended_recorded_at"])


def downgrade() -> None:
    _index_memberships(COVERED)
    op.drop_column("membership", "ended_recorded_at")
    op.drop_column("booking", "outcome_recorded_at")


def _index_memberships(columns: list[str]) -> None:
    op.drop_index("ix_membership_person_id", table_name="membership")
    op.create_index("ix_membership_person_id", "membership", columns, unique=False)
