"""Keep frozen copies of the board's report, and schedules that make them."""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frozen_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("begin", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (content IS NOT NULL)",
            name=op.f("ck_frozen_report_has_figures_until_deleted"),
        ),
        sa.CheckConstraint(
            "deleted_at IS NULL OR deleted_because <> ''",
            name=op.f("ck_frozen_report_is_deleted_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_frozen_report_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["person.id"], name=op.f("fk_frozen_report_frozen_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_report")),
    )
    op.create_index(op.f("ix_frozen_report_agency_id"), "frozen_report", ["agency_id"])
    op.create_index(op.f("ix_frozen_report_frozen_by_id"), "frozen_report", ["frozen_by_id"])
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("every", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "on_day BETWEEN 1 AND 28", name=op.f("ck_report_schedule_is_a_day_that_each_month_has")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_schedule_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_report_schedule_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
    )
    op.create_index(op.f("ix_report_schedule_agency_id"), "report_schedule", ["agency_id"])
    op.create_index(op.f("ix_report_schedule_owner_id"), "report_schedule", ["owner_id"])
    op.create_index(op.f("ix_report_schedule_next_on"), "report_schedule", ["next_on"])
    op.create_table(
        "report_receiver",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_receiver_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["report_schedule.id"],
            name=op.f("fk_report_receiver_schedule_id_report_schedule"),
        ),
        sa.PrimaryKeyConstraint("schedule_id", "person_id", name=op.f("pk_report_receiver")),
    )
    op.create_index(op.f("ix_report_receiver_person_id"), "report_receiver", ["person_id"])


def downgrade() -> None:
    op.drop_table("report_receiver")
    op.drop_table("report_schedule")
    op.drop_table("frozen_report")
