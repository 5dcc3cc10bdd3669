"""Compose briefings of items, approve them, publish them as editions, and record who talked about them.

What was recorded before has had no second pair of eyes, so it becomes a draft with all that it carried. An audit may
now stand in several briefings.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0089"
down_revision = "0079"
branch_labels = None
depends_on = None

STATUS = sa.Enum(
    "draft", "submitted", "approved", "published", name="briefingstatus", native_enum=False, length=40
)


def upgrade() -> None:
    with op.batch_alter_table("briefing") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("status", STATUS, nullable=False, server_default="draft"))
        table.add_column(sa.Column("submitted_at", Moment(), nullable=True))
        table.add_column(sa.Column("submitted_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("approved_at", Moment(), nullable=True))
        table.add_column(sa.Column("approved_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("approval_reason", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("approved_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("published_at", Moment(), nullable=True))
        table.add_column(sa.Column("correction", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("withdrawn_at", Moment(), nullable=True))
        table.add_column(sa.Column("withdrawal_reason", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_briefing_submitted_by_id"), "person", ["submitted_by_id"], ["id"])
        table.create_foreign_key(op.f("fk_briefing_approved_by_id"), "person", ["approved_by_id"], ["id"])
    with op.batch_alter_table("briefing") as table:
        for column in ("status", "approval_reason", "approved_alone", "correction", "withdrawal_reason"):
            table.alter_column(column, server_default=None)
        table.create_index(op.f("ix_briefing_submitted_by_id"), ["submitted_by_id"])
        table.create_index(op.f("ix_briefing_approved_by_id"), ["approved_by_id"])
    op.create_table(
        "briefing_theme",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_briefing_theme_briefing_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_briefing_theme_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_theme")),
        sa.UniqueConstraint("briefing_id", "theme_id", name=op.f("uq_briefing_theme_briefing_id_theme_id")),
    )
    op.create_index(op.f("ix_briefing_theme_theme_id"), "briefing_theme", ["theme_id"])
    things = ("finding", "action", "question", "news_item")
    op.create_table(
        "briefing_item",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        *(sa.Column(f"{thing}_id", sa.Integer(), nullable=True) for thing in things),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_included", sa.Boolean(), nullable=False),
        sa.Column("restated", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN finding_id IS NULL THEN 0 ELSE 1 END + CASE WHEN action_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN question_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN news_item_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_briefing_item_it_tells_one_thing"),
        ),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_briefing_item_briefing_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_briefing_item_finding_id")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_briefing_item_action_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["discussion_question.id"], name=op.f("fk_briefing_item_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["news_item_id"], ["news_item.id"], name=op.f("fk_briefing_item_news_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_item")),
        *(
            sa.UniqueConstraint(
                "briefing_id", f"{thing}_id", name=op.f(f"uq_briefing_item_briefing_id_{thing}_id")
            )
            for thing in things
        ),
    )
    for thing in things:
        op.create_index(op.f(f"ix_briefing_item_{thing}_id"), "briefing_item", [f"{thing}_id"])
    op.create_table(
        "briefing_link",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("dead_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_briefing_link_briefing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_link")),
    )
    op.create_index(op.f("ix_briefing_link_briefing_id"), "briefing_link", ["briefing_id"])
    op.create_table(
        "briefing_edition",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefing.id"], name=op.f("fk_briefing_edition_briefing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_edition")),
        sa.UniqueConstraint("briefing_id", "number", name=op.f("uq_briefing_edition_briefing_id_number")),
    )
    op.create_table(
        "discussion",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("number_of_people", sa.Integer(), nullable=False),
        sa.Column("will_do", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number_of_people > 0", name=op.f("ck_discussion_somebody_was_there")),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_discussion_briefing_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_discussion_agency_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_discussion_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion")),
    )
    for column in ("briefing_id", "agency_id", "recorded_by_id"):
        op.create_index(op.f(f"ix_discussion_{column}"), "discussion", [column])
    op.create_table(
        "discussion_talked_about",
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_discussion_talked_about_discussion_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["discussion_question.id"], name=op.f("fk_discussion_talked_about_question_id")
        ),
        sa.PrimaryKeyConstraint("discussion_id", "question_id", name=op.f("pk_discussion_talked_about")),
    )
    op.create_index(
        op.f("ix_discussion_talked_about_question_id"), "discussion_talked_about", ["question_id"]
    )
    op.create_table(
        "briefing_audit",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefing.id"], name=op.f("fk_briefing_audit_briefing_id")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_briefing_audit_case_audit_id")
        ),
        sa.PrimaryKeyConstraint("briefing_id", "case_audit_id", name=op.f("pk_briefing_audit")),
    )
    op.create_index(op.f("ix_briefing_audit_case_audit_id"), "briefing_audit", ["case_audit_id"])
    _take_in_what_was_recorded()
    with op.batch_alter_table("case_audit") as table:
        table.drop_index(op.f("ix_case_audit_briefing_id"))
        table.drop_constraint(op.f("fk_case_audit_briefing_id"), type_="foreignkey")
        table.drop_column("briefing_id")


def _take_in_what_was_recorded() -> None:
    op.execute(
        "INSERT INTO briefing_item (is_included, restated, note, position, briefing_id, finding_id)"
        " SELECT 1 = 1, '', '', f.id, COALESCE(a.briefing_id, f.briefing_id), f.id FROM finding f"
        " LEFT JOIN case_audit a ON a.id = f.case_audit_id"
        " WHERE COALESCE(a.briefing_id, f.briefing_id) IS NOT NULL"
    )
    op.execute(
        "INSERT INTO briefing_item (is_included, restated, note, position, briefing_id, action_id)"
        " SELECT 1 = 1, '', '', c.id, a.briefing_id, c.id FROM action c"
        " JOIN case_audit a ON a.id = c.case_audit_id WHERE a.briefing_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO briefing_item (is_included, restated, note, position, briefing_id, question_id)"
        " SELECT 1 = 1, '', '', id, briefing_id, id FROM discussion_question"
    )
    op.execute(
        "INSERT INTO briefing_item (is_included, restated, note, position, briefing_id, news_item_id)"
        " SELECT 1 = 1, '', '', id, briefing_id, id FROM news_item"
    )
    op.execute(
        "INSERT INTO briefing_theme (briefing_id, theme_id, position, introduction)"
        " SELECT briefing_id, theme_id, MIN(id), '' FROM case_audit WHERE briefing_id IS NOT NULL"
        " GROUP BY briefing_id, theme_id"
    )
    op.execute(
        "INSERT INTO briefing_audit (briefing_id, case_audit_id)"
        " SELECT briefing_id, id FROM case_audit WHERE briefing_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("case_audit") as table:
        table.add_column(sa.Column("briefing_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_case_audit_briefing_id"), "briefing", ["briefing_id"], ["id"])
        table.create_index(op.f("ix_case_audit_briefing_id"), ["briefing_id"])
    op.execute(
        "UPDATE case_audit SET briefing_id ="
        " (SELECT MIN(b.briefing_id) FROM briefing_audit b WHERE b.case_audit_id = case_audit.id)"
    )
    for name in (
        "discussion_talked_about", "discussion", "briefing_edition", "briefing_link", "briefing_item", "briefing_theme",
        "briefing_audit",
    ):  # fmt: skip
        op.drop_table(name)
    with op.batch_alter_table("briefing") as table:
        for person in ("submitted_by_id", "approved_by_id"):
            table.drop_index(op.f(f"ix_briefing_{person}"))
            table.drop_constraint(op.f(f"fk_briefing_{person}"), type_="foreignkey")
        for column in (
            "number", "status", "submitted_at", "submitted_by_id", "approved_at", "approved_by_id",
            "approval_reason", "approved_alone", "published_at", "correction", "withdrawn_at", "withdrawal_reason",
        ):  # fmt: skip
            table.drop_column(column)
