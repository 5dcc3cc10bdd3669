"""A scheme names the earlier one that does not carry over, and the terms that its holders accept."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0073"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.add_column(sa.Column("earlier_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("must_accept", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key(
            op.f("fk_accreditation_scheme_earlier_id"), "accreditation_scheme", ["earlier_id"], ["id"]
        )
        batch.create_index(op.f("ix_accreditation_scheme_earlier_id"), ["earlier_id"])
    with op.batch_alter_table("accreditation_scheme") as batch:  # the rows that were there are filled
        batch.alter_column("must_accept", server_default=None)
    op.create_table(
        "licence_text",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_licence_text_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_text")),
        sa.UniqueConstraint("scheme_id", "number", name=op.f("uq_licence_text_scheme_id_number")),
    )
    op.create_table(
        "acceptance",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("licence_text_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_acceptance_person_id")),
        sa.ForeignKeyConstraint(
            ["licence_text_id"], ["licence_text.id"], name=op.f("fk_acceptance_licence_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint(
            "person_id", "licence_text_id", name=op.f("uq_acceptance_person_id_licence_text_id")
        ),
    )
    op.create_index(op.f("ix_acceptance_licence_text_id"), "acceptance", ["licence_text_id"])


def downgrade() -> None:
    op.drop_table("acceptance")
    op.drop_table("licence_text")
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.drop_index(op.f("ix_accreditation_scheme_earlier_id"))
        batch.drop_constraint(op.f("fk_accreditation_scheme_earlier_id"), type_="foreignkey")
        batch.drop_column("must_accept")
        batch.drop_column("earlier_id")
