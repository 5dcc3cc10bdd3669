"""Schemes, attempts, accreditations."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accreditation_scheme",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "pass_mark BETWEEN 0 AND 100", name=op.f("ck_accreditation_scheme_pass_mark_is_a_percentage")
        ),
        sa.CheckConstraint("valid_months > 0", name=op.f("ck_accreditation_scheme_valid_for_some_months")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation_scheme")),
        sa.UniqueConstraint("code", name=op.f("uq_accreditation_scheme_code")),
        sa.UniqueConstraint("name", name=op.f("uq_accreditation_scheme_name")),
    )
    op.create_table(
        "scheme_course",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_scheme_course_course_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_scheme_course_scheme_id")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "course_id", name=op.f("pk_scheme_course")),
    )
    with op.batch_alter_table("scheme_course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheme_course_course_id"), ["course_id"], unique=False)

    op.create_table(
        "assessment_attempt",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "percent BETWEEN 0 AND 100", name=op.f("ck_assessment_attempt_percent_is_a_percentage")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_assessment_attempt_booking_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assessment_attempt_person_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_assessment_attempt_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_attempt")),
    )
    with op.batch_alter_table("assessment_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_attempt_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_attempt_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_attempt_scheme_id"), ["scheme_id"], unique=False)

    op.create_table(
        "accreditation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_recorded_at", Moment(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        sa.Column("revoke_reference", sa.String(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempt.id"], name=op.f("fk_accreditation_attempt_id")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_accreditation_booking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_accreditation_person_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_accreditation_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
    )
    with op.batch_alter_table("accreditation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accreditation_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_accreditation_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_accreditation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_accreditation_in_force",
            [
                "scheme_id",
                "person_id",
                "awarded_on",
                "expires_on",
                "recorded_at",
                "revoked_on",
                "revoked_recorded_at",
                "withdrawn_at",
            ],
            unique=False,
        )
        batch_op.create_index(
            "uq_accreditation_one_per_booking",
            ["scheme_id", "booking_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("accreditation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_accreditation_one_per_booking",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_accreditation_in_force")
        batch_op.drop_index(batch_op.f("ix_accreditation_person_id"))
        batch_op.drop_index(batch_op.f("ix_accreditation_booking_id"))
        batch_op.drop_index(batch_op.f("ix_accreditation_attempt_id"))

    op.drop_table("accreditation")
    with op.batch_alter_table("assessment_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_attempt_scheme_id"))
        batch_op.drop_index(batch_op.f("ix_assessment_attempt_person_id"))
        batch_op.drop_index(batch_op.f("ix_assessment_attempt_booking_id"))

    op.drop_table("assessment_attempt")
    with op.batch_alter_table("scheme_course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheme_course_course_id"))

    op.drop_table("scheme_course")
    op.drop_table("accreditation_scheme")
