"""What a date was before it changed, of which change each delegate knows, and the notice behind a free day."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0032"
branch_labels = None
depends_on = None

ADDED = {
    "training_session": [("earlier_states", sa.JSON(), "[]"), ("trainers_told", sa.Integer(), "0")],
    "booking": [("edition", sa.Integer(), "0")],
    "charge_terms": [("free_days", sa.Integer(), "0"), ("in_working_days", sa.Boolean(), sa.false())],
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, kind, usual in columns:
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=usual))
        with op.batch_alter_table(table) as batch:  # the rows that were there are filled
            for name, _, _ in columns:
                batch.alter_column(name, server_default=None)
    for name in ("free_days", "in_working_days"):
        op.execute(
            f"UPDATE charge_terms SET {name} = "  # noqa: S608
            f"(SELECT {name} FROM charge_policy WHERE charge_policy.id = charge_terms.policy_id)"
        )


def downgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, _, _ in columns:
                batch.drop_column(name)
