"""Which letters hold a one-time link; those that went or were given up lose it. Undoing this brings none back.

With indexes for the list of letters, for deleting old ones, and for dates to come and dates that are over.
"""

import re

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WITH_LINK = ["people/change_email", "people/confirm_email", "people/invitation", "people/reset_password"]
TOKEN = re.compile(r"\S*://\S*?/[A-Za-z0-9_-]{32,}\S*")

letter = sa.table(
    "letter",
    sa.column("id", sa.Integer()),
    sa.column("template", sa.String()),
    sa.column("body", sa.Text()),
    sa.column("sent_at", Moment()),
    sa.column("gave_up_at", Moment()),
    sa.column("has_secret_link", sa.Boolean()),
)


def upgrade() -> None:
    op.add_column(
        "letter", sa.Column("has_secret_link", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_letter_queued_at", "letter", ["queued_at"], unique=False)
    op.create_index("ix_training_session_ends_at", "training_session", ["ends_at"], unique=False)
    has_link = letter.c.template.in_(WITH_LINK)
    op.execute(letter.update().where(has_link).values(has_secret_link=True))
    connection = op.get_bind()
    ended = sa.or_(letter.c.sent_at.is_not(None), letter.c.gave_up_at.is_not(None))
    for row in connection.execute(sa.select(letter.c.id, letter.c.body).where(has_link, ended)).all():
        body = TOKEN.sub("[a link for this person alone, not kept once the letter went]", row.body)
        connection.execute(letter.update().where(letter.c.id == row.id).values(body=body))


def downgrade() -> None:
    op.drop_index("ix_training_session_ends_at", table_name="training_session")
    op.drop_index("ix_letter_queued_at", table_name="letter")
    op.drop_column("letter", "has_secret_link")
