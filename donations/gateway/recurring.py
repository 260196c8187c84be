"""Reading what Stripe says of recurring gifts: subscription, invoice and what was paid towards it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from donations.gateway.fields import Fields
from donations.gateway.payments import reference_in
from donations.gateway.snapshots import (
    CustomerSnapshot,
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentMethodSnapshot,
    SubscriptionSnapshot,
)


def subscription(fields: Fields) -> SubscriptionSnapshot:
    """Raises UnexpectedAnswer unless it has one item at one fixed price, as all of ours do."""
    item = _only_item(fields)
    price = item.nested("price")
    recurring = price.nested("recurring")
    cancellation = fields.maybe_nested("cancellation_details")
    pause = fields.maybe_nested("pause_collection")
    method = _charged_next(fields)
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
        item_id=item.text("id"),
        product_id=price.id_of("product"),
        payment_method_id=None if method is None else method.text("id"),
        card_expires_on=None if method is None else _card_expires_on(method),
        is_livemode=fields.flag("livemode"),
    )


def invoice(fields: Fields, payments: Iterable[Fields]) -> InvoiceSnapshot:
    """`payments` are all of its invoice payments, each with its payment intent expanded."""
    link = invoice_link(fields)
    made = [payment.nested("payment") for payment in payments]
    intents = [intent for each in made if (intent := each.maybe_nested("payment_intent")) is not None]
    return InvoiceSnapshot(
        id=link.invoice_id,
        status=fields.maybe_text("status"),
        subscription_id=link.subscription_id,
        reference=link.reference,
        is_first=fields.maybe_text("billing_reason") == "subscription_create",
        amount_paid=fields.whole("amount_paid"),
        currency=fields.text("currency"),
        attempts=fields.whole("attempt_count"),
        next_attempt_at=fields.maybe_instant("next_payment_attempt"),
        needs_confirmation=any(intent.text("status") == "requires_action" for intent in intents),
        payment_intent_ids=tuple(intent.text("id") for intent in intents),
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
        covers=_covers(fields),
    )


def invoice_payment(fields: Fields) -> InvoicePaymentSnapshot:
    return InvoicePaymentSnapshot(
        id=fields.text("id"),
        invoice_id=fields.id_of("invoice"),
        payment_intent_id=fields.nested("payment").maybe_id_of("payment_intent"),
        status=fields.text("status"),
        is_livemode=fields.flag("livemode"),
    )


def customer(fields: Fields) -> CustomerSnapshot:
    """One that was deleted is answered as little more than its id."""
    is_deleted = fields.is_set("deleted")
    settings = None if is_deleted else fields.maybe_nested("invoice_settings")
    return CustomerSnapshot(
        id=fields.text("id"),
        is_deleted=is_deleted,
        payment_method_id=None if settings is None else settings.maybe_id_of("default_payment_method"),
        is_livemode=False if is_deleted else fields.flag("livemode"),
    )


def payment_method(fields: Fields) -> PaymentMethodSnapshot:
    return PaymentMethodSnapshot(fields.text("id"), fields.flag("livemode"))


def _charged_next(fields: Fields) -> Fields | None:
    """The subscription's own payment method goes before its customer's; both come expanded."""
    own = fields.maybe_nested("default_payment_method")
    if own is not None:
        return own
    customer = fields.nested("customer")
    settings = None if customer.is_set("deleted") else customer.maybe_nested("invoice_settings")
    return None if settings is None else settings.maybe_nested("default_payment_method")


def _card_expires_on(method: Fields) -> date | None:
    card = method.maybe_nested("card")
    if card is None:
        return None
    month, year = card.whole("exp_month"), card.whole("exp_year")
    if not 1 <= month <= 12:
        raise card.unexpected("exp_month")
    return date(year, month, monthrange(year, month)[1])


def _covers(fields: Fields) -> timedelta | None:
    """The longest, because a line for a difference covers only what was left of a period."""
    lines = fields.maybe_nested("lines")
    periods = [] if lines is None else [line.nested("period") for line in lines.rows()]
    return max((each.instant("end") - each.instant("start") for each in periods), default=None)


def _only_item(fields: Fields) -> Fields:
    items = fields.nested("items").rows()
    if len(items) != 1:
        raise fields.unexpected("items")
    return items[0]
