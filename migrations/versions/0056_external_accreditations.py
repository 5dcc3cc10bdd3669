"""Accreditations that another area gave, with their evidence and the board's decision."""

import sqlalchemy as sa
from alembic import op

from sscb_training.core.db import Moment

revision = "0056"
down_revision = "0057"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'pending_external'")
KEYS = {
    "person_id": "person",
    "scheme_id": "accreditation_scheme",
    "evidence_id": "kept_file",
    "accreditation_id": "accreditation",
}


def upgrade() -> None:
    op.create_table(
        "external_accreditation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("stated_at", Moment(), nullable=False),
        sa.Column("stated_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("accreditation_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'accepted') = (accreditation_id IS NOT NULL)",
            name=op.f("ck_external_accreditation_accepted_is_an_accreditation"),
        ),
        sa.CheckConstraint(
            "expires_on >= awarded_on", name=op.f("ck_external_accreditation_ends_after_it_begins")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_external_accreditation_{column}_{table}")
            )
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_accreditation")),
    )
    for column in (*KEYS, "status"):
        op.create_index(op.f(f"ix_external_accreditation_{column}"), "external_accreditation", [column])
    op.create_index(
        "uq_external_accreditation_one_waiting",
        "external_accreditation",
        ["person_id", "scheme_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("external_accreditation")
