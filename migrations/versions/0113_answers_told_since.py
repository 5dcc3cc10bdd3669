"""A number sent in since an agency could not tell is the answer to what the board asked, as it is noted from now on."""

from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None

FIRST_SINCE = (
    "SELECT headcount.id FROM headcount"
    " JOIN headcount_request ON headcount_request.agency_id = headcount.agency_id"
    " WHERE headcount_request.id = requested_group.request_id"
    " AND headcount.staff_group_id = requested_group.staff_group_id"
    " AND headcount.withdrawn_at IS NULL AND headcount.recorded_at > headcount_request.sent_in_at"
)


def upgrade() -> None:
    op.execute(
        f"UPDATE requested_group SET cannot_tell = false, headcount_id = ("  # noqa: S608 - words from above
        f"{FIRST_SINCE} ORDER BY headcount.recorded_at, headcount.id LIMIT 1)"
        f" WHERE cannot_tell AND EXISTS ({FIRST_SINCE})"
    )


def downgrade() -> None:
    """Nothing: an answer with a number was one before, too."""
