"""Names that people went by before, so that board staff find them; those of the history are copied."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0030"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_name_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index(op.f("ix_former_name_person_id"), "former_name", ["person_id"], unique=False)
    _copy_from_history()


def downgrade() -> None:
    op.drop_index(op.f("ix_former_name_person_id"), table_name="former_name")
    op.drop_table("former_name")


def _copy_from_history() -> None:
    entry = sa.table(
        "history_entry",
        sa.column("subject_id", sa.Integer()),
        sa.column("subject_type", sa.String()),
        sa.column("verb", sa.String()),
        sa.column("at", Moment()),
        sa.column("detail", sa.JSON()),
    )
    former_name = sa.table(
        "former_name",
        sa.column("person_id", sa.Integer()),
        sa.column("name", sa.String()),
        sa.column("until", Moment()),
    )
    renamed = sa.select(entry.c.subject_id, entry.c.detail, entry.c.at).where(
        entry.c.subject_type == "person", entry.c.verb == "renamed"
    )
    found = [
        {"person_id": person_id, "name": detail["name"][0], "until": at}
        for person_id, detail, at in op.get_bind().execute(renamed)
    ]
    if found:
        op.bulk_insert(former_name, found)
