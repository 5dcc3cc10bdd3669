"""Versions have materials, and venues a link to a map of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "material",
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("for_delegates", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_material_course_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("course_version_id", "name", name=op.f("uq_material_course_version_id_name")),
    )
    with op.batch_alter_table("venue") as batch:
        batch.add_column(sa.Column("map_url", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("venue") as batch:
        batch.alter_column("map_url", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("venue") as batch:
        batch.drop_column("map_url")
    op.drop_table("material")
