"""count visits by the hour, and the steps towards a gift by the day

Triggers write the news of visits and checkouts, as they do of other facts. A checkout that is deleted is
counted as one that was opened in its hour: what came to nothing is kept for a week, its figure longer.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STEPS = ("appeal", "support", "checkout", "paid")
NAMES = ("campaign", "article", "placement", "variant")
EARLIER_KINDS = ("donation", "settlement", "adjustment", "movement", "failure", "subscription", "supporter")

# What is offered on the page of thanks follows no visit.
FOLLOWS_A_VISIT = "{new}.first_charge_at IS NULL"

# table, event, kind of news, and for which rows
NEWS = (
    ("visit_hour", "INSERT", "visit", "TRUE"),
    ("visit_hour", "UPDATE", "visit", "TRUE"),
    ("checkout", "INSERT", "checkout", FOLLOWS_A_VISIT),
    (
        "checkout",
        "UPDATE",
        "checkout",
        "{new}.status = 'paid' AND {old}.status <> 'paid' AND " + FOLLOWS_A_VISIT,
    ),
)


def upgrade() -> None:
    _create_tables()
    op.create_index("ix_checkout_created_at", "checkout", ["created_at"])
    _let_news_be_of((*EARLIER_KINDS, "visit", "checkout"))
    dialect = op.get_bind().dialect.name
    for number, (table, event, kind, rows) in enumerate(NEWS):
        for statement in _news(dialect, _name(number), table, event, kind, rows):
            op.execute(statement)
    for statement in _count_deleted(dialect):
        op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    triggers = [(_name(number), table) for number, (table, *_rest) in enumerate(NEWS)]
    for name, table in (*triggers, ("checkout_is_counted_when_deleted", "checkout")):
        op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
        if is_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.execute("DELETE FROM rollup_news WHERE kind IN ('visit', 'checkout')")
    _let_news_be_of(EARLIER_KINDS)
    op.drop_index("ix_checkout_created_at", table_name="checkout")
    op.drop_table("day_step")
    op.drop_table("visit_hour")


def _name(number: int) -> str:
    table, event, kind, _rows = NEWS[number]
    return f"rollup_news_of_{table}_{event.lower()}_{kind}"


def _let_news_be_of(kinds: tuple[str, ...]) -> None:
    """Change which kinds there are. SQLite must not look at the triggers, which name the table, while it
    is replaced."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("PRAGMA legacy_alter_table=ON")
    with op.batch_alter_table("rollup_news") as table:
        table.drop_constraint(op.f("ck_rollup_news_kind"), type_="check")
        table.create_check_constraint(op.f("ck_rollup_news_kind"), sa.column("kind").in_(kinds))
    if is_sqlite:
        op.execute("PRAGMA legacy_alter_table=OFF")


def _news(dialect: str, name: str, table: str, event: str, kind: str, rows: str) -> tuple[str, ...]:
    """As in 0007: a row of news for each row, on PostgreSQL by statement."""
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


def _count_deleted(dialect: str) -> tuple[str, ...]:
    """Add what is deleted to the hour in which it was opened: once, and once more where it was paid."""
    columns = ", ".join(("hour_at", "step", *NAMES))
    insert = f"INSERT INTO visit_hour ({columns}, number)"
    add = f"ON CONFLICT ({columns}) DO UPDATE SET number = visit_hour.number + excluded.number"
    if dialect == "sqlite":
        hour = "substr(OLD.created_at, 1, 13) || ':00:00.000000'"
        names = ", ".join(f"COALESCE(OLD.{name}, '')" for name in NAMES)
        each = "\n".join(
            f"{insert} SELECT {hour}, '{step}', {names}, 1 WHERE {condition} {add};"
            for step, condition in (("checkout", "TRUE"), ("paid", "OLD.status = 'paid'"))
        )
        return (
            "CREATE TRIGGER checkout_is_counted_when_deleted AFTER DELETE ON checkout FOR EACH ROW "
            f"WHEN {FOLLOWS_A_VISIT.format(new='OLD')} BEGIN {each} END",
        )
    hour = "date_trunc('hour', created_at, 'UTC')"
    names = ", ".join(f"COALESCE({name}, '')" for name in NAMES)
    numbers = ", ".join(str(number) for number in range(1, 3 + len(NAMES)))
    gone = "gone CROSS JOIN (VALUES ('checkout'), ('paid')) AS taken (step)"
    which = f"{FOLLOWS_A_VISIT.format(new='gone')} AND (taken.step = 'checkout' OR gone.status = 'paid')"
    counted = f"SELECT {hour}, taken.step, {names}, count(*) FROM {gone} WHERE {which}"  # noqa: S608 - all words are this file's own
    # In one order, as visits are stored, so that two never wait for each other.
    return (
        "CREATE FUNCTION checkout_is_counted_when_deleted() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {insert} {counted} GROUP BY {numbers} ORDER BY {numbers} {add}; RETURN NULL; END $$",
        "CREATE TRIGGER checkout_is_counted_when_deleted AFTER DELETE ON checkout REFERENCING OLD TABLE AS gone "
        "FOR EACH STATEMENT EXECUTE FUNCTION checkout_is_counted_when_deleted()",
    )


def _create_tables() -> None:
    op.create_table(
        "visit_hour",
        sa.Column("id", BigId, nullable=False),
        sa.Column("hour_at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.String(length=100), nullable=False) for name in NAMES),
        sa.Column("number", BigId, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_visit_hour_number_is_positive")),
        sa.CheckConstraint(sa.column("step").in_(STEPS), name=op.f("ck_visit_hour_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_hour")),
        sa.UniqueConstraint(
            "hour_at",
            "step",
            *NAMES,
            name=op.f("uq_visit_hour_hour_at_step_campaign_article_placement_variant"),
        ),
    )
    op.create_table(
        "day_step",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.String(length=100), nullable=False) for name in NAMES),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_day_step_number_is_positive")),
        sa.CheckConstraint(sa.column("step").in_(STEPS), name=op.f("ck_day_step_step")),
        sa.PrimaryKeyConstraint("zone", "day", "step", *NAMES, name=op.f("pk_day_step")),
    )
