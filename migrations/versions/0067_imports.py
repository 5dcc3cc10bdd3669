"""Imports of earlier training: files, their rows, what spellings mean, and trainings without a booking."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spelling",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spelling")),
        sa.UniqueConstraint("kind", "folded", name=op.f("uq_spelling_kind_folded")),
    )
    op.create_table(
        "scheme_launch",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("launched_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_scheme_launch_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_launch")),
        sa.UniqueConstraint("scheme_id", name=op.f("uq_scheme_launch_scheme_id")),
    )
    op.create_table(
        "training_import",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("headings_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("staff_group_id", sa.Integer(), nullable=True),
        sa.Column("jobs_are_current", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_training_import_course_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_training_import_scheme_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_training_import_staff_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name=op.f("fk_training_import_undone_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_training_import_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_import")),
    )
    with op.batch_alter_table("training_import") as batch:
        batch.create_index(batch.f("ix_training_import_sha256"), ["sha256"])
        batch.create_index(batch.f("ix_training_import_state"), ["state"])

    op.create_table(
        "import_row",
        sa.Column("training_import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asks", sa.String(length=40), nullable=True),
        sa.Column("asks_value", sa.Text(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_person", sa.Boolean(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_import_row_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_import_row_membership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_row_person_id")),
        sa.ForeignKeyConstraint(
            ["training_import_id"], ["training_import.id"], name=op.f("fk_import_row_training_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint(
            "training_import_id", "number", name=op.f("uq_import_row_training_import_id_number")
        ),
    )
    with op.batch_alter_table("import_row") as batch:
        batch.create_index(batch.f("ix_import_row_accreditation_id"), ["accreditation_id"])
        batch.create_index(batch.f("ix_import_row_membership_id"), ["membership_id"])
        batch.create_index(batch.f("ix_import_row_person_id"), ["person_id"])
        batch.create_index("ix_import_row_verdict", ["training_import_id", "verdict", "asks"])

    op.create_table(
        "earlier_training",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("assessment", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_earlier_training_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_earlier_training_person_id")),
        sa.ForeignKeyConstraint(["row_id"], ["import_row.id"], name=op.f("fk_earlier_training_row_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f("fk_earlier_training_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_training")),
    )
    with op.batch_alter_table("earlier_training") as batch:
        batch.create_index(batch.f("ix_earlier_training_course_id"), ["course_id"])
        batch.create_index(batch.f("ix_earlier_training_row_id"), ["row_id"])
        batch.create_index(batch.f("ix_earlier_training_scheme_id"), ["scheme_id"])
        batch.create_index(
            "uq_earlier_training_once",
            ["person_id", "key", "attended_on"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    with op.batch_alter_table("accreditation") as batch:
        batch.create_index(
            "uq_accreditation_imported_once",
            ["person_id", "scheme_id", "awarded_on"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND evidence = 'imported' AND source != ''"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND evidence = 'imported' AND source != ''"),
        )

    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.drop_column("withdrawn_at")
    op.drop_index("uq_accreditation_imported_once", table_name="accreditation")
    for name in ("earlier_training", "import_row", "training_import", "scheme_launch", "spelling"):
        op.drop_table(name)
