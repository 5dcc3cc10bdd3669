"""What each accreditation rests on, and which one it reinstates.

What is there already rests on its attempt, or else on its booking; what has neither came from earlier records.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0072"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at IS NULL")
BY_WHAT_IS_THERE = """
UPDATE accreditation SET evidence = CASE
    WHEN attempt_id IS NOT NULL THEN 'attempt' WHEN booking_id IS NOT NULL THEN 'attendance' ELSE 'imported'
END
"""


def upgrade() -> None:
    with op.batch_alter_table("accreditation") as batch:
        batch.add_column(
            sa.Column("evidence", sa.String(length=40), nullable=False, server_default="imported")
        )
        for name, kind in (
            ("source", sa.String()),
            ("decision_reason", sa.Text()),
            ("decision_reference", sa.String()),
        ):
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch.add_column(sa.Column("reinstates_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_accreditation_reinstates_id_accreditation"), "accreditation", ["reinstates_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_accreditation_reinstates_one_that_was_revoked"),
            "(reinstates_id IS NOT NULL) = (evidence = 'reinstated')",
        )
    op.execute(BY_WHAT_IS_THERE)
    with op.batch_alter_table("accreditation") as batch:
        for name in ("evidence", "source", "decision_reason", "decision_reference"):
            batch.alter_column(name, server_default=None)
    op.create_index(
        "uq_accreditation_one_reinstatement",
        "accreditation",
        ["reinstates_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_index("uq_accreditation_one_reinstatement", table_name="accreditation")
    with op.batch_alter_table("accreditation") as batch:
        batch.drop_constraint(op.f("ck_accreditation_reinstates_one_that_was_revoked"), type_="check")
        batch.drop_constraint(op.f("fk_accreditation_reinstates_id_accreditation"), type_="foreignkey")
        for name in ("reinstates_id", "decision_reference", "decision_reason", "source", "evidence"):
            batch.drop_column(name)
