"""Who may book a course, and how many from one agency."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SECTORS = sa.Enum(
    "social_care", "early_help", "education", "early_years", "primary_care", "community_health", "hospital",
    "mental_health", "police", "probation", "housing", "substance_use", "voluntary", "other",
    name="sector", native_enum=False, length=40,
)  # fmt: skip
FILLED = ("sector", "staff_group_id", "attended_course_id", "scheme_id")


def upgrade() -> None:
    op.create_table(
        "booking_rule",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("sector", SECTORS, nullable=True),
        sa.Column("staff_group_id", sa.Integer(), nullable=True),
        sa.Column("attended_course_id", sa.Integer(), nullable=True),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in FILLED) + " = 1",
            name=op.f("ck_booking_rule_asks_one_thing"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_booking_rule_course_id_course")),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_booking_rule_staff_group_id_staff_group")
        ),
        sa.ForeignKeyConstraint(
            ["attended_course_id"], ["course.id"], name=op.f("fk_booking_rule_attended_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["accreditation_scheme.id"],
            name=op.f("fk_booking_rule_scheme_id_accreditation_scheme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_rule")),
    )
    for column in ("course_id", "staff_group_id", "attended_course_id", "scheme_id"):
        op.create_index(op.f(f"ix_booking_rule_{column}"), "booking_rule", [column])
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("most_per_agency", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("has_booking_rules", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("course") as batch:  # the rows that were there are filled
        batch.alter_column("has_booking_rules", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("course") as batch:
        batch.drop_column("has_booking_rules")
        batch.drop_column("most_per_agency")
    op.drop_table("booking_rule")
