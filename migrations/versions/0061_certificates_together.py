"""Send the certificates of a session by email, and ask for certificates in a new name."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letter") as batch:
        batch.add_column(sa.Column("attached_ids", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "certificate_sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_certificate_sending_training_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_certificate_sending_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_sending")),
    )
    op.create_index(
        op.f("ix_certificate_sending_training_session_id"), "certificate_sending", ["training_session_id"]
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "uq_certificate_sending_one_at_a_time",
        "certificate_sending",
        ["training_session_id"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_table(
        "reissue_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (was_granted IS NULL)",
            name=op.f("ck_reissue_request_is_answered_at_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reissue_request_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reissue_request")),
    )
    op.create_index(op.f("ix_reissue_request_person_id"), "reissue_request", ["person_id"])
    unanswered = sa.text("answered_at IS NULL")
    op.create_index(
        "uq_reissue_request_one_open",
        "reissue_request",
        ["person_id"],
        unique=True,
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )


def downgrade() -> None:
    op.drop_table("reissue_request")
    op.drop_table("certificate_sending")
    with op.batch_alter_table("letter") as batch:
        batch.drop_column("attached_ids")
