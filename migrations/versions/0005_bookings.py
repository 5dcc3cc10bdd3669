"""Bookings and access needs."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "awaiting_approval",
                "confirmed",
                "waitlisted",
                "offered",
                "lapsed",
                "declined",
                "cancelled_by_delegate",
                "cancelled_by_board",
                "substituted",
                name="bookingstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unscheduled", sa.Boolean(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=True),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("waitlisted_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "attended",
                "part_attended",
                "did_not_attend",
                "cancelled_by_board",
                name="outcome",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_booking_membership_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id")),
        sa.ForeignKeyConstraint(
            ["training_session_id"], ["training_session.id"], name=op.f("fk_booking_training_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("form_key", name=op.f("uq_booking_form_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index("ix_booking_outcome_person_id", ["outcome", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_booking_training_session_id_status", ["training_session_id", "status"], unique=False
        )
        batch_op.create_index(
            "uq_booking_one_live_per_person",
            ["training_session_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('awaiting_approval', 'confirmed', 'offered', 'waitlisted')"),
            postgresql_where=sa.text("status IN ('awaiting_approval', 'confirmed', 'offered', 'waitlisted')"),
        )

    op.create_table(
        "access_needs",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("delete_after", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_access_needs_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_needs")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_access_needs_booking_id")),
    )


def downgrade() -> None:
    op.drop_table("access_needs")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_one_live_per_person",
            sqlite_where=sa.text("status IN ('awaiting_approval', 'confirmed', 'offered', 'waitlisted')"),
            postgresql_where=sa.text("status IN ('awaiting_approval', 'confirmed', 'offered', 'waitlisted')"),
        )
        batch_op.drop_index("ix_booking_training_session_id_status")
        batch_op.drop_index(batch_op.f("ix_booking_person_id"))
        batch_op.drop_index("ix_booking_outcome_person_id")
        batch_op.drop_index(batch_op.f("ix_booking_membership_id"))

    op.drop_table("booking")
