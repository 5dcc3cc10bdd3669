"""Texts of letters that staff wrote in place of those as delivered."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_letter_text_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("template", name=op.f("uq_letter_text_template")),
    )
    op.create_index(op.f("ix_letter_text_changed_by_id"), "letter_text", ["changed_by_id"])


def downgrade() -> None:
    op.drop_table("letter_text")
