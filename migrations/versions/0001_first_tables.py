"""the first tables, as donations/models describes them

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lookup_key",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("master_key_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lookup_key")),
    )
    op.create_table(
        "staff_user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "supporter_care",
                "finance",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_staff_user_email_is_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_user_email")),
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_event_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=True),
        sa.Column("stripe_object_id", sa.String(length=255), nullable=True),
        sa.Column("api_version", sa.String(length=64), nullable=True),
        sa.Column("is_livemode", sa.Boolean(), nullable=False),
        sa.Column("is_thin", sa.Boolean(), nullable=False),
        sa.Column(
            "disposition",
            sa.Enum(
                "marked",
                "set_aside",
                "quarantined",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("stripe_event_id", name=op.f("uq_stripe_event_stripe_event_id")),
    )
    op.create_index(
        "ix_stripe_event_object", "stripe_event", ["object_kind", "stripe_object_id"], unique=False
    )
    op.create_index("ix_stripe_event_received_at", "stripe_event", ["received_at"], unique=False)
    op.create_table(
        "stripe_object",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("generation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("applied", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "applied BETWEEN 0 AND generation", name=op.f("ck_stripe_object_applied_within_generation")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_stripe_object_tries_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_object")),
        sa.UniqueConstraint("kind", "stripe_id", name=op.f("uq_stripe_object_kind_stripe_id")),
    )
    op.create_index(
        "ix_stripe_object_due",
        "stripe_object",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("applied < generation AND quarantined_at IS NULL"),
        postgresql_where=sa.text("applied < generation AND quarantined_at IS NULL"),
    )
    op.create_table(
        "supporter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("master_key_id", sa.String(length=64), nullable=False),
        sa.Column("wants_newsletter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(email_index) = 32", name=op.f("ck_supporter_email_index_is_hmac")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter")),
        sa.UniqueConstraint("email_index", name=op.f("uq_supporter_email_index")),
        sa.UniqueConstraint("reference", name=op.f("uq_supporter_reference")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries > 0", name=op.f("ck_throttle_tries_is_positive")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "checkout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("supporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "opening",
                "open",
                "processing",
                "paid",
                "unpaid",
                "expired",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
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
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gift_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wants_newsletter", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("parameters_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_session_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_url", sa.Text(), nullable=True),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_subscription_id", sa.String(length=255), nullable=True),
        sa.Column("article", sa.String(length=100), nullable=True),
        sa.Column("placement", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=100), nullable=True),
        sa.Column("variant", sa.String(length=100), nullable=True),
        sa.Column("utm_source", sa.String(length=100), nullable=True),
        sa.Column("utm_medium", sa.String(length=100), nullable=True),
        sa.Column("utm_campaign", sa.String(length=100), nullable=True),
        sa.Column("utm_content", sa.String(length=100), nullable=True),
        sa.Column("utm_term", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("charge_amount >= gift_amount", name=op.f("ck_checkout_charge_covers_gift")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_checkout_currency_is_iso")
        ),
        sa.CheckConstraint("gift_amount > 0", name=op.f("ck_checkout_gift_is_positive")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_checkout_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_checkout_idempotency_key")),
        sa.UniqueConstraint("nonce", name=op.f("uq_checkout_nonce")),
        sa.UniqueConstraint("reference", name=op.f("uq_checkout_reference")),
        sa.UniqueConstraint("stripe_session_id", name=op.f("uq_checkout_stripe_session_id")),
    )
    op.create_index("ix_checkout_status_expires_at", "checkout", ["status", "expires_at"], unique=False)
    op.create_index(
        op.f("ix_checkout_stripe_payment_intent_id"), "checkout", ["stripe_payment_intent_id"], unique=False
    )
    op.create_index(
        op.f("ix_checkout_stripe_subscription_id"), "checkout", ["stripe_subscription_id"], unique=False
    )
    op.create_index(op.f("ix_checkout_supporter_id"), "checkout", ["supporter_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=255), nullable=False),
        sa.Column("supporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_message_sent_has_time")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_outbox_message_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_outbox_message_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("kind", "cause", name=op.f("uq_outbox_message_kind_cause")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    op.create_index(
        "ix_outbox_message_status_next_try_at", "outbox_message", ["status", "next_try_at"], unique=False
    )
    op.create_index(op.f("ix_outbox_message_supporter_id"), "outbox_message", ["supporter_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_staff_session_token_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["staff_user_id"], ["staff_user.id"], name=op.f("fk_staff_session_staff_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_staff_user_id"), "staff_session", ["staff_user_id"], unique=False)
    op.create_table(
        "stripe_customer",
        sa.Column("stripe_customer_id", sa.String(length=255), nullable=False),
        sa.Column("supporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_stripe_customer_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("stripe_customer_id", name=op.f("pk_stripe_customer")),
    )
    op.create_index(
        op.f("ix_stripe_customer_supporter_id"), "stripe_customer", ["supporter_id"], unique=False
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_subscription_id", sa.String(length=255), nullable=False),
        sa.Column("stripe_customer_id", sa.String(length=255), nullable=False),
        sa.Column("supporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checkout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "incomplete",
                "incomplete_expired",
                "trialing",
                "active",
                "past_due",
                "unpaid",
                "paused",
                "canceled",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
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
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_period_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancels_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=64), nullable=True),
        sa.Column("is_collection_paused", sa.Boolean(), nullable=False),
        sa.Column("resumes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(standing IN ('canceled', 'incomplete_expired')) = (ended_at IS NOT NULL)",
            name=op.f("ck_subscription_ended_when_terminal"),
        ),
        sa.CheckConstraint("frequency <> 'once'", name=op.f("ck_subscription_is_recurring")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_subscription_amount_is_positive")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3",
            name=op.f("ck_subscription_currency_is_iso"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_subscription_checkout_id_checkout")
        ),
        sa.ForeignKeyConstraint(
            ["stripe_customer_id"],
            ["stripe_customer.stripe_customer_id"],
            name=op.f("fk_subscription_stripe_customer_id_stripe_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_subscription_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_subscription_checkout_id")),
        sa.UniqueConstraint("stripe_subscription_id", name=op.f("uq_subscription_stripe_subscription_id")),
    )
    op.create_index("ix_subscription_standing", "subscription", ["standing", "currency"], unique=False)
    op.create_index(op.f("ix_subscription_supporter_id"), "subscription", ["supporter_id"], unique=False)
    op.create_table(
        "donation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checkout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "source",
            sa.Enum("stripe", "offline", name="source", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
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
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_charge_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=True),
        sa.Column("settlement_currency", sa.String(length=3), nullable=True),
        sa.Column("settled_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("net_amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(source = 'stripe') = (stripe_payment_intent_id IS NOT NULL)",
            name=op.f("ck_donation_stripe_gives_payment_intent"),
        ),
        sa.CheckConstraint(
            "(fee_amount IS NULL) = (settlement_currency IS NULL) AND (fee_amount IS NULL) = (net_amount IS NULL) AND (fee_amount IS NULL) = (settled_amount IS NULL)",
            name=op.f("ck_donation_settlement_is_whole"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_donation_amount_is_positive")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_donation_currency_is_iso")
        ),
        sa.CheckConstraint(
            "refunded_amount BETWEEN 0 AND amount", name=op.f("ck_donation_refunded_within_amount")
        ),
        sa.CheckConstraint(
            "settled_amount - fee_amount = net_amount", name=op.f("ck_donation_net_is_settled_less_fee")
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_donation_checkout_id_checkout")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_donation_subscription_id_subscription")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_donation_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("stripe_charge_id", name=op.f("uq_donation_stripe_charge_id")),
        sa.UniqueConstraint("stripe_payment_intent_id", name=op.f("uq_donation_stripe_payment_intent_id")),
    )
    op.create_index(
        "ix_donation_charged_on", "donation", ["charged_on", "currency", "frequency"], unique=False
    )
    op.create_index(op.f("ix_donation_checkout_id"), "donation", ["checkout_id"], unique=False)
    op.create_index(op.f("ix_donation_stripe_invoice_id"), "donation", ["stripe_invoice_id"], unique=False)
    op.create_index(op.f("ix_donation_subscription_id"), "donation", ["subscription_id"], unique=False)
    op.create_index(
        "ix_donation_supporter_id_charged_at", "donation", ["supporter_id", "charged_at"], unique=False
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_dispute_id", sa.String(length=255), nullable=False),
        sa.Column("donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "warning_needs_response",
                "warning_under_review",
                "warning_closed",
                "needs_response",
                "under_review",
                "appeal_needs_response",
                "appeal_under_review",
                "won",
                "lost",
                "prevented",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dispute_amount_is_positive")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_dispute_currency_is_iso")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_dispute_donation_id_donation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_dispute_stripe_dispute_id")),
    )
    op.create_index(op.f("ix_dispute_donation_id"), "dispute", ["donation_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=False),
        sa.Column("donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "requires_action",
                "succeeded",
                "failed",
                "canceled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_is_positive")),
        sa.CheckConstraint(
            "currency = lower(currency) AND length(currency) = 3", name=op.f("ck_refund_currency_is_iso")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_refund_donation_id_donation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("stripe_refund_id", name=op.f("uq_refund_stripe_refund_id")),
    )
    op.create_index(op.f("ix_refund_donation_id"), "refund", ["donation_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_refund_donation_id"), table_name="refund")
    op.drop_table("refund")
    op.drop_index(op.f("ix_dispute_donation_id"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_index("ix_donation_supporter_id_charged_at", table_name="donation")
    op.drop_index(op.f("ix_donation_subscription_id"), table_name="donation")
    op.drop_index(op.f("ix_donation_stripe_invoice_id"), table_name="donation")
    op.drop_index(op.f("ix_donation_checkout_id"), table_name="donation")
    op.drop_index("ix_donation_charged_on", table_name="donation")
    op.drop_table("donation")
    op.drop_index(op.f("ix_subscription_supporter_id"), table_name="subscription")
    op.drop_index("ix_subscription_standing", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_stripe_customer_supporter_id"), table_name="stripe_customer")
    op.drop_table("stripe_customer")
    op.drop_index(op.f("ix_staff_session_staff_user_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_outbox_message_supporter_id"), table_name="outbox_message")
    op.drop_index("ix_outbox_message_status_next_try_at", table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_checkout_supporter_id"), table_name="checkout")
    op.drop_index(op.f("ix_checkout_stripe_subscription_id"), table_name="checkout")
    op.drop_index(op.f("ix_checkout_stripe_payment_intent_id"), table_name="checkout")
    op.drop_index("ix_checkout_status_expires_at", table_name="checkout")
    op.drop_table("checkout")
    op.drop_table("throttle")
    op.drop_table("supporter")
    op.drop_index(
        "ix_stripe_object_due",
        table_name="stripe_object",
        sqlite_where=sa.text("applied < generation AND quarantined_at IS NULL"),
        postgresql_where=sa.text("applied < generation AND quarantined_at IS NULL"),
    )
    op.drop_table("stripe_object")
    op.drop_index("ix_stripe_event_received_at", table_name="stripe_event")
    op.drop_index("ix_stripe_event_object", table_name="stripe_event")
    op.drop_table("stripe_event")
    op.drop_table("staff_user")
    op.drop_table("lookup_key")
