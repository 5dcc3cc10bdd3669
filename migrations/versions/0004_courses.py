"""Courses, sessions, venues, trainers."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "level_scheme",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_scheme")),
        sa.UniqueConstraint("name", name=op.f("uq_level_scheme_name")),
    )
    op.create_table(
        "theme",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("name", name=op.f("uq_theme_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_theme_slug")),
    )
    op.create_table(
        "venue",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("name", name=op.f("uq_venue_name")),
    )
    op.create_table(
        "course",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_course_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "level",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["level_scheme.id"], name=op.f("fk_level_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level")),
        sa.UniqueConstraint("scheme_id", "name", name=op.f("uq_level_scheme_id_name")),
    )
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_scheme_id"), ["scheme_id"], unique=False)

    op.create_table(
        "trainer",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trainer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer")),
        sa.UniqueConstraint("person_id", name=op.f("uq_trainer_person_id")),
    )
    op.create_table(
        "course_level",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_level_course_id")),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_course_level_level_id")),
        sa.PrimaryKeyConstraint("course_id", "level_id", name=op.f("pk_course_level")),
    )
    with op.batch_alter_table("course_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_level_level_id"), ["level_id"], unique=False)

    op.create_table(
        "course_version",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("what_to_bring", sa.Text(), nullable=False),
        sa.Column("what_changed", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_version_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    op.create_table(
        "training_session",
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "cancelled", name="sessionstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("joining_instructions", sa.Text(), nullable=False),
        sa.Column("cancelled_at", Moment(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_training_session_capacity_is_not_negative")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_training_session_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name=op.f("fk_training_session_course_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
    )
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_session_course_version_id"), ["course_version_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_training_session_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index("ix_training_session_status_starts_at", ["status", "starts_at"], unique=False)

    op.create_table(
        "session_part",
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("online_url", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_session_part_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["training_session_id"], ["training_session.id"], name=op.f("fk_session_part_training_session_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_session_part_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_part")),
        sa.UniqueConstraint(
            "training_session_id", "position", name=op.f("uq_session_part_training_session_id_position")
        ),
    )
    with op.batch_alter_table("session_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_part_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "training_session_trainer",
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_training_session_trainer_trainer_id")
        ),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_training_session_trainer_training_session_id"),
        ),
        sa.PrimaryKeyConstraint(
            "training_session_id", "trainer_id", name=op.f("pk_training_session_trainer")
        ),
    )
    with op.batch_alter_table("training_session_trainer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_session_trainer_trainer_id"), ["trainer_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("training_session_trainer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_session_trainer_trainer_id"))

    op.drop_table("training_session_trainer")
    with op.batch_alter_table("session_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_part_venue_id"))

    op.drop_table("session_part")
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.drop_index("ix_training_session_status_starts_at")
        batch_op.drop_index(batch_op.f("ix_training_session_starts_at"))
        batch_op.drop_index(batch_op.f("ix_training_session_course_version_id"))

    op.drop_table("training_session")
    op.drop_table("course_version")
    with op.batch_alter_table("course_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_level_level_id"))

    op.drop_table("course_level")
    op.drop_table("trainer")
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_level_scheme_id"))

    op.drop_table("level")
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_theme_id"))

    op.drop_table("course")
    op.drop_table("venue")
    op.drop_table("theme")
    op.drop_table("level_scheme")
