"""Briefings, audits, findings, actions."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "briefing",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("published_month", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing")),
        sa.UniqueConstraint("code", name=op.f("uq_briefing_code")),
    )
    op.create_table(
        "case_audit",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=True),
        sa.Column("re_audit_of_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_case_audit_briefing_id")),
        sa.ForeignKeyConstraint(
            ["re_audit_of_id"], ["case_audit.id"], name=op.f("fk_case_audit_re_audit_of_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_case_audit_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_audit")),
        sa.UniqueConstraint("code", name=op.f("uq_case_audit_code")),
    )
    with op.batch_alter_table("case_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_audit_briefing_id"), ["briefing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_audit_re_audit_of_id"), ["re_audit_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_audit_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "discussion_question",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefing.id"], name=op.f("fk_discussion_question_briefing_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_discussion_question_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_question")),
        sa.UniqueConstraint("code", name=op.f("uq_discussion_question_code")),
    )
    with op.batch_alter_table("discussion_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_question_briefing_id"), ["briefing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_discussion_question_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "news_item",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_news_item_briefing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_item")),
        sa.UniqueConstraint("code", name=op.f("uq_news_item_code")),
    )
    with op.batch_alter_table("news_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_item_briefing_id"), ["briefing_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("area_for_improvement", "strength", name="findingkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("case_audit_id", sa.Integer(), nullable=True),
        sa.Column("briefing_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "case_audit_id IS NOT NULL OR briefing_id IS NOT NULL",
            name=op.f("ck_finding_it_was_found_somewhere"),
        ),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_finding_briefing_id")),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_finding_case_audit_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_finding_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("code", name=op.f("uq_finding_code")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_briefing_id"), ["briefing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_case_audit_id"), ["case_audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "action",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "course_content",
                "programme",
                "practice_standard",
                "promotion",
                "report",
                "single_agency_audit",
                "joint_working",
                "publication",
                name="actionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "in_progress",
                "standing",
                "completed",
                name="actionstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["course_version.id"], name=op.f("fk_action_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_action_case_audit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("code", name=op.f("uq_action_code")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_answered_by_id"), ["answered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_case_audit_id"), ["case_audit_id"], unique=False)

    op.create_table(
        "action_finding",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_finding_action_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_action_finding_finding_id")),
        sa.PrimaryKeyConstraint("action_id", "finding_id", name=op.f("pk_action_finding")),
    )
    with op.batch_alter_table("action_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_finding_finding_id"), ["finding_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("action_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_finding_finding_id"))

    op.drop_table("action_finding")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_case_audit_id"))
        batch_op.drop_index(batch_op.f("ix_action_answered_by_id"))

    op.drop_table("action")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_theme_id"))
        batch_op.drop_index(batch_op.f("ix_finding_case_audit_id"))
        batch_op.drop_index(batch_op.f("ix_finding_briefing_id"))

    op.drop_table("finding")
    with op.batch_alter_table("news_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_news_item_briefing_id"))

    op.drop_table("news_item")
    with op.batch_alter_table("discussion_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussion_question_theme_id"))
        batch_op.drop_index(batch_op.f("ix_discussion_question_briefing_id"))

    op.drop_table("discussion_question")
    with op.batch_alter_table("case_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_audit_theme_id"))
        batch_op.drop_index(batch_op.f("ix_case_audit_re_audit_of_id"))
        batch_op.drop_index(batch_op.f("ix_case_audit_briefing_id"))

    op.drop_table("case_audit")
    op.drop_table("briefing")
