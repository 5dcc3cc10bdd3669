"""A scheme can ask some weeks after the award whether its tool is used."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0049"
down_revision = "0038"
branch_labels = None
depends_on = None

WORD = sa.String(length=40)
UNANSWERED = sa.text("answered_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.add_column(sa.Column("first_use_weeks", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_accreditation_scheme_asks_after_four_to_six_weeks"), "first_use_weeks BETWEEN 4 AND 6"
        )
    op.create_table(
        "first_use",
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("asked", WORD, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answer", WORD, nullable=True),
        sa.Column("obstacle", WORD, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_first_use_is_answered_at_a_moment")
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_first_use_accreditation_id_accreditation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_use")),
        sa.UniqueConstraint("accreditation_id", "asked", name=op.f("uq_first_use_accreditation_id_asked")),
    )
    op.create_index(op.f("ix_first_use_email_key"), "first_use", ["email_key"])
    op.create_index(
        "ix_first_use_unanswered",
        "first_use",
        ["asked_at"],
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade() -> None:
    op.drop_table("first_use")
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.drop_constraint(op.f("ck_accreditation_scheme_asks_after_four_to_six_weeks"), type_="check")
        batch.drop_column("first_use_weeks")
