"""keep which payments failed, and which of them recovered

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_failure",
        sa.Column("id", BigId, nullable=False),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=False),
        sa.Column("subscription_id", BigId, nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.Column("failed_on", sa.Date(), nullable=False),
        sa.Column("needed_confirmation", sa.Boolean(), nullable=False),
        sa.Column("recovered_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "recovered_at IS NULL OR given_up_at IS NULL", name=op.f("ck_payment_failure_ends_in_one_way")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_payment_failure_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_failure")),
        sa.UniqueConstraint("stripe_invoice_id", name=op.f("uq_payment_failure_stripe_invoice_id")),
    )
    op.create_index("ix_payment_failure_failed_on", "payment_failure", ["failed_on"])
    op.create_index(op.f("ix_payment_failure_subscription_id"), "payment_failure", ["subscription_id"])


def downgrade() -> None:
    op.drop_table("payment_failure")
