"""Keep the PDF of an edition of a briefing."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("briefing_edition") as table:
        table.add_column(sa.Column("paper_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_briefing_edition_paper_id"), "kept_file", ["paper_id"], ["id"])
        table.create_index(op.f("ix_briefing_edition_paper_id"), ["paper_id"])


def downgrade() -> None:
    papers = (
        op.get_bind()
        .scalars(sa.text("SELECT paper_id FROM briefing_edition WHERE paper_id IS NOT NULL"))
        .all()
    )
    with op.batch_alter_table("briefing_edition") as table:
        table.drop_index(op.f("ix_briefing_edition_paper_id"))
        table.drop_constraint(op.f("fk_briefing_edition_paper_id"), type_="foreignkey")
        table.drop_column("paper_id")
    kept_file = sa.table("kept_file", sa.column("id"))
    op.execute(kept_file.delete().where(kept_file.c.id.in_(papers)))
