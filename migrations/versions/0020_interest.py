"""The interest list, and when a date opened for booking."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0020"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interest",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_interest_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id_person")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_interest_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("course_id", "person_id", name=op.f("uq_interest_course_id_person_id")),
    )
    op.create_index(op.f("ix_interest_person_id"), "interest", ["person_id"])
    op.create_index(op.f("ix_interest_membership_id"), "interest", ["membership_id"])
    op.create_table(
        "date_told",
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_date_told_interest_id_interest")
        ),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_date_told_training_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_told")),
        sa.UniqueConstraint(
            "interest_id", "training_session_id", name=op.f("uq_date_told_interest_id_training_session_id")
        ),
    )
    op.create_index(op.f("ix_date_told_training_session_id"), "date_told", ["training_session_id"])
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(sa.Column("opened_at", Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("training_session") as batch:
        batch.drop_column("opened_at")
    op.drop_table("date_told")
    op.drop_table("interest")
