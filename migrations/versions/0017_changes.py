"""Why a place was given up, and which booking took it over."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0020"
branch_labels = None
depends_on = None

REASONS = sa.Enum(
    "illness", "bereavement", "caring", "work_priorities", "left_the_job", "other", "moved",
    name="cancelreason", native_enum=False, length=40,
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("reason_code", REASONS, nullable=True))
        batch.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_booking_replaces_id_booking"), "booking", ["replaces_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_booking_replaces_id"), ["replaces_id"])


def downgrade() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("uq_booking_replaces_id"), type_="unique")
        batch.drop_constraint(op.f("fk_booking_replaces_id_booking"), type_="foreignkey")
        batch.drop_column("replaces_id")
        batch.drop_column("reason_code")
