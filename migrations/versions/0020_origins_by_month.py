"""keep by month, too, what gifts of each origin brought, so that a campaign's years are few lines

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WORD = 32
_TABLES = {
    "money_by_origin": (
        ("frequency", "source"),
        (
            *("donations", "gross", "settled_donations", "settled_gross", "fees"),
            *("refunds", "refunded", "disputes", "disputed"),
        ),
    ),
    "movement_by_origin": (
        ("frequency", "kind", "cause", "tag"),
        ("lines", "gifts", "annual", "supporters", "supporters_in_currency"),
    ),
}
"""The words of its key, and what is summed."""


def upgrade() -> None:
    for name, (words, sums) in _TABLES.items():
        _create(name, words, sums)
        _add_up_days(name, words, sums)


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(f"month_{name}")


def _create(name: str, words: tuple[str, ...], sums: tuple[str, ...]) -> None:
    op.create_table(
        f"month_{name}",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *(sa.Column(word, sa.String(length=_WORD), nullable=False) for word in words),
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(each, sa.BigInteger(), nullable=False) for each in sums),
        sa.PrimaryKeyConstraint(
            *("zone", "month", "currency", *words, "origin_id"), name=op.f(f"pk_month_{name}")
        ),
    )


def _add_up_days(name: str, words: tuple[str, ...], sums: tuple[str, ...]) -> None:
    """The days are there, so nothing needs to be built anew."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    month = "CAST(date_trunc('month', day) AS date)" if is_postgresql else "date(day, 'start of month')"
    keys, totals = ", ".join(("currency", *words, "origin_id")), ", ".join(f"SUM({each})" for each in sums)
    op.execute(
        f"INSERT INTO month_{name} (zone, month, {keys}, {', '.join(sums)})"  # noqa: S608 - our own names
        f" SELECT zone, {month}, {keys}, {totals} FROM day_{name} GROUP BY zone, {month}, {keys}"
    )
