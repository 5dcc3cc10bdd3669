"""What a scheme asks holds from a day: its settings become terms, those that there are from the beginning."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0060"
branch_labels = None
depends_on = None

BEGINNING = date(2000, 1, 1)
WORD = sa.String(length=40)
SCHEME = sa.table("accreditation_scheme", sa.column("id"), sa.column("pass_mark"), sa.column("valid_months"))
TERMS = sa.table(
    "scheme_terms",
    sa.column("scheme_id"),
    sa.column("holds_from", sa.Date()),
    sa.column("pass_mark"),
    sa.column("waiting_days"),
    sa.column("fail_means"),
    sa.column("supervisor_confirms", sa.Boolean()),
    sa.column("valid_months"),
    sa.column("late_months"),
    sa.column("renews_from"),
    sa.column("reminder_days", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "scheme_terms",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("waiting_days", sa.Integer(), nullable=False),
        sa.Column("fail_means", WORD, nullable=False),
        sa.Column("supervisor_confirms", sa.Boolean(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("window_months", sa.Integer(), nullable=True),
        sa.Column("late_months", sa.Integer(), nullable=False),
        sa.Column("renews_from", WORD, nullable=False),
        sa.Column("reminder_days", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "pass_mark BETWEEN 0 AND 100", name=op.f("ck_scheme_terms_pass_mark_is_a_percentage")
        ),
        sa.CheckConstraint("attempts_allowed > 0", name=op.f("ck_scheme_terms_one_attempt_at_least")),
        sa.CheckConstraint("waiting_days >= 0", name=op.f("ck_scheme_terms_waits_forwards")),
        sa.CheckConstraint("valid_months > 0", name=op.f("ck_scheme_terms_valid_for_some_months")),
        sa.CheckConstraint("window_months > 0", name=op.f("ck_scheme_terms_window_of_some_months")),
        sa.CheckConstraint("late_months >= 0", name=op.f("ck_scheme_terms_late_forwards")),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["accreditation_scheme.id"],
            name=op.f("fk_scheme_terms_scheme_id_accreditation_scheme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_terms")),
        sa.UniqueConstraint("scheme_id", "holds_from", name=op.f("uq_scheme_terms_scheme_id_holds_from")),
    )
    for scheme in op.get_bind().execute(sa.select(SCHEME)).all():
        op.execute(
            TERMS.insert().values(
                scheme_id=scheme.id,
                holds_from=BEGINNING,
                pass_mark=scheme.pass_mark,
                waiting_days=0,
                fail_means="assessed_again",
                supervisor_confirms=False,
                valid_months=scheme.valid_months,
                late_months=0,
                renews_from="own_day",
                reminder_days=[90, 30] if scheme.valid_months else [],
            )
        )
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.drop_constraint(op.f("ck_accreditation_scheme_pass_mark_is_a_percentage"), type_="check")
        batch.drop_constraint(op.f("ck_accreditation_scheme_valid_for_some_months"), type_="check")
        batch.drop_column("pass_mark")
        batch.drop_column("valid_months")


def downgrade() -> None:
    """The latest terms become the scheme's settings."""
    with op.batch_alter_table("accreditation_scheme") as batch:
        batch.add_column(sa.Column("pass_mark", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("valid_months", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_accreditation_scheme_pass_mark_is_a_percentage"), "pass_mark BETWEEN 0 AND 100"
        )
        batch.create_check_constraint(
            op.f("ck_accreditation_scheme_valid_for_some_months"), "valid_months > 0"
        )
    for terms in op.get_bind().execute(sa.select(TERMS).order_by(TERMS.c.holds_from)).all():
        op.execute(
            SCHEME.update()
            .where(SCHEME.c.id == terms.scheme_id)
            .values(pass_mark=terms.pass_mark, valid_months=terms.valid_months)
        )
    op.drop_table("scheme_terms")
