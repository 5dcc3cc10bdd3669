"""Delegates check themselves in, and whoever has no place asks at the door to be let in."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_part_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_part_id"], ["session_part.id"], name=op.f("fk_check_in_session_part_id_session_part")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_check_in_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint(
            "session_part_id", "booking_id", name=op.f("uq_check_in_session_part_id_booking_id")
        ),
    )
    op.create_index(op.f("ix_check_in_booking_id"), "check_in", ["booking_id"])
    op.create_table(
        "door_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_part_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_part_id"],
            ["session_part.id"],
            name=op.f("fk_door_request_session_part_id_session_part"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_door_request_person_id_person")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_door_request_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_request")),
        sa.UniqueConstraint(
            "session_part_id", "person_id", name=op.f("uq_door_request_session_part_id_person_id")
        ),
    )
    op.create_index(op.f("ix_door_request_person_id"), "door_request", ["person_id"])
    op.create_index(op.f("ix_door_request_membership_id"), "door_request", ["membership_id"])


def downgrade() -> None:
    op.drop_table("door_request")
    op.drop_table("check_in")
