"""A course leads to a scheme from a version on, as the whole course or as a refresher, by all or some of its parts."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0055"
branch_labels = None
depends_on = None

OTHERS = (sa.column("is_refresher", sa.Boolean()), sa.column("parts", sa.JSON()))


def upgrade() -> None:
    were = op.get_bind().execute(sa.select(sa.table("scheme_course", *_keys()))).all()
    op.drop_table("scheme_course")
    op.create_table(
        "scheme_course",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=True),
        sa.Column("is_refresher", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_foreign_keys("scheme_course"),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["course_version.id"], name=op.f("fk_scheme_course_from_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_course")),
        sa.UniqueConstraint("scheme_id", "course_id", name=op.f("uq_scheme_course_scheme_id_course_id")),
    )
    op.create_index(op.f("ix_scheme_course_course_id"), "scheme_course", ["course_id"])
    op.create_index(op.f("ix_scheme_course_from_version_id"), "scheme_course", ["from_version_id"])
    _fill([{"scheme_id": a, "course_id": b, "is_refresher": False, "parts": []} for a, b in were], *OTHERS)


def downgrade() -> None:
    """Refreshers become courses that lead to the scheme, as there was nothing else."""
    were = op.get_bind().execute(sa.select(sa.table("scheme_course", *_keys()))).all()
    op.drop_table("scheme_course")
    op.create_table(
        "scheme_course",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        *_foreign_keys("scheme_course"),
        sa.PrimaryKeyConstraint("scheme_id", "course_id", name=op.f("pk_scheme_course")),
    )
    op.create_index(op.f("ix_scheme_course_course_id"), "scheme_course", ["course_id"])
    _fill([{"scheme_id": a, "course_id": b} for a, b in were])


def _foreign_keys(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f(f"fk_{table}_course_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["accreditation_scheme.id"], name=op.f(f"fk_{table}_scheme_id")
        ),
    )


def _keys() -> tuple[sa.ColumnClause[object], sa.ColumnClause[object]]:
    """Each time anew: a column belongs to one table."""
    return sa.column("scheme_id"), sa.column("course_id")


def _fill(lines: list[dict[str, object]], *more: sa.ColumnClause[object]) -> None:
    if lines:
        op.bulk_insert(sa.table("scheme_course", *_keys(), *more), lines)
