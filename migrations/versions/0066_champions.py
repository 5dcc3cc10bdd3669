"""Keep whom an agency names as champions of a tool."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "champion",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", Moment(), nullable=True),
        sa.Column("job_title", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_champion_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_champion_membership_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_champion_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champion")),
    )
    op.create_index(op.f("ix_champion_membership_id"), "champion", ["membership_id"])
    op.create_index(
        "uq_champion_one_standing",
        "champion",
        ["scheme_id", "membership_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("champion")
