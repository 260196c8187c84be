"""count gifts by their amount, day and month, so that a median need not look at each

Where the sums were built before, they are built anew, which the worker does by itself.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_amount",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone", "day", "known_on", "currency", "frequency", "amount", name=op.f("pk_day_amount")
        ),
    )
    op.create_table(
        "month_amount",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone", "month", "currency", "frequency", "amount", name=op.f("pk_month_amount")
        ),
    )
    op.execute("UPDATE rollup_state SET zones = ''")


def downgrade() -> None:
    op.drop_table("month_amount")
    op.drop_table("day_amount")
