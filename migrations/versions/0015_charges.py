"""Policies of charging, the terms of bookings, and charges."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

SECTORS = sa.Enum(
    "social_care", "early_help", "education", "early_years", "primary_care", "community_health", "hospital",
    "mental_health", "police", "probation", "housing", "substance_use", "voluntary", "other",
    name="sector", native_enum=False, length=40,
)  # fmt: skip
LENGTHS = sa.Enum("any", "one_part", "several_parts", name="length", native_enum=False, length=40)
KINDS = sa.Enum("late_cancellation", "did_not_attend", name="chargekind", native_enum=False, length=40)
STATES = sa.Enum("due", "waived", "excused", "withdrawn", name="chargestate", native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "charge_policy",
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("sector", SECTORS, nullable=True),
        sa.Column("length", LENGTHS, nullable=False),
        sa.Column("follows_own_rules", sa.Boolean(), nullable=False),
        sa.Column("free_days", sa.Integer(), nullable=False),
        sa.Column("in_working_days", sa.Boolean(), nullable=False),
        sa.Column("late_fee", sa.Integer(), nullable=False),
        sa.Column("absence_fee", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "agency_id IS NULL OR sector IS NULL",
            name=op.f("ck_charge_policy_is_for_an_agency_or_a_sector"),
        ),
        sa.CheckConstraint(
            "free_days >= 0 AND late_fee >= 0 AND absence_fee >= 0",
            name=op.f("ck_charge_policy_is_not_negative"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_charge_policy_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_charge_policy_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_policy")),
    )
    op.create_index(op.f("ix_charge_policy_agency_id"), "charge_policy", ["agency_id"])
    op.create_table(
        "charge_terms",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("follows_own_rules", sa.Boolean(), nullable=False),
        sa.Column("free_until", sa.Date(), nullable=False),
        sa.Column("late_fee", sa.Integer(), nullable=False),
        sa.Column("absence_fee", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_charge_terms_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["charge_policy.id"], name=op.f("fk_charge_terms_policy_id_charge_policy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_terms")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_charge_terms_booking_id")),
    )
    op.create_index(op.f("ix_charge_terms_policy_id"), "charge_terms", ["policy_id"])
    op.create_table(
        "charge",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_charge_is_more_than_nothing")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_charge_booking_id_booking")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_charge_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_charge_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    for column in ("agency_id", "booking_id", "decided_by_id", "raised_at"):
        op.create_index(op.f(f"ix_charge_{column}"), "charge", [column])
    stands = sa.text("state != 'withdrawn'")
    op.create_index(
        "uq_charge_one_per_booking", "charge", ["booking_id"], unique=True,
        sqlite_where=stands, postgresql_where=stands,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("charge")
    op.drop_table("charge_terms")
    op.drop_table("charge_policy")
