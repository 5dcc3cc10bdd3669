"""Keep whom a need is for, what answers it and what answers an action as rows that know since when.

What stands is taken to have been known since its need, or its audit, was recorded: nothing says otherwise.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0081"
down_revision = "0089"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")
PARTS = ("staff_group_id", "sector", "agency_id")
ANSWERS = ("scheme_id", "from_version_id", "waits_for_id", "briefing_id")


def _one_of(*columns: str) -> str:
    return f"{' + '.join(f'(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)' for column in columns)} = 1"


def _once(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(
            f"uq_{table}_{column}_once", table, ["need_id", column], unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        )  # fmt: skip


def upgrade() -> None:
    op.add_column("training_need", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("training_need") as table:
        table.alter_column("owner", server_default=None)
    _add_audience()
    _add_answers()
    with op.batch_alter_table("intervention") as table:
        table.add_column(sa.Column("waits_for_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("briefing_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("owner", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("recorded_at", Moment(), nullable=True))
        table.add_column(sa.Column("withdrawn_at", Moment(), nullable=True))
    op.execute(
        "UPDATE intervention SET recorded_at ="
        " (SELECT recorded_at FROM training_need WHERE training_need.id = intervention.need_id)"
    )
    with op.batch_alter_table("intervention") as table:
        table.alter_column("recorded_at", nullable=False)
        table.alter_column("text", server_default=None)
        table.alter_column("owner", server_default=None)
        table.drop_constraint(op.f("ck_intervention_scheme_or_course"), type_="check")
        table.create_check_constraint(
            op.f("ck_intervention_one_answer"), _one_of(*ANSWERS, "NULLIF(text, '')")
        )
        table.create_check_constraint(
            op.f("ck_intervention_only_training_counts"),
            "NOT counts OR scheme_id IS NOT NULL OR from_version_id IS NOT NULL OR waits_for_id IS NOT NULL",
        )
        table.create_foreign_key(op.f("fk_intervention_waits_for_id"), "action", ["waits_for_id"], ["id"])
        table.create_foreign_key(op.f("fk_intervention_briefing_id"), "briefing", ["briefing_id"], ["id"])
    op.create_index(op.f("ix_intervention_waits_for_id"), "intervention", ["waits_for_id"])
    op.create_index(op.f("ix_intervention_briefing_id"), "intervention", ["briefing_id"])
    _once("intervention", *ANSWERS)


def _add_audience() -> None:
    op.create_table(
        "need_audience",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("staff_group_id", sa.Integer(), nullable=True),
        sa.Column("sector", sa.String(length=40), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(_one_of(*PARTS), name=op.f("ck_need_audience_group_sector_or_agency")),
        sa.CheckConstraint(
            "staff_group_id IS NULL OR NOT excluded", name=op.f("ck_need_audience_no_group_is_excluded")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_need_audience_need_id")),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_need_audience_staff_group_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_need_audience_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_audience")),
    )
    for column in ("need_id", "staff_group_id", "agency_id"):
        op.create_index(op.f(f"ix_need_audience_{column}"), "need_audience", [column])
    op.execute(
        "INSERT INTO need_audience (need_id, staff_group_id, excluded, recorded_at)"
        " SELECT need_id, staff_group_id, false, recorded_at FROM need_staff_group"
        " JOIN training_need ON training_need.id = need_id ORDER BY need_id, staff_group_id"
    )
    op.execute(
        "INSERT INTO need_audience (need_id, sector, excluded, recorded_at)"
        " SELECT need_id, sector, true, MIN(recorded_at) FROM need_excluded_sector"
        " JOIN training_need ON training_need.id = need_id GROUP BY need_id, sector ORDER BY need_id, sector"
    )
    _once("need_audience", *PARTS)
    op.drop_table("need_staff_group")
    op.drop_table("need_excluded_sector")


def _add_answers() -> None:
    op.create_table(
        "action_answer",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_answer_action_id")),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name=op.f("fk_action_answer_course_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_answer")),
    )
    for column in ("action_id", "course_version_id"):
        op.create_index(op.f(f"ix_action_answer_{column}"), "action_answer", [column])
    op.create_index(
        "uq_action_answer_one_at_a_time", "action_answer", ["action_id"], unique=True,
        sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip
    op.execute(
        "INSERT INTO action_answer (action_id, course_version_id, recorded_at)"
        " SELECT action.id, answered_by_id, recorded_at FROM action"
        " JOIN case_audit ON case_audit.id = case_audit_id WHERE answered_by_id IS NOT NULL ORDER BY action.id"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE intervention SET waits_for_id = NULL,"
        " from_version_id = (SELECT answered_by_id FROM action WHERE action.id = waits_for_id)"
        " WHERE withdrawn_at IS NULL AND EXISTS"
        " (SELECT 1 FROM action WHERE action.id = waits_for_id AND answered_by_id IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM intervention WHERE withdrawn_at IS NOT NULL"
        " OR (scheme_id IS NULL AND from_version_id IS NULL)"
    )
    for column in ANSWERS:
        op.drop_index(f"uq_intervention_{column}_once", table_name="intervention")
    op.drop_index(op.f("ix_intervention_waits_for_id"), table_name="intervention")
    op.drop_index(op.f("ix_intervention_briefing_id"), table_name="intervention")
    with op.batch_alter_table("intervention") as table:
        table.drop_constraint(op.f("fk_intervention_waits_for_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_intervention_briefing_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_intervention_one_answer"), type_="check")
        table.drop_constraint(op.f("ck_intervention_only_training_counts"), type_="check")
        for column in ("waits_for_id", "briefing_id", "text", "owner", "recorded_at", "withdrawn_at"):
            table.drop_column(column)
        table.create_check_constraint(
            op.f("ck_intervention_scheme_or_course"), "(scheme_id IS NULL) <> (from_version_id IS NULL)"
        )
    op.drop_table("action_answer")
    _remove_audience()
    with op.batch_alter_table("training_need") as table:
        table.drop_column("owner")


def _remove_audience() -> None:
    op.create_table(
        "need_staff_group",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("staff_group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_need_staff_group_need_id")),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_need_staff_group_staff_group_id")
        ),
        sa.PrimaryKeyConstraint("need_id", "staff_group_id", name=op.f("pk_need_staff_group")),
    )
    op.create_index(op.f("ix_need_staff_group_staff_group_id"), "need_staff_group", ["staff_group_id"])
    op.create_table(
        "need_excluded_sector",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["training_need.id"], name=op.f("fk_need_excluded_sector_need_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_excluded_sector")),
    )
    op.create_index(op.f("ix_need_excluded_sector_need_id"), "need_excluded_sector", ["need_id"])
    op.execute(
        "INSERT INTO need_staff_group (need_id, staff_group_id)"
        " SELECT need_id, staff_group_id FROM need_audience"
        " WHERE staff_group_id IS NOT NULL AND withdrawn_at IS NULL"
    )
    op.execute(
        "INSERT INTO need_excluded_sector (need_id, sector)"
        " SELECT need_id, sector FROM need_audience"
        " WHERE sector IS NOT NULL AND excluded AND withdrawn_at IS NULL"
    )
    op.drop_table("need_audience")
