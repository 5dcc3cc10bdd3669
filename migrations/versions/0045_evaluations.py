"""What courses ask delegates and managers, and what they sent in."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0045"
down_revision = "0037"
branch_labels = None
depends_on = None

WORD = sa.String(length=40)
AWAITED = sa.text("sent_in_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "evaluation_plan",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("asks_before", sa.Boolean(), nullable=False),
        sa.Column("asks_after", sa.Boolean(), nullable=False),
        sa.Column("follow_up", WORD, nullable=False),
        sa.Column("follow_up_weeks", sa.Integer(), nullable=True),
        sa.Column("certificate_waits", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_evaluation_plan_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_plan")),
        sa.UniqueConstraint("course_id", name=op.f("uq_evaluation_plan_course_id")),
    )
    op.create_table(
        "evaluation",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("sent_in_at", Moment(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=True)
            for name in ("relevant", "clear", "involved", "recommends")
        ),
        *(
            sa.Column(name, WORD, nullable=True)
            for name in ("intended_use", "used", "obstacle", "practice_change", "support")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("plan", "effect", "comment")),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "asked_at IS NOT NULL OR sent_in_at IS NOT NULL",
            name=op.f("ck_evaluation_is_asked_for_or_sent_in"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_evaluation_booking_id_booking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("booking_id", "stage", name=op.f("uq_evaluation_booking_id_stage")),
    )
    op.create_index(
        "ix_evaluation_awaited", "evaluation", ["asked_at"], sqlite_where=AWAITED, postgresql_where=AWAITED
    )
    op.create_table(
        "rating",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 1 AND 5", name=op.f("ck_rating_is_on_the_scale")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_rating_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("evaluation_id", "position", name=op.f("uq_rating_evaluation_id_position")),
    )


def downgrade() -> None:
    op.drop_table("rating")
    op.drop_table("evaluation")
    op.drop_table("evaluation_plan")
