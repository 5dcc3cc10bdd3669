"""The courses that a trainer can train on, the times when they cannot, and invitations to train."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0048"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('invited', 'accepted')")


def upgrade() -> None:
    op.create_table(
        "trainer_course",
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_trainer_course_trainer_id_trainer")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_trainer_course_course_id_course")
        ),
        sa.PrimaryKeyConstraint("trainer_id", "course_id", name=op.f("pk_trainer_course")),
    )
    op.create_index(op.f("ix_trainer_course_course_id"), "trainer_course", ["course_id"])
    op.create_table(
        "time_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_away_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_time_away_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_away")),
    )
    for column in ("trainer_id", "ends_at"):
        op.create_index(op.f(f"ix_time_away_{column}"), "time_away", [column])
    op.create_table(
        "trainer_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_trainer_invitation_training_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_trainer_invitation_trainer_id_trainer")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_trainer_invitation_invited_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_invitation")),
    )
    for column in ("training_session_id", "trainer_id", "invited_by_id"):
        op.create_index(op.f(f"ix_trainer_invitation_{column}"), "trainer_invitation", [column])
    op.create_index(
        "uq_trainer_invitation_one_live",
        "trainer_invitation",
        ["training_session_id", "trainer_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    op.drop_table("trainer_invitation")
    op.drop_table("time_away")
    op.drop_table("trainer_course")
