"""sum what reports show by day, and note each fact that the sums have not taken in

Triggers write the news with the fact itself, so that no way of writing can forget it. The sums are
filled by the worker's first refresh, which finds that no zone was ever built.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# table, event, kind of news, and for which rows
NEWS = (
    ("donation", "INSERT", "donation", "TRUE"),
    ("donation", "INSERT", "settlement", "{new}.fee_amount IS NOT NULL"),
    ("donation", "UPDATE", "settlement", "{old}.fee_amount IS NULL AND {new}.fee_amount IS NOT NULL"),
    ("adjustment", "INSERT", "adjustment", "TRUE"),
    ("movement", "INSERT", "movement", "TRUE"),
    ("payment_failure", "INSERT", "failure", "TRUE"),
    ("payment_failure", "UPDATE", "failure", "TRUE"),
    ("subscription", "INSERT", "subscription", "TRUE"),
    ("subscription", "UPDATE", "subscription", "TRUE"),
    ("supporter", "INSERT", "supporter", "TRUE"),
)
TABLES = (
    "cohort_month", "day_failure", "day_money", "day_money_by_origin", "day_movement",
    "day_movement_by_origin", "day_settlement", "gift_state", "gift_states", "giving_years",
    "last_gift_day", "month_money", "origin_value", "rollup_news", "rollup_state", "supporter_giving",
    "supporter_kinds", "supporter_value", "supporter_year",
)  # fmt: skip


def upgrade() -> None:
    _create_tables()
    op.execute("INSERT INTO rollup_state (id, zones) VALUES (1, '')")
    for number, (table, event, kind, rows) in enumerate(NEWS):
        for statement in _trigger(op.get_bind().dialect.name, _name(number), table, event, kind, rows):
            op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for number, (table, *_rest) in enumerate(NEWS):
        name = _name(number)
        op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
        if is_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    for table in TABLES:
        op.drop_table(table)


def _name(number: int) -> str:
    table, event, kind, _rows = NEWS[number]
    return f"rollup_news_of_{table}_{event.lower()}_{kind}"


def _trigger(dialect: str, name: str, table: str, event: str, kind: str, rows: str) -> tuple[str, ...]:
    """One row of news for each row; on PostgreSQL by statement, so that a COPY of millions stays quick."""
    news = "INSERT INTO rollup_news (kind, row_id)"
    if dialect == "sqlite":
        return (
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW "
            f"WHEN {rows.format(old='OLD', new='NEW')} BEGIN {news} VALUES ('{kind}', NEW.id); END",
        )
    is_update = event == "UPDATE"
    among = "fresh JOIN stale ON stale.id = fresh.id" if is_update else "fresh"
    tables = "OLD TABLE AS stale NEW TABLE AS fresh" if is_update else "NEW TABLE AS fresh"
    chosen = f"SELECT '{kind}', fresh.id FROM {among} WHERE {rows.format(old='stale', new='fresh')}"  # noqa: S608 - all words are this file's own
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {news} {chosen}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def _create_tables() -> None:
    op.create_table(
        "cohort_month",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.Column("supporters_in_currency", sa.BigInteger(), nullable=False),
        sa.Column("annual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone", "cohort", "month", "known_on", "currency", name=op.f("pk_cohort_month")
        ),
    )
    op.create_table(
        "day_failure",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("needed_confirmation", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger(), nullable=False),
        sa.Column("recovered_in_time", sa.BigInteger(), nullable=False),
        sa.Column("given_up", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "day", "currency", name=op.f("pk_day_failure")),
    )
    op.create_table(
        "day_money",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("settled_donations", sa.BigInteger(), nullable=False),
        sa.Column("settled_gross", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("disputes", sa.BigInteger(), nullable=False),
        sa.Column("disputed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone", "day", "known_on", "currency", "frequency", "source", name=op.f("pk_day_money")
        ),
    )
    op.create_table(
        "day_money_by_origin",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("settled_donations", sa.BigInteger(), nullable=False),
        sa.Column("settled_gross", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("disputes", sa.BigInteger(), nullable=False),
        sa.Column("disputed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone",
            "day",
            "known_on",
            "currency",
            "frequency",
            "source",
            "origin_id",
            name=op.f("pk_day_money_by_origin"),
        ),
    )
    op.create_table(
        "day_movement",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("gifts", sa.BigInteger(), nullable=False),
        sa.Column("annual", sa.BigInteger(), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.Column("supporters_in_currency", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone",
            "day",
            "known_on",
            "currency",
            "frequency",
            "kind",
            "cause",
            "tag",
            name=op.f("pk_day_movement"),
        ),
    )
    op.create_table(
        "day_movement_by_origin",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("gifts", sa.BigInteger(), nullable=False),
        sa.Column("annual", sa.BigInteger(), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.Column("supporters_in_currency", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone",
            "day",
            "known_on",
            "currency",
            "frequency",
            "kind",
            "cause",
            "tag",
            "origin_id",
            name=op.f("pk_day_movement_by_origin"),
        ),
    )
    op.create_table(
        "day_settlement",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("settlement_currency", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("payments", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone",
            "day",
            "known_on",
            "settlement_currency",
            "currency",
            "frequency",
            "source",
            name=op.f("pk_day_settlement"),
        ),
    )
    op.create_table(
        "gift_state",
        sa.Column("subscription_id", BigId, autoincrement=False, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "failing",
                "paused",
                "waiting",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_ending", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "once",
                "monthly",
                "annual",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("annual", BigId, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_gift_state")),
    )
    op.create_index("ix_gift_state_due_on", "gift_state", ["due_on"])
    op.create_index("ix_gift_state_state", "gift_state", ["state", "due_on"])
    op.create_table(
        "gift_states",
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("is_ending", sa.Boolean(), nullable=False),
        sa.Column("gifts", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("annual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "due_on", "currency", "state", "frequency", "is_ending", name=op.f("pk_gift_states")
        ),
    )
    op.create_table(
        "giving_years",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("previous_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("next_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("is_recurring", sa.Boolean(), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "year", "previous_year", "next_year", "is_recurring", name=op.f("pk_giving_years")
        ),
    )
    op.create_table(
        "last_gift_day",
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("last_on", "kind", name=op.f("pk_last_gift_day")),
    )
    op.create_table(
        "origin_value",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("disputed", sa.BigInteger(), nullable=False),
        sa.Column("annual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("currency", "origin_id", name=op.f("pk_origin_value")),
    )
    op.create_table(
        "rollup_news",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "donation",
                "settlement",
                "adjustment",
                "movement",
                "failure",
                "subscription",
                "supporter",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("row_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_news")),
    )
    op.create_table(
        "rollup_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zones", sa.String(length=255), nullable=False),
        sa.Column("refreshed_at", UtcDateTime(), nullable=True),
        sa.Column("rebuilding_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_rollup_state_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_state")),
    )
    op.create_table(
        "supporter_giving",
        sa.Column("supporter_id", BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "recurring",
                "former",
                "once",
                "never",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("donations", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("origin_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("supporter_id", name=op.f("pk_supporter_giving")),
    )
    op.create_index("ix_supporter_giving_kind", "supporter_giving", ["kind", "seen_at", "supporter_id"])
    op.create_index("ix_supporter_giving_last_on", "supporter_giving", ["last_on", "kind"])
    op.create_index("ix_supporter_giving_seen_at", "supporter_giving", ["seen_at", "supporter_id"])
    op.create_table(
        "supporter_kinds",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("supporters", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_supporter_kinds")),
    )
    op.create_table(
        "supporter_value",
        sa.Column("supporter_id", BigId, autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("origin_id", BigId, nullable=False),
        sa.Column("donations", BigId, nullable=False),
        sa.Column("gross", BigId, nullable=False),
        sa.Column("fees", BigId, nullable=False),
        sa.Column("refunded", BigId, nullable=False),
        sa.Column("disputed", BigId, nullable=False),
        sa.Column("annual", BigId, nullable=False),
        sa.PrimaryKeyConstraint("supporter_id", "currency", name=op.f("pk_supporter_value")),
    )
    op.create_index(
        "ix_supporter_value_origin_id", "supporter_value", ["origin_id", "currency", "supporter_id"]
    )
    op.create_table(
        "supporter_year",
        sa.Column("supporter_id", BigId, autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("previous_year", sa.SmallInteger(), nullable=False),
        sa.Column("next_year", sa.SmallInteger(), nullable=False),
        sa.Column("is_recurring", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("supporter_id", "year", name=op.f("pk_supporter_year")),
    )
    op.create_index("ix_supporter_year_year", "supporter_year", ["year", "next_year", "is_recurring"])
    op.create_table(
        "month_money",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("settled_donations", sa.BigInteger(), nullable=False),
        sa.Column("settled_gross", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("disputes", sa.BigInteger(), nullable=False),
        sa.Column("disputed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "zone", "month", "currency", "frequency", "source", name=op.f("pk_month_money")
        ),
    )
