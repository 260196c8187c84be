"""keep what moved by month, too, so that what stood long ago is few lines

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEYS = ("currency", "frequency", "kind", "cause", "tag")
_SUMS = ("lines", "gifts", "annual", "supporters", "supporters_in_currency")


def upgrade() -> None:
    op.create_table(
        "month_movement",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint(
            "zone", "month", "currency", "frequency", "kind", "cause", "tag", name=op.f("pk_month_movement")
        ),
    )
    _add_up_days()


def downgrade() -> None:
    op.drop_table("month_movement")


def _add_up_days() -> None:
    """The days are there, so nothing needs to be built anew."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    month = "CAST(date_trunc('month', day) AS date)" if is_postgresql else "date(day, 'start of month')"
    keys, sums = ", ".join(_KEYS), ", ".join(f"SUM({name})" for name in _SUMS)
    op.execute(
        f"INSERT INTO month_movement (zone, month, {keys}, {', '.join(_SUMS)})"  # noqa: S608 - our own names
        f" SELECT zone, {month}, {keys}, {sums} FROM day_movement GROUP BY zone, {month}, {keys}"
    )
