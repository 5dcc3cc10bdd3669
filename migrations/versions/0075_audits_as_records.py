"""Audits with kind, period, method and agencies; drafts; evidence of actions; indicators; links that may be dead.

Whatever was recorded before is published: it was shown and acted on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_audit") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="case_audit"))
        batch.add_column(sa.Column("period_begin", sa.Date(), nullable=True))
        batch.add_column(sa.Column("period_end", sa.Date(), nullable=True))
        batch.add_column(sa.Column("method", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_case_audit_its_period_ends_after_it_begins"), "period_begin <= period_end"
        )
        batch.create_check_constraint(
            op.f("ck_case_audit_it_is_no_re_audit_of_itself"), "id != re_audit_of_id"
        )
    op.execute("UPDATE case_audit SET published_at = recorded_at")
    with op.batch_alter_table("case_audit") as batch:
        batch.alter_column("kind", server_default=None)
        batch.alter_column("method", server_default=None)
    with op.batch_alter_table("action") as batch:
        batch.add_column(sa.Column("completed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("evidence", sa.Text(), nullable=False, server_default=""))
        batch.create_check_constraint(
            op.f("ck_action_only_what_is_completed_was_completed_on_a_day"),
            "completed_on IS NULL OR status = 'completed'",
        )
    with op.batch_alter_table("action") as batch:
        batch.alter_column("evidence", server_default=None)
    with op.batch_alter_table("news_item") as batch:
        batch.add_column(sa.Column("dead_on", sa.Date(), nullable=True))
    for name, other in (("audit_agency", "case_audit"), ("finding_agency", "finding")):
        op.create_table(
            name,
            sa.Column(f"{other}_id", sa.Integer(), nullable=False),
            sa.Column("agency_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{name}_{other}_id")),
            sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{name}_agency_id")),
            sa.PrimaryKeyConstraint(f"{other}_id", "agency_id", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_agency_id"), name, ["agency_id"])
    op.create_table(
        "audit_link",
        sa.Column("case_audit_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("dead_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(case_audit_id IS NULL) != (action_id IS NULL)", name=op.f("ck_audit_link_one_thing_names_it")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_audit_link_action_id")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_audit_link_case_audit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_link")),
    )
    op.create_index(op.f("ix_audit_link_action_id"), "audit_link", ["action_id"])
    op.create_index(op.f("ix_audit_link_case_audit_id"), "audit_link", ["case_audit_id"])
    op.create_table(
        "indicator",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_indicator_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_code")),
    )
    op.create_index(op.f("ix_indicator_theme_id"), "indicator", ["theme_id"])
    op.create_table(
        "indicator_result",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("cannot_tell", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= numerator AND numerator <= denominator",
            name=op.f("ck_indicator_result_a_part_is_no_more_than_the_whole"),
        ),
        sa.CheckConstraint("cannot_tell >= 0", name=op.f("ck_indicator_result_cannot_tell_is_a_count")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_indicator_result_case_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_result_indicator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_result")),
        sa.UniqueConstraint(
            "case_audit_id", "indicator_id", name=op.f("uq_indicator_result_case_audit_id_indicator_id")
        ),
    )
    op.create_index(op.f("ix_indicator_result_indicator_id"), "indicator_result", ["indicator_id"])


def downgrade() -> None:
    for name in ("indicator_result", "indicator", "audit_link", "finding_agency", "audit_agency"):
        op.drop_table(name)
    with op.batch_alter_table("news_item") as batch:
        batch.drop_column("dead_on")
    with op.batch_alter_table("action") as batch:
        batch.drop_constraint(op.f("ck_action_only_what_is_completed_was_completed_on_a_day"), type_="check")
        batch.drop_column("evidence")
        batch.drop_column("completed_on")
    with op.batch_alter_table("case_audit") as batch:
        batch.drop_constraint(op.f("ck_case_audit_it_is_no_re_audit_of_itself"), type_="check")
        batch.drop_constraint(op.f("ck_case_audit_its_period_ends_after_it_begins"), type_="check")
        for name in ("published_at", "method", "period_end", "period_begin", "kind"):
            batch.drop_column(name)
