"""keep how far a comparison with Stripe has come, Stripe's balance, and what the books say

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("events", "checkouts", "nightly", "asked")
STEPS = (
    "events", "checkout_sessions", "payment_intents", "invoices", "subscriptions", "refunds", "disputes",
    "balance_transactions", "book_payments", "book_refunds", "book_disputes", "book_unmatched",
)  # fmt: skip
FINDINGS = ("not_ours", "not_stripes", "amount", "fee", "net")
SUMS = ("payments", "refunds", "withdrawn", "reinstated", "on_their_way", "stripes", "unmatched")


def upgrade() -> None:
    _create_runs()
    _create_balance()
    _create_sums()
    _create_findings()


def downgrade() -> None:
    for table in ("book_finding", "book_sum", "balance_entry", "reconcile_run"):
        op.drop_table(table)


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _is_iso(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "currency = lower(currency) AND length(currency) = 3", name=op.f(f"ck_{table}_currency_is_iso")
    )


def _of_run(*, is_key: bool) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    table = "book_sum" if is_key else "book_finding"
    return (
        sa.Column("run_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["reconcile_run.id"],
            name=op.f(f"fk_{table}_run_id_reconcile_run"),
            ondelete="CASCADE",
        ),
    )


def _create_runs() -> None:
    op.create_table(
        "reconcile_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", _words("kind", KINDS), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("step", _words("step", STEPS), nullable=True),
        sa.Column("cursor", sa.String(length=255), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        *(sa.Column(name, BigId, nullable=False) for name in ("listed", "marked", "differing")),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (step IS NOT NULL)",
            name=op.f("ck_reconcile_run_stands_somewhere_until_finished"),
        ),
        sa.CheckConstraint("marked <= listed", name=op.f("ck_reconcile_run_marked_within_listed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_run")),
        sa.UniqueConstraint("kind", "due_at", name=op.f("uq_reconcile_run_kind_due_at")),
    )
    op.create_index("ix_reconcile_run_finished_at", "reconcile_run", ["finished_at"])


def _create_balance() -> None:
    op.create_table(
        "balance_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("stripe_balance_transaction_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("source_kind", sa.String(length=64), nullable=True),
        sa.Column("stripe_source_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *(sa.Column(name, BigId, nullable=False) for name in ("amount", "fee", "net")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        _is_iso("balance_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_entry")),
        sa.UniqueConstraint(
            "stripe_balance_transaction_id", name=op.f("uq_balance_entry_stripe_balance_transaction_id")
        ),
    )
    for column in ("created_at", "stripe_source_id", "stripe_payment_intent_id"):
        op.create_index(f"ix_balance_entry_{column}", "balance_entry", [column])


def _create_sums() -> None:
    op.create_table(
        "book_sum",
        *_of_run(is_key=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *(sa.Column(name, BigId, nullable=False) for name in SUMS),
        _is_iso("book_sum"),
        sa.PrimaryKeyConstraint("run_id", "currency", name=op.f("pk_book_sum")),
    )


def _create_findings() -> None:
    op.create_table(
        "book_finding",
        sa.Column("id", BigId, nullable=False),
        *_of_run(is_key=False),
        sa.Column("finding", _words("finding", FINDINGS), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("ours", BigId, nullable=True),
        sa.Column("stripes", BigId, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        _is_iso("book_finding"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_finding")),
    )
    op.create_index("ix_book_finding_run_id", "book_finding", ["run_id", "id"])
