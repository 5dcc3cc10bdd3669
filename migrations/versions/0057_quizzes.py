"""Keep online quizzes: their questions, to whom they are open, and the attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0062"
branch_labels = None
depends_on = None

STILL_OPEN = sa.text("finished_at IS NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("opens", sa.String(length=40), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=True),
        sa.Column("shuffled", sa.Boolean(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.CheckConstraint("draws > 0", name=op.f("ck_quiz_draws_some")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_quiz_has_some_minutes")),
        sa.CheckConstraint("open_days > 0", name=op.f("ck_quiz_is_open_some_days")),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_quiz_course_version_id_course_version"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_quiz_scheme_id_accreditation_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint(
            "course_version_id", "scheme_id", name=op.f("uq_quiz_course_version_id_scheme_id")
        ),
    )
    op.create_index(op.f("ix_quiz_scheme_id"), "quiz", ["scheme_id"])
    op.create_table(
        "quiz_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("right_places", sa.String(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_question_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["quiz_question.id"], name=op.f("fk_quiz_question_replaces_id_quiz_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_question")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_quiz_question_replaces_id")),
    )
    op.create_index(op.f("ix_quiz_question_quiz_id"), "quiz_question", ["quiz_id"])
    op.create_table(
        "quiz_admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("extra_percent", sa.Integer(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("untimed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "extra_percent >= 0 AND extra_minutes >= 0", name=op.f("ck_quiz_admission_extra_time_is_more")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_admission_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_quiz_admission_booking_id_booking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_admission")),
        sa.UniqueConstraint("booking_id", "quiz_id", name=op.f("uq_quiz_admission_booking_id_quiz_id")),
    )
    op.create_index(op.f("ix_quiz_admission_quiz_id"), "quiz_admission", ["quiz_id"])
    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("ran_out", sa.Boolean(), nullable=False),
        sa.Column("right_answers", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("scored_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (percent IS NULL)", name=op.f("ck_quiz_attempt_is_marked_once_finished")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_quiz_attempt_percent_is_a_percentage")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_attempt_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_quiz_attempt_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiz_attempt_person_id_person")),
        sa.ForeignKeyConstraint(
            ["scored_id"],
            ["assessment_attempt.id"],
            name=op.f("fk_quiz_attempt_scored_id_assessment_attempt"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "booking_id", "quiz_id", "number", name=op.f("uq_quiz_attempt_booking_id_quiz_id_number")
        ),
    )
    op.create_index(op.f("ix_quiz_attempt_person_id"), "quiz_attempt", ["person_id"])
    op.create_index(op.f("ix_quiz_attempt_scored_id"), "quiz_attempt", ["scored_id"])
    op.create_index(
        "uq_quiz_attempt_one_open",
        "quiz_attempt",
        ["quiz_id", "person_id"],
        unique=True,
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_index(
        "ix_quiz_attempt_open_ends_at",
        "quiz_attempt",
        ["ends_at"],
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_table(
        "quiz_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=True),
        sa.Column("saved_at", MOMENT, nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_quiz_answer_attempt_id_quiz_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["quiz_question.id"], name=op.f("fk_quiz_answer_question_id_quiz_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_answer")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_quiz_answer_attempt_id_position")),
        sa.UniqueConstraint("attempt_id", "question_id", name=op.f("uq_quiz_answer_attempt_id_question_id")),
    )
    op.create_index(op.f("ix_quiz_answer_question_id"), "quiz_answer", ["question_id"])
    with op.batch_alter_table("assessment_attempt") as batch:
        batch.add_column(sa.Column("is_online", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("assessment_attempt") as batch:
        batch.alter_column("is_online", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("assessment_attempt") as batch:
        batch.drop_column("is_online")
    for table in ("quiz_answer", "quiz_attempt", "quiz_admission", "quiz_question", "quiz"):
        op.drop_table(table)
