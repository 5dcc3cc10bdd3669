"""Headcounts: how sure, what corrects what, who is asked for them, and which agencies keep their people here.

Two returns for one day stood side by side until now; the later one corrects the earlier.
"""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0084"
down_revision = "0075"
branch_labels = None
depends_on = None

CORRECTS = """
UPDATE headcount SET corrects_id = (
    SELECT earlier.id FROM headcount AS earlier
    WHERE earlier.agency_id = headcount.agency_id
        AND earlier.staff_group_id = headcount.staff_group_id
        AND earlier.as_at = headcount.as_at
        AND (earlier.recorded_at < headcount.recorded_at
            OR (earlier.recorded_at = headcount.recorded_at AND earlier.id < headcount.id))
    ORDER BY earlier.recorded_at DESC, earlier.id DESC
    LIMIT 1
)
"""


def upgrade() -> None:
    with op.batch_alter_table("headcount") as batch:
        batch.add_column(sa.Column("confidence", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("corrects_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_headcount_corrects_id"), "headcount", ["corrects_id"], ["id"])
        batch.create_unique_constraint(batch.f("uq_headcount_corrects_id"), ["corrects_id"])
    op.execute(CORRECTS)
    first = sa.text("corrects_id IS NULL")
    op.create_index(
        "uq_headcount_first_of_a_day",
        "headcount",
        ["agency_id", "staff_group_id", "as_at"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )

    op.create_table(
        "named_workforce",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_named_workforce_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_workforce")),
    )
    op.create_index(op.f("ix_named_workforce_agency_id"), "named_workforce", ["agency_id"])
    stands = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_named_workforce_one_stands",
        "named_workforce",
        ["agency_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )

    op.create_table(
        "headcount_request",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("sent_in_at", Moment(), nullable=True),
        sa.Column("sent_in_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_headcount_request_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_request")),
    )
    op.create_index(op.f("ix_headcount_request_agency_id"), "headcount_request", ["agency_id"])
    waits = sa.text("sent_in_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "uq_headcount_request_one_open",
        "headcount_request",
        ["agency_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )

    op.create_table(
        "requested_group",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("staff_group_id", sa.Integer(), nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=True),
        sa.Column("cannot_tell", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "headcount_id IS NULL OR NOT cannot_tell", name=op.f("ck_requested_group_one_answer")
        ),
        sa.ForeignKeyConstraint(
            ["headcount_id"], ["headcount.id"], name=op.f("fk_requested_group_headcount_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["headcount_request.id"], name=op.f("fk_requested_group_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_group_id"], ["staff_group.id"], name=op.f("fk_requested_group_staff_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_group")),
        sa.UniqueConstraint(
            "request_id", "staff_group_id", name=op.f("uq_requested_group_request_id_staff_group_id")
        ),
    )
    op.create_index(op.f("ix_requested_group_headcount_id"), "requested_group", ["headcount_id"])
    op.create_index(op.f("ix_requested_group_staff_group_id"), "requested_group", ["staff_group_id"])


def downgrade() -> None:
    op.drop_table("requested_group")
    op.drop_table("headcount_request")
    op.drop_table("named_workforce")
    op.drop_index("uq_headcount_first_of_a_day", "headcount")
    with op.batch_alter_table("headcount") as batch:
        batch.drop_constraint(batch.f("uq_headcount_corrects_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_headcount_corrects_id"), type_="foreignkey")
        batch.drop_column("corrects_id")
        batch.drop_column("confidence")
