"""write down the refunds that staff ask Stripe for, before Stripe is called

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATUSES = ("asking", "accepted", "refused", "lost")
REASONS = ("requested_by_customer", "duplicate", "fraudulent")
UNDER_WAY = sa.text("status = 'asking'")


def upgrade() -> None:
    op.create_table(
        "refund_request",
        sa.Column("donation_id", BigId, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", _one_of("reason", REASONS), nullable=False),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=True),
        sa.Column("id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("status", _one_of("status", STATUSES), nullable=False),
        sa.Column("nonce", sa.String(length=255), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(length=255), nullable=True),
        *_constraints(),
    )
    op.create_index("ix_refund_request_donation_id", "refund_request", ["donation_id"])
    op.create_index("ix_refund_request_created_at", "refund_request", ["created_at"])
    op.create_index("ix_refund_request_status_next_try_at", "refund_request", ["status", "next_try_at"])
    op.create_index(
        "ix_refund_request_under_way",
        "refund_request",
        ["donation_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )


def downgrade() -> None:
    op.drop_table("refund_request")


def _constraints() -> tuple[sa.Constraint, ...]:
    checks = {
        "answered_has_time": "(status = 'asking') = (answered_at IS NULL)",
        "tries_not_negative": "tries >= 0",
        "amount_is_positive": "amount > 0",
        "currency_is_iso": "currency = lower(currency) AND length(currency) = 3",
        "accepted_names_refund": "(status = 'accepted') = (stripe_refund_id IS NOT NULL)",
    }
    unique = ("reference", "nonce", "idempotency_key", "stripe_refund_id")
    return (
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_refund_request_{name}"))
            for name, check in checks.items()
        ),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_refund_request_{name}")) for name in unique),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_refund_request_donation_id_donation")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff_user.id"], name=op.f("fk_refund_request_asked_by_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_request")),
    )


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
