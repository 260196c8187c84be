"""note of each supporter which currencies, frequencies and standings their gifts have

The list of supporters is filtered by them, and looked into the gifts of everybody for it. Both tables are
made anew and empty: the worker's next refresh fills them, because it finds that no zone was ever built.
Groups of supporters by their years are found and counted from an index alone.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WORDS = ("currencies", "frequencies", "standings")


def upgrade() -> None:
    _make_anew(*WORDS)
    _index_years("previous_year", "next_year", "supporter_id")


def downgrade() -> None:
    _make_anew()
    _index_years("next_year", "is_recurring")


def _make_anew(*words: str) -> None:
    op.drop_table("supporter_kinds")
    op.drop_table("supporter_giving")
    _create_giving(*words)
    op.create_table(
        "supporter_kinds",
        sa.Column("kind", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", *words, name=op.f("pk_supporter_kinds")),
    )
    op.execute("UPDATE rollup_state SET zones = ''")


def _index_years(*columns: str) -> None:
    op.drop_index("ix_supporter_year_year", "supporter_year")
    op.create_index("ix_supporter_year_year", "supporter_year", ["year", *columns])


def _create_giving(*words: str) -> None:
    kinds = ("recurring", "former", "once", "never")
    op.create_table(
        "supporter_giving",
        sa.Column("supporter_id", BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("donations", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("origin_id", BigId, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.PrimaryKeyConstraint("supporter_id", name=op.f("pk_supporter_giving")),
    )
    op.create_index("ix_supporter_giving_kind", "supporter_giving", ["kind", "seen_at", "supporter_id"])
    op.create_index("ix_supporter_giving_last_on", "supporter_giving", ["last_on", "kind"])
    covered = ("kind", *words) if words else ()
    op.create_index("ix_supporter_giving_seen_at", "supporter_giving", ["seen_at", "supporter_id", *covered])
