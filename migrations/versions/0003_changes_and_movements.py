"""keep what supporters change, what moved, and what was issued

The ledger of movements begins with one line for each gift that counts today, dated by its first
payment: nothing earlier is known. It may only be added to, which triggers hold.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPENING = """
    INSERT INTO movement (supporter_id, subscription_id, kind, currency, annual_amount, supporters,
                          occurred_at, occurred_on, recorded_at)
    SELECT s.supporter_id, s.id, CASE WHEN s.id = f.id THEN 'new' ELSE 'upgraded' END, s.currency,
           CASE s.frequency WHEN 'annual' THEN s.amount ELSE s.amount * 12 END,
           CASE WHEN s.id = f.id THEN 1 ELSE 0 END, s.first_paid_at,
           COALESCE((SELECT MIN(d.charged_on) FROM donation d WHERE d.subscription_id = s.id),
                    DATE(s.first_paid_at)),
           CURRENT_TIMESTAMP
    FROM subscription s
    JOIN (SELECT supporter_id, MIN(id) AS id FROM subscription WHERE {counts} GROUP BY supporter_id) f
      ON f.supporter_id = s.supporter_id
    WHERE {counts_s}
"""
COUNTS = (
    "{0}standing IN ('active', 'past_due') AND {0}first_paid_at IS NOT NULL AND NOT {0}is_collection_paused"
)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("supporter_id", BigId, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(length=255), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_erasure_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_erasure_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("supporter_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "gift_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "amount",
                "frequency",
                "skip",
                "pause",
                "resume",
                "cancel",
                "undo_cancel",
                "use_card",
                "retry_payment",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "asking",
                "accepted",
                "refused",
                "lost",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.String(length=255), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("wanted_amount", BigId, nullable=True),
        sa.Column(
            "wanted_frequency",
            sa.Enum(
                "once",
                "monthly",
                "annual",
                name="wanted_frequency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "cannot_afford",
                "prefers_once",
                "needs_break",
                "editorial",
                "by_mistake",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("generation", BigId, nullable=True),
        sa.Column("problem", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "(status = 'asking') = (answered_at IS NULL)", name=op.f("ck_gift_change_answered_has_time")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_gift_change_tries_not_negative")),
        sa.CheckConstraint("wanted_amount > 0", name=op.f("ck_gift_change_wanted_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_gift_change_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_change")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_gift_change_idempotency_key")),
        sa.UniqueConstraint("nonce", name=op.f("uq_gift_change_nonce")),
        sa.UniqueConstraint("reference", name=op.f("uq_gift_change_reference")),
    )
    op.create_index(
        "ix_gift_change_status_next_try_at", "gift_change", ["status", "next_try_at"], unique=False
    )
    op.create_index(op.f("ix_gift_change_subscription_id"), "gift_change", ["subscription_id"], unique=False)

    op.create_table(
        "movement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supporter_id", BigId, nullable=False),
        sa.Column("subscription_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "reactivated",
                "upgraded",
                "downgraded",
                "paused",
                "resumed",
                "churned",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "voluntary",
                "payment_failure",
                "dispute",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "tag",
            sa.Enum(
                "switched_to_annual",
                "switched_to_monthly",
                name="tag",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("annual_amount", BigId, nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "annual_amount <> 0 OR kind = 'churned'", name=op.f("ck_movement_moves_something")
        ),
        sa.CheckConstraint(
            "cause IS NULL OR kind IN ('churned', 'downgraded')",
            name=op.f("ck_movement_only_ends_have_a_cause"),
        ),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_movement_currency_is_iso")
        ),
        sa.CheckConstraint("supporters BETWEEN -1 AND 1", name=op.f("ck_movement_supporters_is_one_head")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_movement_subscription_id_subscription")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_movement_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_occurred_on", "movement", ["occurred_on", "currency", "kind"], unique=False)
    op.create_index("ix_movement_subscription_id", "movement", ["subscription_id", "id"], unique=False)
    op.create_index("ix_movement_supporter_id", "movement", ["supporter_id", "id"], unique=False)

    op.create_table(
        "issued_document",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt", "statement", name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("supporter_id", BigId, nullable=False),
        sa.Column("donation_id", BigId, nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'receipt') = (donation_id IS NOT NULL) AND (kind = 'statement') = (year IS NOT NULL)",
            name=op.f("ck_issued_document_is_about_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_issued_document_donation_id_donation")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_issued_document_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issued_document")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_issued_document_donation_id")),
        sa.UniqueConstraint("supporter_id", "year", name=op.f("uq_issued_document_supporter_id_year")),
    )
    op.add_column("checkout", sa.Column("first_charge_at", UtcDateTime(), nullable=True))

    op.add_column("outbox_message", sa.Column("details", sa.Text(), nullable=True))
    op.add_column("outbox_message", sa.Column("skipped_at", UtcDateTime(), nullable=True))

    op.add_column(
        "stripe_customer", sa.Column("stripe_payment_method_id", sa.String(length=255), nullable=True)
    )

    op.add_column("subscription", sa.Column("cancels_at_period_end", sa.Boolean(), nullable=True))
    op.add_column("subscription", sa.Column("stripe_item_id", sa.String(length=255), nullable=True))
    op.add_column("subscription", sa.Column("stripe_product_id", sa.String(length=255), nullable=True))
    op.add_column("subscription", sa.Column("stripe_payment_method_id", sa.String(length=255), nullable=True))
    op.add_column("subscription", sa.Column("failing_invoice_id", sa.String(length=255), nullable=True))
    op.add_column("subscription", sa.Column("failing_since", UtcDateTime(), nullable=True))
    op.add_column("subscription", sa.Column("failing_next_try_at", UtcDateTime(), nullable=True))
    op.add_column("subscription", sa.Column("confirmation_asked_at", UtcDateTime(), nullable=True))
    op.add_column("subscription", sa.Column("kept_beside_others_at", UtcDateTime(), nullable=True))
    op.create_index(
        op.f("ix_subscription_stripe_payment_method_id"),
        "subscription",
        ["stripe_payment_method_id"],
        unique=False,
    )

    op.add_column("supporter", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("supporter", sa.Column("neutral_subjects_since", UtcDateTime(), nullable=True))
    op.add_column("supporter", sa.Column("suppressed_at", UtcDateTime(), nullable=True))
    op.add_column("supporter", sa.Column("suppression_reason", sa.String(length=16), nullable=True))
    op.add_column("supporter", sa.Column("erased_at", UtcDateTime(), nullable=True))

    op.execute(OPENING.format(counts=COUNTS.format(""), counts_s=COUNTS.format("s.")))
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def _guards(dialect: str) -> tuple[str, ...]:
    message = "movements are only ever added"
    if dialect == "postgresql":
        return (
            "CREATE FUNCTION movement_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$",
            "CREATE TRIGGER movement_is_kept BEFORE UPDATE OR DELETE ON movement FOR EACH ROW "
            "EXECUTE FUNCTION movement_is_kept()",
        )
    return tuple(
        f"CREATE TRIGGER movement_is_kept_from_{verb.lower()} BEFORE {verb} ON movement FOR EACH ROW "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("UPDATE", "DELETE")
    )


def downgrade() -> None:
    op.drop_column("supporter", "erased_at")
    op.drop_column("supporter", "suppression_reason")
    op.drop_column("supporter", "suppressed_at")
    op.drop_column("supporter", "neutral_subjects_since")
    op.drop_column("supporter", "language")

    op.drop_index(op.f("ix_subscription_stripe_payment_method_id"), table_name="subscription")
    op.drop_column("subscription", "kept_beside_others_at")
    op.drop_column("subscription", "confirmation_asked_at")
    op.drop_column("subscription", "failing_next_try_at")
    op.drop_column("subscription", "failing_since")
    op.drop_column("subscription", "failing_invoice_id")
    op.drop_column("subscription", "stripe_payment_method_id")
    op.drop_column("subscription", "stripe_product_id")
    op.drop_column("subscription", "stripe_item_id")
    op.drop_column("subscription", "cancels_at_period_end")

    op.drop_column("stripe_customer", "stripe_payment_method_id")

    op.drop_column("outbox_message", "skipped_at")
    op.drop_column("outbox_message", "details")

    op.drop_column("checkout", "first_charge_at")

    op.drop_table("issued_document")
    op.drop_index("ix_movement_supporter_id", table_name="movement")
    op.drop_index("ix_movement_subscription_id", table_name="movement")
    op.drop_index("ix_movement_occurred_on", table_name="movement")

    op.drop_table("movement")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION movement_is_kept()")
    op.drop_index(op.f("ix_gift_change_subscription_id"), table_name="gift_change")
    op.drop_index("ix_gift_change_status_next_try_at", table_name="gift_change")

    op.drop_table("gift_change")
    op.drop_table("erasure")
