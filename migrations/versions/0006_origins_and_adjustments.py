"""keep where gifts came from, what was taken back, and whole lines of the ledger

Reports as they were known on a day need every fact with the time at which it was learnt: refunds and
lost disputes become lines that are only ever added, a fee gets the time it was recorded, and a movement
says what the gift counted for before and in which rhythm. Earlier rows are filled from what they were.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = ("campaign", "article", "placement", "variant")
CHECKS = (
    "supporters_in_currency_is_one_head",
    "counts_for_no_less_than_nothing",
    "switches_to_another",
    "frequency",
    "switched_from",
)
FREQUENCIES = ("once", "monthly", "annual")

ORIGINS = """
    INSERT INTO origin (campaign, article, placement, variant)
    SELECT DISTINCT {words} FROM checkout
    WHERE (status = 'paid' OR EXISTS (SELECT 1 FROM subscription s WHERE s.checkout_id = checkout.id))
      AND COALESCE(campaign, article, placement, variant) IS NOT NULL AND {joined} <> ''
"""
OF_CHECKOUT = """
    UPDATE {table} SET origin_id = (
        SELECT o.id FROM origin o JOIN checkout c
          ON o.campaign = COALESCE(c.campaign, '') AND o.article = COALESCE(c.article, '')
         AND o.placement = COALESCE(c.placement, '') AND o.variant = COALESCE(c.variant, '')
        WHERE c.id = {table}.checkout_id)
    WHERE checkout_id IS NOT NULL
"""
REFUNDS = """
    INSERT INTO adjustment (donation_id, kind, stripe_id, amount, currency, occurred_at, occurred_on, recorded_at)
    SELECT donation_id, 'refund', stripe_refund_id, amount, currency, refunded_at, refunded_on, recorded_at
    FROM refund WHERE status = 'succeeded'
"""
DISPUTES = """
    INSERT INTO adjustment (donation_id, kind, stripe_id, amount, currency, occurred_at, occurred_on, recorded_at)
    SELECT donation_id, 'dispute', stripe_dispute_id, amount, currency, opened_at, opened_on, recorded_at
    FROM dispute WHERE status = 'lost'
"""
# A gift's rhythm at a line is today's, turned once for each switch that follows.
LINES = """
    WITH line AS (
        SELECT m.id, m.tag, s.frequency AS today,
               COALESCE(SUM(m.annual_amount) OVER (
                   PARTITION BY m.subscription_id ORDER BY m.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before,
               COALESCE(SUM(CASE WHEN m.tag IS NULL THEN 0 ELSE 1 END) OVER (
                   PARTITION BY m.subscription_id ORDER BY m.id
                   ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS switches,
               COALESCE(SUM(m.annual_amount) OVER (
                   PARTITION BY m.supporter_id, m.currency ORDER BY m.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held,
               m.annual_amount AS difference
        FROM movement m JOIN subscription s ON s.id = m.subscription_id
    ), told AS (
        SELECT id, tag, before, held, difference,
               CASE WHEN switches % 2 = 0 THEN today WHEN today = 'annual' THEN 'monthly' ELSE 'annual' END
                   AS rhythm
        FROM line
    )
    UPDATE movement SET
        annual_before = told.before,
        frequency = told.rhythm,
        switched_from = CASE
            WHEN told.tag IS NULL OR told.before = 0 THEN NULL
            WHEN told.rhythm = 'annual' THEN 'monthly' ELSE 'annual' END,
        supporters_in_currency =
            CASE WHEN told.held = 0 AND told.difference > 0 THEN 1
                 WHEN told.held > 0 AND told.held + told.difference = 0 AND told.difference <> 0 THEN -1
                 ELSE 0 END
    FROM told WHERE told.id = movement.id
"""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "origin",
        sa.Column("id", BigId, nullable=False),
        *(sa.Column(word, sa.String(length=100), nullable=False) for word in WORDS),
        sa.CheckConstraint(
            "campaign || article || placement || variant <> ''", name=op.f("ck_origin_names_something")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin")),
        sa.UniqueConstraint(*WORDS, name=op.f("uq_origin_campaign_article_placement_variant")),
    )
    op.execute(
        ORIGINS.format(
            words=", ".join(f"COALESCE({word}, '')" for word in WORDS),
            joined=" || ".join(f"COALESCE({word}, '')" for word in WORDS),
        )
    )
    key = "INTEGER" if dialect == "sqlite" else "BIGINT"
    for table in ("donation", "subscription"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN origin_id {key} "
            f"CONSTRAINT fk_{table}_origin_id_origin REFERENCES origin (id)"
        )
        op.execute(OF_CHECKOUT.format(table=table))

    op.add_column("donation", sa.Column("settlement_recorded_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE donation SET settlement_recorded_at = recorded_at WHERE fee_amount IS NOT NULL")
    op.create_index("ix_donation_charged_at", "donation", ["charged_at"])
    _add_adjustments()
    _widen_movements(dialect)
    op.drop_index("ix_payment_failure_failed_on", table_name="payment_failure")
    op.create_index("ix_payment_failure_failed_at", "payment_failure", ["failed_at"])


def _add_adjustments() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("donation_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("refund", "dispute", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_adjustment_takes_something")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_adjustment_currency_is_iso")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_adjustment_donation_id_donation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
    )
    op.create_index(op.f("ix_adjustment_donation_id"), "adjustment", ["donation_id"])
    op.create_index("ix_adjustment_occurred_at", "adjustment", ["occurred_at"])
    op.create_index("ix_adjustment_stripe_id", "adjustment", ["stripe_id"])
    op.execute(REFUNDS)
    op.execute(DISPUTES)
    for statement in _kept(op.get_bind().dialect.name, "adjustment", "adjustments are only ever added"):
        op.execute(statement)


def _widen_movements(dialect: str) -> None:
    """The ledger is open for its own migration only: its guards are taken off and put back."""
    for statement in _unguarded(dialect, "movement"):
        op.execute(statement)
    rhythm = sa.Enum(*FREQUENCIES, name="frequency", native_enum=False, create_constraint=True, length=32)
    earlier = sa.Enum(
        *FREQUENCIES, name="switched_from", native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table("movement") as table:
        table.drop_index("ix_movement_occurred_on")
        table.add_column(sa.Column("frequency", rhythm, nullable=True))
        table.add_column(sa.Column("switched_from", earlier, nullable=True))
        table.add_column(sa.Column("annual_before", BigId, nullable=True))
        table.add_column(sa.Column("supporters_in_currency", sa.Integer(), nullable=True))
    op.execute(LINES)
    with op.batch_alter_table("movement") as table:
        table.alter_column("frequency", existing_type=rhythm, nullable=False)
        table.alter_column("annual_before", existing_type=BigId, nullable=False)
        table.alter_column("supporters_in_currency", existing_type=sa.Integer(), nullable=False)
        table.create_check_constraint(
            op.f("ck_movement_supporters_in_currency_is_one_head"), "supporters_in_currency BETWEEN -1 AND 1"
        )
        table.create_check_constraint(
            op.f("ck_movement_counts_for_no_less_than_nothing"),
            "annual_before >= 0 AND annual_before + annual_amount >= 0",
        )
        table.create_check_constraint(
            op.f("ck_movement_switches_to_another"), "switched_from IS NULL OR switched_from <> frequency"
        )
        table.create_index("ix_movement_occurred_at", ["occurred_at"])
    for statement in _kept(dialect, "movement", "movements are only ever added"):
        op.execute(statement)


def _kept(dialect: str, table: str, message: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            f"CREATE OR REPLACE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$",
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION {table}_is_kept()",
        )
    return tuple(
        f"CREATE TRIGGER {table}_is_kept_from_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("UPDATE", "DELETE")
    )


def _unguarded(dialect: str, table: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (f"DROP TRIGGER {table}_is_kept ON {table}",)
    return tuple(f"DROP TRIGGER {table}_is_kept_from_{verb}" for verb in ("update", "delete"))


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.drop_index("ix_payment_failure_failed_at", table_name="payment_failure")
    op.create_index("ix_payment_failure_failed_on", "payment_failure", ["failed_on"])
    for statement in _unguarded(dialect, "movement"):
        op.execute(statement)
    with op.batch_alter_table("movement") as table:
        table.drop_index("ix_movement_occurred_at")
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_movement_{name}"), type_="check")
        for column in ("supporters_in_currency", "annual_before", "switched_from", "frequency"):
            table.drop_column(column)
        table.create_index("ix_movement_occurred_on", ["occurred_on", "currency", "kind"])
    for statement in _kept(dialect, "movement", "movements are only ever added"):
        op.execute(statement)
    op.drop_table("adjustment")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION adjustment_is_kept()")
    op.drop_index("ix_donation_charged_at", table_name="donation")
    op.drop_column("donation", "settlement_recorded_at")
    for table in ("subscription", "donation"):
        op.drop_column(table, "origin_id")
    op.drop_table("origin")
