"""Keep what agencies sign for a tool, and whether that is needed."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0064"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tool_setting",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("is_licensed", sa.Boolean(), nullable=False),
        sa.Column("agreement_needed_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_licensed OR agreement_needed_from IS NULL",
            name=op.f("ck_tool_setting_only_a_licence_is_needed"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_tool_setting_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_setting")),
        sa.UniqueConstraint("scheme_id", name=op.f("uq_tool_setting_scheme_id")),
    )
    op.create_table(
        "service_agreement",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("responsible_email", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_service_agreement_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_service_agreement_agency_id")),
        sa.ForeignKeyConstraint(["file_id"], ["kept_file.id"], name=op.f("fk_service_agreement_file_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_service_agreement_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreement")),
    )
    op.create_index(op.f("ix_service_agreement_agency_id"), "service_agreement", ["agency_id"])
    op.create_index(op.f("ix_service_agreement_file_id"), "service_agreement", ["file_id"])
    op.create_index(
        "ix_service_agreement_scheme_id", "service_agreement", ["scheme_id", "agency_id", "valid_from"]
    )


def downgrade() -> None:
    op.drop_table("service_agreement")
    op.drop_table("tool_setting")
