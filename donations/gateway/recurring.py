"""Reading what Stripe says of recurring gifts: subscription, invoice and what was paid towards it."""

from __future__ import annotations

from collections.abc import Iterable

from donations.gateway.fields import Fields
from donations.gateway.payments import reference_in
from donations.gateway.snapshots import (
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    SubscriptionSnapshot,
)


def subscription(fields: Fields) -> SubscriptionSnapshot:
    """Raises UnexpectedAnswer unless it has one item at one fixed price, as all of ours do."""
    item = _only_item(fields)
    price = item.nested("price")
    recurring = price.nested("recurring")
    cancellation = fields.maybe_nested("cancellation_details")
    pause = fields.maybe_nested("pause_collection")
    return SubscriptionSnapshot(
        id=fields.text("id"),
        customer_id=fields.id_of("customer"),
        status=fields.text("status"),
        reference=reference_in(fields),
        currency=fields.text("currency"),
        unit_amount=price.whole("unit_amount"),
        quantity=item.whole("quantity"),
        interval=recurring.text("interval"),
        interval_count=recurring.whole("interval_count"),
        started_at=fields.instant("start_date"),
        current_period_ends_at=item.maybe_instant("current_period_end"),
        cancel_at=fields.maybe_instant("cancel_at"),
        cancels_at_period_end=fields.flag("cancel_at_period_end"),
        canceled_at=fields.maybe_instant("canceled_at"),
        ended_at=fields.maybe_instant("ended_at"),
        cancellation_reason=None if cancellation is None else cancellation.maybe_text("reason"),
        is_collection_paused=pause is not None,
        resumes_at=None if pause is None else pause.maybe_instant("resumes_at"),
        latest_invoice_id=fields.maybe_id_of("latest_invoice"),
        is_livemode=fields.flag("livemode"),
    )


def invoice(fields: Fields, payments: Iterable[Fields]) -> InvoiceSnapshot:
    """`payments` are all of its invoice payments, wherever they were found."""
    link = invoice_link(fields)
    paid_by = (payment.nested("payment").maybe_id_of("payment_intent") for payment in payments)
    return InvoiceSnapshot(
        id=link.invoice_id,
        status=fields.maybe_text("status"),
        subscription_id=link.subscription_id,
        reference=link.reference,
        amount_paid=fields.whole("amount_paid"),
        currency=fields.text("currency"),
        payment_intent_ids=tuple(intent_id for intent_id in paid_by if intent_id is not None),
        is_livemode=fields.flag("livemode"),
    )


def invoice_link(fields: Fields) -> InvoiceLink:
    """From an invoice to its subscription, whose metadata Stripe copies into `parent`."""
    parent = fields.maybe_nested("parent")
    details = None if parent is None else parent.maybe_nested("subscription_details")
    return InvoiceLink(
        invoice_id=fields.text("id"),
        subscription_id=None if details is None else details.maybe_id_of("subscription"),
        reference=(None if details is None else reference_in(details)) or reference_in(fields),
    )


def invoice_payment(fields: Fields) -> InvoicePaymentSnapshot:
    return InvoicePaymentSnapshot(
        id=fields.text("id"),
        invoice_id=fields.id_of("invoice"),
        payment_intent_id=fields.nested("payment").maybe_id_of("payment_intent"),
        status=fields.text("status"),
        is_livemode=fields.flag("livemode"),
    )


def _only_item(fields: Fields) -> Fields:
    items = fields.nested("items").rows()
    if len(items) != 1:
        raise fields.unexpected("items")
    return items[0]
