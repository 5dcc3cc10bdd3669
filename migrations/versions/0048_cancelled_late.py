"""A booking keeps whether its delegate gave it up late: reports count that apart, and no later rule may alter it."""

from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0035"
branch_labels = None
depends_on = None

LONDON = ZoneInfo("Europe/London")
GIVEN_UP = """
    SELECT booking.id, booking.ended_at, charge_terms.free_until
    FROM booking JOIN charge_terms ON charge_terms.booking_id = booking.id
    WHERE booking.status = 'cancelled_by_delegate' AND booking.confirmed_at IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM session_part
        WHERE session_part.training_session_id = booking.training_session_id
          AND session_part.cancelled_at >= booking.requested_at
      )
"""


def upgrade() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("cancelled_late", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("booking") as batch:
        batch.alter_column("cancelled_late", server_default=None)
    connection = op.get_bind()
    given_up = sa.text(GIVEN_UP).columns(
        id=sa.Integer, ended_at=sa.DateTime(timezone=True), free_until=sa.Date
    )
    late = [
        {"id": booking_id}
        for booking_id, ended_at, free_until in connection.execute(given_up).all()
        if (ended_at.astimezone if ended_at.tzinfo else ended_at.replace(tzinfo=UTC).astimezone)(
            LONDON
        ).date()
        > free_until
    ]
    if late:
        connection.execute(sa.text("UPDATE booking SET cancelled_late = true WHERE id = :id"), late)


def downgrade() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.drop_column("cancelled_late")
