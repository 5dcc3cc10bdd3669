"""A certificate proves a completed booking or an accreditation, and can be issued again in another name."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0054"
branch_labels = None
depends_on = None

ADDED = ("scheme_code", "scheme_name", "evidence", "reissue_reason")


def upgrade() -> None:
    op.drop_index("uq_certificate_one_of_a_booking", "certificate")
    with op.batch_alter_table("certificate") as batch:
        for column, kind in (
            ("booking_id", sa.Integer()),
            ("version", sa.Integer()),
            ("minutes", sa.Integer()),
        ):
            batch.alter_column(column, existing_type=kind, nullable=True)
        for column in ADDED:
            batch.add_column(sa.Column(column, sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("accreditation_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("awarded_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("emailed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            op.f("fk_certificate_accreditation_id_accreditation"),
            "accreditation",
            ["accreditation_id"],
            ["id"],
        )
        batch.create_foreign_key(
            op.f("fk_certificate_replaces_id_certificate"), "certificate", ["replaces_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_certificate_replaces_id"), ["replaces_id"])
        batch.create_check_constraint(
            op.f("ck_certificate_proves_one_thing"), "(booking_id IS NULL) <> (accreditation_id IS NULL)"
        )
    with op.batch_alter_table("certificate") as batch:
        for column in ADDED:
            batch.alter_column(column, server_default=None)
    op.create_index(op.f("ix_certificate_accreditation_id"), "certificate", ["accreditation_id"])
    stands = sa.text("withdrawn_at IS NULL AND replaced_at IS NULL")
    for name, column in (
        ("uq_certificate_one_of_a_booking", "booking_id"),
        ("uq_certificate_one_of_an_accreditation", "accreditation_id"),
    ):
        op.create_index(
            name, "certificate", [column], unique=True, sqlite_where=stands, postgresql_where=stands
        )


def downgrade() -> None:
    """What the older form cannot say is lost: certificates of accreditation, and names before a reissue."""
    op.execute("UPDATE certificate SET replaces_id = NULL")
    op.execute("DELETE FROM certificate WHERE accreditation_id IS NOT NULL OR replaced_at IS NOT NULL")
    op.drop_index("uq_certificate_one_of_an_accreditation", "certificate")
    op.drop_index("uq_certificate_one_of_a_booking", "certificate")
    op.drop_index(op.f("ix_certificate_accreditation_id"), "certificate")
    with op.batch_alter_table("certificate") as batch:
        batch.drop_constraint(op.f("ck_certificate_proves_one_thing"), type_="check")
        batch.drop_constraint(op.f("uq_certificate_replaces_id"), type_="unique")
        batch.drop_constraint(op.f("fk_certificate_replaces_id_certificate"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_certificate_accreditation_id_accreditation"), type_="foreignkey")
        for column in (
            *ADDED,
            "accreditation_id",
            "awarded_on",
            "expires_on",
            "replaced_at",
            "replaces_id",
            "emailed_at",
        ):
            batch.drop_column(column)
        for column, kind in (
            ("booking_id", sa.Integer()),
            ("version", sa.Integer()),
            ("minutes", sa.Integer()),
        ):
            batch.alter_column(column, existing_type=kind, nullable=False)
    stands = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_certificate_one_of_a_booking",
        "certificate",
        ["booking_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
