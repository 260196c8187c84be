"""keep reference rates by month, and how a gift came that Stripe knows nothing of

Rates may only be added, which triggers hold: a replacement stands beside the former one, so that
figures can be shown as they were known.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _reference_rates()
    _rate_uploads()
    # In words, because SQLite adds a checked column only in this way, and in any other would build the
    # table anew without its triggers.
    op.execute(
        "ALTER TABLE donation ADD COLUMN method VARCHAR(32)"
        " CONSTRAINT ck_donation_method CHECK (method IN ('bank_transfer', 'cash', 'cheque'))"
        " CONSTRAINT ck_donation_only_offline_has_a_method CHECK (method IS NULL OR source = 'offline')"
    )
    op.execute(
        "ALTER TABLE donation ADD COLUMN entry_nonce VARCHAR(64)"
        " CONSTRAINT ck_donation_only_offline_has_a_nonce CHECK (entry_nonce IS NULL OR source = 'offline')"
    )
    op.create_index("ix_donation_entry_nonce", "donation", ["entry_nonce"], unique=True)
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_donation_entry_nonce", table_name="donation")
    op.drop_column("donation", "entry_nonce")
    op.drop_column("donation", "method")
    op.drop_table("rate_upload")
    op.drop_table("reference_rate")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION reference_rate_is_kept()")


def _reference_rates() -> None:
    op.create_table(
        "reference_rate",
        sa.Column("id", BigId, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("per_euro", BigId, nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", BigId, nullable=True),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3",
            name=op.f("ck_reference_rate_currency_is_iso"),
        ),
        sa.CheckConstraint("currency <> 'eur'", name=op.f("ck_reference_rate_is_not_of_the_euro")),
        sa.CheckConstraint("per_euro > 0", name=op.f("ck_reference_rate_per_euro_is_positive")),
        sa.CheckConstraint("days > 0", name=op.f("ck_reference_rate_days_is_positive")),
        sa.CheckConstraint("version > 0", name=op.f("ck_reference_rate_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff_user.id"], name=op.f("fk_reference_rate_recorded_by_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_rate")),
        sa.UniqueConstraint(
            "month", "currency", "version", name=op.f("uq_reference_rate_month_currency_version")
        ),
    )


def _rate_uploads() -> None:
    op.create_table(
        "rate_upload",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("uploaded_by", BigId, nullable=True),
        sa.Column("stored_at", UtcDateTime(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("replaced", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(stored_at IS NULL) = (added IS NULL) AND (stored_at IS NULL) = (replaced IS NULL)",
            name=op.f("ck_rate_upload_stored_has_numbers"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["staff_user.id"], name=op.f("fk_rate_upload_uploaded_by_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_upload")),
        sa.UniqueConstraint("reference", name=op.f("uq_rate_upload_reference")),
    )


def _guards(dialect: str) -> tuple[str, ...]:
    message = "reference rates are only ever added"
    if dialect == "postgresql":
        return (
            "CREATE FUNCTION reference_rate_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$",
            "CREATE TRIGGER reference_rate_is_kept BEFORE UPDATE OR DELETE ON reference_rate FOR EACH ROW "
            "EXECUTE FUNCTION reference_rate_is_kept()",
        )
    return tuple(
        f"CREATE TRIGGER reference_rate_is_kept_from_{verb.lower()} BEFORE {verb} ON reference_rate "
        f"FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("UPDATE", "DELETE")
    )
