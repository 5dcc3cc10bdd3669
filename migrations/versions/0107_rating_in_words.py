"""Let a change in confidence be counted without reading each rating's row.

It costs an entry for each outcome that somebody rates, three or four at a time.
"""

from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_rating_in_words", "rating", ["evaluation_id", "outcome", "confidence"])


def downgrade() -> None:
    op.drop_index("ix_rating_in_words", table_name="rating")
