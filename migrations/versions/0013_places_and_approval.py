"""Approval of bookings, offered places, and a session's mix."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STYLES = sa.Enum("declared", "manager", "coordinator", name="approvalstyle", native_enum=False, length=40)
SECTORS = sa.Enum(
    "social_care", "early_help", "education", "early_years", "primary_care", "community_health", "hospital",
    "mental_health", "police", "probation", "housing", "substance_use", "voluntary", "other",
    name="sector", native_enum=False, length=40,
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("style", STYLES, nullable=False),
        sa.Column("approver_name", sa.String(), nullable=False),
        sa.Column("approver_email", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("answer_by", Moment(), nullable=True),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved IS NULL) = (answered_at IS NULL)", name=op.f("ck_approval_is_answered_at_a_moment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_approver_email", "approval", ["approver_email"])
    unanswered = sa.text("answered_at IS NULL")
    op.create_index(
        "ix_approval_unanswered", "approval", ["answer_by"],
        sqlite_where=unanswered, postgresql_where=unanswered,
    )  # fmt: skip
    op.create_table(
        "place_floor",
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("sector", SECTORS, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("places > 0", name=op.f("ck_place_floor_keeps_some")),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_place_floor_training_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_floor")),
        sa.UniqueConstraint(
            "training_session_id", "sector", name=op.f("uq_place_floor_training_session_id_sector")
        ),
    )
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("approval", STYLES, nullable=False, server_default="declared"))
    with op.batch_alter_table("training_session") as batch:
        batch.add_column(sa.Column("most_per_agency", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("release_days", sa.Integer(), nullable=True))
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("passed_over", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("override_reason", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("offered_at", Moment(), nullable=True))
        batch.add_column(sa.Column("offer_until", Moment(), nullable=True))
        batch.add_column(sa.Column("approval_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_booking_approval_id_approval"), "approval", ["approval_id"], ["id"])
        batch.create_index(op.f("ix_booking_approval_id"), ["approval_id"])
    for table, column in (("course", "approval"), ("booking", "passed_over"), ("booking", "override_reason")):
        with op.batch_alter_table(table) as batch:  # the rows that were there are filled
            batch.alter_column(column, server_default=None)
    offered = sa.text("status = 'offered'")
    op.create_index(
        "ix_booking_offer_until", "booking", ["offer_until"], sqlite_where=offered, postgresql_where=offered
    )


def downgrade() -> None:
    op.drop_index("ix_booking_offer_until", "booking")
    with op.batch_alter_table("booking") as batch:
        batch.drop_index(op.f("ix_booking_approval_id"))
        batch.drop_constraint(op.f("fk_booking_approval_id_approval"), type_="foreignkey")
        for column in ("approval_id", "offer_until", "offered_at", "override_reason", "passed_over"):
            batch.drop_column(column)
    with op.batch_alter_table("training_session") as batch:
        batch.drop_column("release_days")
        batch.drop_column("most_per_agency")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("approval")
    op.drop_table("place_floor")
    op.drop_table("approval")
