"""Training needs."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_need",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "ready_to_review",
                "closed",
                "re_opened",
                name="needstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target_percent", sa.Integer(), nullable=True),
        sa.Column("target_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "target_percent BETWEEN 1 AND 100", name=op.f("ck_training_need_target_is_a_percentage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_need")),
        sa.UniqueConstraint("code", name=op.f("uq_training_need_code")),
    )
    op.create_table(
        "need_excluded_sector",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "social_care",
                "early_help",
                "education",
                "early_years",
                "primary_care",
                "community_health",
                "hospital",
                "mental_health",
                "police",
                "probation",
                "housing",
                "substance_use",
                "voluntary",
                "other",
                name="sector",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["training_need.id"], name=op.f("fk_need_excluded_sector_need_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_excluded_sector")),
    )
    with op.batch_alter_table("need_excluded_sector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_excluded_sector_need_id"), ["need_id"], unique=False)

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
    with op.batch_alter_table("need_staff_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_need_staff_group_staff_group_id"), ["staff_group_id"], unique=False
        )

    op.create_table(
        "intervention",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("from_version_id", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(scheme_id IS NULL) <> (from_version_id IS NULL)", name=op.f("ck_intervention_scheme_or_course")
        ),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["course_version.id"], name=op.f("fk_intervention_from_version_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_intervention_need_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_intervention_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
    )
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_from_version_id"), ["from_version_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_need_id"), ["need_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_scheme_id"), ["scheme_id"], unique=False)

    op.create_table(
        "need_finding",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_need_finding_finding_id")),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_need_finding_need_id")),
        sa.PrimaryKeyConstraint("need_id", "finding_id", name=op.f("pk_need_finding")),
    )
    with op.batch_alter_table("need_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_finding_finding_id"), ["finding_id"], unique=False)

    op.create_table(
        "not_training",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("went_to", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_not_training_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_training")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_not_training_finding_id")),
    )


def downgrade() -> None:
    op.drop_table("not_training")
    with op.batch_alter_table("need_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_finding_finding_id"))

    op.drop_table("need_finding")
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_scheme_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_need_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_from_version_id"))

    op.drop_table("intervention")
    with op.batch_alter_table("need_staff_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_staff_group_staff_group_id"))

    op.drop_table("need_staff_group")
    with op.batch_alter_table("need_excluded_sector", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_excluded_sector_need_id"))

    op.drop_table("need_excluded_sector")
    op.drop_table("training_need")
