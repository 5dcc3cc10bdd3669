"""Keep which findings an edition of a briefing tells, whatever becomes of the next draft."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition_finding",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["briefing_edition.id"], name=op.f("fk_edition_finding_edition_id")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_edition_finding_finding_id")),
        sa.PrimaryKeyConstraint("edition_id", "finding_id", name=op.f("pk_edition_finding")),
    )
    op.create_index(op.f("ix_edition_finding_finding_id"), "edition_finding", ["finding_id"])
    _take_in_what_came_out()


def _take_in_what_came_out() -> None:
    connection = op.get_bind()
    keys = dict(connection.execute(sa.text("SELECT code, id FROM finding")).all())
    editions = connection.execute(sa.text("SELECT id, content FROM briefing_edition")).all()
    for edition_id, content in editions:
        told = json.loads(content) if isinstance(content, str) else content
        lists = [told["strengths"], *(part["findings"] for part in told["themes"])]
        for code in sorted({one["code"] for found in lists for one in found} & keys.keys()):
            connection.execute(
                sa.text("INSERT INTO edition_finding (edition_id, finding_id) VALUES (:edition, :finding)"),
                {"edition": edition_id, "finding": keys[code]},
            )


def downgrade() -> None:
    op.drop_table("edition_finding")
