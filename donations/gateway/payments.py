"""Reading what Stripe says of single payments: session, intent, charge, refund, dispute."""

from __future__ import annotations

from donations.gateway.fields import Fields
from donations.gateway.snapshots import (
    BalanceSnapshot,
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    PaymentIntentSnapshot,
    RefundSnapshot,
)


def reference_in(metadata_of: Fields) -> str | None:
    """Our reference in an object's metadata, where we put it."""
    metadata = metadata_of.maybe_nested("metadata")
    return None if metadata is None else metadata.maybe_text("reference")


def reference_of_session(session: Fields) -> str | None:
    return session.maybe_text("client_reference_id") or reference_in(session)


def checkout_session(session: Fields) -> CheckoutSessionSnapshot:
    return CheckoutSessionSnapshot(
        id=session.text("id"),
        status=session.text("status"),
        payment_status=session.text("payment_status"),
        mode=session.text("mode"),
        reference=reference_of_session(session),
        url=session.maybe_text("url"),
        amount_total=session.maybe_whole("amount_total"),
        currency=session.maybe_text("currency"),
        payment_intent_id=session.maybe_id_of("payment_intent"),
        subscription_id=session.maybe_id_of("subscription"),
        customer_id=session.maybe_id_of("customer"),
        is_livemode=session.flag("livemode"),
        created_at=session.instant("created"),
        expires_at=session.instant("expires_at"),
    )


def payment_intent(intent: Fields, invoice: InvoiceLink | None) -> PaymentIntentSnapshot:
    """`intent` is fetched with `latest_charge.balance_transaction` expanded."""
    latest = intent.maybe_nested("latest_charge")
    return PaymentIntentSnapshot(
        id=intent.text("id"),
        status=intent.text("status"),
        amount_received=intent.whole("amount_received"),
        currency=intent.text("currency"),
        reference=reference_in(intent),
        customer_id=intent.maybe_id_of("customer"),
        charge=None if latest is None else charge(latest),
        invoice=invoice,
        created_at=intent.instant("created"),
        is_livemode=intent.flag("livemode"),
    )


def charge(fields: Fields) -> ChargeSnapshot:
    """`fields` come with `balance_transaction` expanded, where there is one yet."""
    settled = fields.maybe_nested("balance_transaction")
    return ChargeSnapshot(
        id=fields.text("id"),
        payment_intent_id=fields.maybe_id_of("payment_intent"),
        amount=fields.whole("amount"),
        currency=fields.text("currency"),
        status=fields.text("status"),
        amount_refunded=fields.whole("amount_refunded"),
        balance=None if settled is None else _balance(settled),
        created_at=fields.instant("created"),
        is_livemode=fields.flag("livemode"),
    )


def refund(fields: Fields) -> RefundSnapshot:
    return RefundSnapshot(
        id=fields.text("id"),
        payment_intent_id=fields.maybe_id_of("payment_intent"),
        charge_id=fields.maybe_id_of("charge"),
        amount=fields.whole("amount"),
        currency=fields.text("currency"),
        status=fields.maybe_text("status"),
        reason=fields.maybe_text("reason"),
        created_at=fields.instant("created"),
    )


def dispute(fields: Fields) -> DisputeSnapshot:
    return DisputeSnapshot(
        id=fields.text("id"),
        payment_intent_id=fields.maybe_id_of("payment_intent"),
        charge_id=fields.id_of("charge"),
        amount=fields.whole("amount"),
        currency=fields.text("currency"),
        status=fields.text("status"),
        reason=fields.text("reason"),
        created_at=fields.instant("created"),
        is_livemode=fields.flag("livemode"),
    )


def _balance(fields: Fields) -> BalanceSnapshot:
    return BalanceSnapshot(
        id=fields.text("id"),
        currency=fields.text("currency"),
        amount=fields.whole("amount"),
        fee=fields.whole("fee"),
        net=fields.whole("net"),
    )
