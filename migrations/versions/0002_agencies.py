"""Agencies, staff groups, headcounts."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
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
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["successor_id"], ["agency.id"], name=op.f("fk_agency_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
    )
    with op.batch_alter_table("agency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agency_sector"), ["sector"], unique=False)
        batch_op.create_index(batch_op.f("ix_agency_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "staff_group",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_group")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_group_name")),
    )
    op.create_table(
        "headcount",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("staff_group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_headcount_number_is_not_negative")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_headcount_agency_id")),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_headcount_staff_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
    )
    with op.batch_alter_table("headcount", schema=None) as batch_op:
        batch_op.create_index(
            "ix_headcount_latest", ["agency_id", "staff_group_id", "as_at", "recorded_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_headcount_staff_group_id"), ["staff_group_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("headcount", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_headcount_staff_group_id"))
        batch_op.drop_index("ix_headcount_latest")

    op.drop_table("headcount")
    op.drop_table("staff_group")
    with op.batch_alter_table("agency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_successor_id"))
        batch_op.drop_index(batch_op.f("ix_agency_sector"))

    op.drop_table("agency")
