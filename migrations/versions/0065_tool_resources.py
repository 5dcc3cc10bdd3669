"""Keep the resources of a tool by version, and who had which."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tool_resource",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_tool_resource_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_resource")),
    )
    op.create_index("ix_tool_resource_scheme_id", "tool_resource", ["scheme_id", "position"])
    op.create_table(
        "tool_resource_version",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(url = '') <> (file_id IS NULL)", name=op.f("ck_tool_resource_version_is_a_file_or_a_link")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["kept_file.id"], name=op.f("fk_tool_resource_version_file_id")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["tool_resource.id"], name=op.f("fk_tool_resource_version_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_resource_version")),
    )
    op.create_index(op.f("ix_tool_resource_version_file_id"), "tool_resource_version", ["file_id"])
    op.create_index(op.f("ix_tool_resource_version_resource_id"), "tool_resource_version", ["resource_id"])
    op.create_table(
        "tool_resource_reader",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tool_resource_reader_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["tool_resource_version.id"], name=op.f("fk_tool_resource_reader_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_resource_reader")),
        sa.UniqueConstraint(
            "version_id", "person_id", name=op.f("uq_tool_resource_reader_version_id_person_id")
        ),
    )
    op.create_index(op.f("ix_tool_resource_reader_person_id"), "tool_resource_reader", ["person_id"])


def downgrade() -> None:
    op.drop_table("tool_resource_reader")
    op.drop_table("tool_resource_version")
    op.drop_table("tool_resource")
