"""keep terminal states, money facts and tickets from going back

A cancelled subscription never revives, a paid checkout never reopens, what was charged is
never rewritten, and a ticket never forgets what was applied: held by the database too, so
that neither a bug nor a hand on the console can undo them.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# name, table, condition under which an UPDATE is refused, what it says
RULES = (
    (
        "subscription_stays_ended",
        "subscription",
        "OLD.standing IN ('canceled', 'incomplete_expired') AND NEW.standing <> OLD.standing",
        "an ended subscription never revives",
    ),
    (
        "checkout_stays_ended",
        "checkout",
        "OLD.status IN ('paid', 'expired', 'failed') AND NEW.status <> OLD.status",
        "an ended checkout never reopens",
    ),
    (
        "donation_money_is_fixed",
        "donation",
        "NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency OR NEW.charged_at <> OLD.charged_at"
        " OR NEW.source <> OLD.source"
        " OR COALESCE(NEW.stripe_payment_intent_id, '') <> COALESCE(OLD.stripe_payment_intent_id, '')",
        "the money facts of a donation never change",
    ),
    (
        "stripe_object_never_goes_back",
        "stripe_object",
        "NEW.generation < OLD.generation OR NEW.applied < OLD.applied",
        "a ticket never goes back",
    ),
)


def upgrade() -> None:
    for name, table, condition, message in RULES:
        for statement in _create(op.get_bind().dialect.name, name, table, condition, message):
            op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, _condition, _message in RULES:
        op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
        if is_postgresql:
            op.execute(f"DROP FUNCTION {name}()")


def _create(dialect: str, name: str, table: str, condition: str, message: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION {name}()",
        )
    return (
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    )
