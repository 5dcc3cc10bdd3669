"""A date has a fewest number of delegates and a day on which that is decided, and says when its register was closed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(sa.Column("fewest", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("decide_by", sa.Date(), nullable=True))
        batch.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_training_session_fewest_are_decided_by_a_day"), "(fewest IS NULL) = (decide_by IS NULL)"
        )
    op.execute(
        "UPDATE training_session SET closed_at = "
        "(SELECT closed_at FROM register WHERE register.training_session_id = training_session.id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("training_session") as batch:
        batch.drop_constraint(op.f("ck_training_session_fewest_are_decided_by_a_day"), type_="check")
        batch.drop_column("closed_at")
        batch.drop_column("decide_by")
        batch.drop_column("fewest")
