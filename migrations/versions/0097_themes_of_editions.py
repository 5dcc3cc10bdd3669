"""Keep the themes under which an edition of a briefing tells something, whatever becomes of the next draft."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition_theme",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["briefing_edition.id"], name=op.f("fk_edition_theme_edition_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_edition_theme_theme_id")),
        sa.PrimaryKeyConstraint("edition_id", "theme_id", name=op.f("pk_edition_theme")),
    )
    op.create_index(op.f("ix_edition_theme_theme_id"), "edition_theme", ["theme_id"])
    _take_in_what_came_out()


def _take_in_what_came_out() -> None:
    """An edition names its themes. One that was renamed since is no longer known by its name."""
    connection = op.get_bind()
    keys = dict(connection.execute(sa.text("SELECT name, id FROM theme")).all())
    editions = connection.execute(sa.text("SELECT id, content FROM briefing_edition")).all()
    found = {
        (edition_id, keys[part["name"]])
        for edition_id, content in editions
        for part in (json.loads(content) if isinstance(content, str) else content)["themes"]
        if part["name"] in keys
    }
    for edition_id, theme_id in sorted(found):
        connection.execute(
            sa.text("INSERT INTO edition_theme (edition_id, theme_id) VALUES (:edition, :theme)"),
            {"edition": edition_id, "theme": theme_id},
        )


def downgrade() -> None:
    op.drop_table("edition_theme")
