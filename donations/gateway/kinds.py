"""Which of Stripe's objects we follow, and which events are about them.

An event is only a reason to look at its object again, so all that is taken from its type is the
kind of the object. Families are listed, not guessed from prefixes: `invoice.upcoming` is about an
invoice that has no id, and `charge.dispute.created` is not about a charge. Some of those listed
(`customer.subscription.past_due`) come as thin events only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ObjectKind(StrEnum):
    """Named as Stripe writes them in `object`."""

    CHECKOUT_SESSION = "checkout.session"
    PAYMENT_INTENT = "payment_intent"
    CHARGE = "charge"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    INVOICE_PAYMENT = "invoice_payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    CUSTOMER = "customer"
    PAYMENT_METHOD = "payment_method"


_FAMILIES: Final[Mapping[ObjectKind, tuple[str, ...]]] = {
    ObjectKind.CHECKOUT_SESSION: (
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
    ),
    ObjectKind.PAYMENT_INTENT: (
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.created",
        "payment_intent.partially_funded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
    ),
    ObjectKind.CHARGE: (
        "charge.captured",
        "charge.expired",
        "charge.failed",
        "charge.pending",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
    ),
    ObjectKind.SUBSCRIPTION: (
        "customer.subscription.active",
        "customer.subscription.cancel_at_changed",
        "customer.subscription.created",
        "customer.subscription.default_payment_method_changed",
        "customer.subscription.deleted",
        "customer.subscription.incomplete",
        "customer.subscription.incomplete_expired",
        "customer.subscription.item_added",
        "customer.subscription.item_price_changed",
        "customer.subscription.item_quantity_changed",
        "customer.subscription.item_removed",
        "customer.subscription.item_tax_rates_changed",
        "customer.subscription.past_due",
        "customer.subscription.paused",
        "customer.subscription.pending_update_applied",
        "customer.subscription.pending_update_expired",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "customer.subscription.trialing",
        "customer.subscription.unpaid",
        "customer.subscription.updated",
    ),
    ObjectKind.INVOICE: (
        "invoice.created",
        "invoice.deleted",
        "invoice.discount_added",
        "invoice.discount_removed",
        "invoice.finalization_failed",
        "invoice.finalized",
        "invoice.line_item_added",
        "invoice.line_item_pricing_changed",
        "invoice.line_item_quantity_changed",
        "invoice.line_item_removed",
        "invoice.marked_uncollectible",
        "invoice.overdue",
        "invoice.overpaid",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_attempt_required",
        "invoice.payment_failed",
        "invoice.payment_succeeded",
        "invoice.sent",
        "invoice.updated",
        "invoice.voided",
        "invoice.will_be_due",
    ),
    ObjectKind.INVOICE_PAYMENT: (
        "invoice_payment.canceled",
        "invoice_payment.open",
        "invoice_payment.paid",
    ),
    ObjectKind.REFUND: (
        "charge.refund.updated",
        "refund.created",
        "refund.failed",
        "refund.updated",
    ),
    ObjectKind.DISPUTE: (
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
    ),
    ObjectKind.CUSTOMER: ("customer.updated",),
    ObjectKind.PAYMENT_METHOD: (
        "payment_method.automatically_updated",
        "payment_method.updated",
    ),
}

_KIND_OF_TYPE: Final[Mapping[str, ObjectKind]] = {
    event_type: kind for kind, event_types in _FAMILIES.items() for event_type in event_types
}

_THIN_PREFIX: Final = "v1."


def kind_of_event(event_type: str, object_name: str | None) -> ObjectKind | None:
    """The kind of object to look at again; None when the event is to be set aside.

    `object_name` is what the body itself says: `data.object.object` of a snapshot event,
    `related_object.type` of a thin one. Type and name must agree, since the id that comes with
    the name is looked up as that kind.
    """
    kind = _KIND_OF_TYPE.get(event_type.removeprefix(_THIN_PREFIX))
    return kind if kind is not None and object_name == kind.value else None


_PREFIXES: Final[Mapping[str, ObjectKind]] = {
    "cs": ObjectKind.CHECKOUT_SESSION,
    "pi": ObjectKind.PAYMENT_INTENT,
    "ch": ObjectKind.CHARGE,
    "py": ObjectKind.CHARGE,
    "sub": ObjectKind.SUBSCRIPTION,
    "in": ObjectKind.INVOICE,
    "inpay": ObjectKind.INVOICE_PAYMENT,
    "re": ObjectKind.REFUND,
    "pyr": ObjectKind.REFUND,
    "du": ObjectKind.DISPUTE,
    "dp": ObjectKind.DISPUTE,
    "cus": ObjectKind.CUSTOMER,
    "pm": ObjectKind.PAYMENT_METHOD,
}


def kind_of_id(stripe_id: str) -> ObjectKind | None:
    """What an id is of, by its prefix; None where we don't follow such objects. For people's input:
    what Stripe sends says its kind itself."""
    return _PREFIXES.get(stripe_id.partition("_")[0])


def calls_to_fetch(kind: ObjectKind) -> int:
    """How many calls of Stripe's API a fresh copy of such an object may take."""
    return 2 if kind in _FETCHED_WITH_ANOTHER else 1


_FETCHED_WITH_ANOTHER: Final = frozenset({ObjectKind.PAYMENT_INTENT, ObjectKind.INVOICE})
"""What leads from a payment to its invoice, and back, is a list of its own."""
