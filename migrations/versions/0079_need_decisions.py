"""Keep each change of a need's status, what a finding needs instead of training, and which findings recur."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_coverage", sa.Boolean(), nullable=False),
        sa.Column("minute_reference", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("cause_audit_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("in_force", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("target_percent", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status <> 'closed' OR (minute_reference <> '' AND evidence <> '' AND statement <> '')",
            name=op.f("ck_need_decision_closed_with_its_evidence"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_need_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["cause_audit_id"], ["case_audit.id"], name=op.f("fk_need_decision_cause_audit_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_need_decision_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_decision")),
        sa.UniqueConstraint("need_id", "number", name=op.f("uq_need_decision_need_id_number")),
    )
    op.create_index(op.f("ix_need_decision_by_id"), "need_decision", ["by_id"])
    op.create_index(op.f("ix_need_decision_cause_audit_id"), "need_decision", ["cause_audit_id"])
    op.create_table(
        "recurring_finding",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("finding_id <> earlier_id", name=op.f("ck_recurring_finding_another_finding")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_recurring_finding_finding_id")),
        sa.ForeignKeyConstraint(["earlier_id"], ["finding.id"], name=op.f("fk_recurring_finding_earlier_id")),
        sa.PrimaryKeyConstraint("finding_id", "earlier_id", name=op.f("pk_recurring_finding")),
    )
    op.create_index(op.f("ix_recurring_finding_earlier_id"), "recurring_finding", ["earlier_id"])
    op.add_column(
        "not_training", sa.Column("category", sa.String(length=40), nullable=False, server_default="other")
    )
    with op.batch_alter_table("not_training") as table:
        table.alter_column("category", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("not_training") as table:
        table.drop_column("category")
    op.drop_table("recurring_finding")
    op.drop_table("need_decision")
