"""A mailbox for somebody's letters, and dates for one agency alone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("contact_email", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("person") as batch:  # the rows that were there are filled
        batch.alter_column("contact_email", server_default=None)
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(sa.Column("only_agency_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_training_session_only_agency_id_agency"), "agency", ["only_agency_id"], ["id"]
        )
        batch.create_index(op.f("ix_training_session_only_agency_id"), ["only_agency_id"])


def downgrade() -> None:
    with op.batch_alter_table("training_session") as batch:
        batch.drop_index(op.f("ix_training_session_only_agency_id"))
        batch.drop_constraint(op.f("fk_training_session_only_agency_id_agency"), type_="foreignkey")
        batch.drop_column("only_agency_id")
    with op.batch_alter_table("person") as batch:
        batch.drop_column("contact_email")
