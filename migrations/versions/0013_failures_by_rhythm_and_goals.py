"""keep in which rhythm a payment failed, find disputes by day, and keep goals of campaigns

A gift may change its rhythm after a payment of it failed, so the failure says its own. Earlier ones are
taken to be of the rhythm that their gift has now. Each is news again, so that its day is counted anew.
What campaigns brought is found by origin, so that a goal costs its own days and no others.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BY_ORIGIN = ("day_money_by_origin", "day_movement_by_origin")
NEWS = "INSERT INTO rollup_news (kind, row_id)"
AGAIN = "INSERT INTO rollup_news (kind, row_id) SELECT 'failure', id FROM payment_failure"


def upgrade() -> None:
    _tell_rhythms()
    _count_days_anew("currency", "frequency")
    op.create_index("ix_dispute_opened_at", "dispute", ["opened_at"])
    for table in BY_ORIGIN:
        op.create_index(f"ix_{table}_origin_id", table, ["origin_id", "zone", "currency", "day"])
    _create_goals()


def downgrade() -> None:
    op.drop_table("goal")
    for table in BY_ORIGIN:
        op.drop_index(f"ix_{table}_origin_id", table_name=table)
    op.drop_index("ix_dispute_opened_at", table_name="dispute")
    with op.batch_alter_table("payment_failure") as table:
        table.drop_constraint(op.f("ck_payment_failure_frequency"), type_="check")
        table.drop_column("frequency")
    _tell_news_again()
    _count_days_anew("currency")


def _tell_rhythms() -> None:
    rhythm = sa.Enum(
        "once", "monthly", "annual", name="frequency", native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table("payment_failure") as table:
        table.add_column(sa.Column("frequency", rhythm, nullable=True))
    op.execute(
        "UPDATE payment_failure SET frequency ="
        " (SELECT s.frequency FROM subscription s WHERE s.id = payment_failure.subscription_id)"
    )
    with op.batch_alter_table("payment_failure") as table:
        table.alter_column("frequency", existing_type=rhythm, nullable=False)
    _tell_news_again()


def _tell_news_again() -> None:
    """SQLite built the table anew, without its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER rollup_news_of_payment_failure_{event.lower()}_failure AFTER {event}"
                f" ON payment_failure FOR EACH ROW WHEN TRUE BEGIN {NEWS} VALUES ('failure', NEW.id); END"
            )


def _count_days_anew(*keys: str) -> None:
    lengths = {"currency": 3, "frequency": 32}
    op.drop_table("day_failure")
    op.create_table(
        "day_failure",
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(key, sa.String(length=lengths[key]), nullable=False) for key in keys),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("needed_confirmation", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger(), nullable=False),
        sa.Column("recovered_in_time", sa.BigInteger(), nullable=False),
        sa.Column("given_up", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "day", *keys, name=op.f("pk_day_failure")),
    )
    op.execute(AGAIN)


def _create_goals() -> None:
    op.create_table(
        "goal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("campaign", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", BigId, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_goal_amount_is_positive")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_goal_currency_is_iso")
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_goal_begins_before_it_ends")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_goal_has_a_name")),
        sa.CheckConstraint("campaign <> ''", name=op.f("ck_goal_has_a_campaign")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff_user.id"], name=op.f("fk_goal_created_by_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff_user.id"], name=op.f("fk_goal_changed_by_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("name", name=op.f("uq_goal_name")),
    )
