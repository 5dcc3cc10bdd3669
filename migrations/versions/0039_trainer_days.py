"""The ledger of trainer days: corrections by hand, what days earn, and the places used."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("half_days <> 0", name=op.f("ck_ledger_correction_corrects_something")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_ledger_correction_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_ledger_correction_trainer_id_trainer")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_ledger_correction_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_correction")),
    )
    for column in ("agency_id", "trainer_id", "on", "recorded_by_id"):
        op.create_index(op.f(f"ix_ledger_correction_{column}"), "ledger_correction", [column])
    op.create_table(
        "earning_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("places_per_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("places_per_day >= 0", name=op.f("ck_earning_rule_earns_no_less_than_nothing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earning_rule")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_earning_rule_valid_from")),
    )
    op.create_table(
        "earned_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_earned_place_charge_id_charge")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_earned_place_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earned_place")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_earned_place_charge_id")),
    )
    op.create_index(op.f("ix_earned_place_agency_id"), "earned_place", ["agency_id"])


def downgrade() -> None:
    op.drop_table("earned_place")
    op.drop_table("earning_rule")
    op.drop_table("ledger_correction")
