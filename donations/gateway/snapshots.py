"""What Stripe's objects said when they were fetched: frozen, and in our words.

Currencies are lower-case, instants are aware and UTC, amounts are minor units as Stripe counts
them. A `reference` is our own random one, found where we put it; None means that the object did
not come from one of our checkouts. Statuses stay Stripe's words, as plain text: a new one must
reach sync and be quarantined there, not fail here.

Only what we rest on is taken over. No name, address, email or card detail ever enters a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class CheckoutSessionSnapshot:
    """One hosted checkout. `subscription_id` and `customer_id` are None until it completes."""

    id: str
    status: str
    """open, complete or expired."""
    payment_status: str
    """paid, unpaid or no_payment_required."""
    mode: str
    reference: str | None
    url: str | None
    """Where to send the reader; only while it is open."""
    amount_total: int | None
    currency: str | None
    payment_intent_id: str | None
    subscription_id: str | None
    customer_id: str | None
    is_livemode: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceSnapshot:
    """What a charge did to our balance, in the settlement currency: `net` is `amount` less `fee`."""

    id: str
    currency: str
    amount: int
    fee: int
    net: int


@dataclass(frozen=True, slots=True)
class ChargeSnapshot:
    """One try to take money. `balance` may come later than the success."""

    id: str
    payment_intent_id: str | None
    amount: int
    currency: str
    status: str
    amount_refunded: int
    balance: BalanceSnapshot | None
    created_at: datetime
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class InvoiceLink:
    """How a payment of a recurring gift finds its subscription, and so our checkout."""

    invoice_id: str
    subscription_id: str | None
    reference: str | None
    covers: timedelta | None
    """How long a time its longest line pays for: a month or a year, whatever the gift is by now."""


@dataclass(frozen=True, slots=True)
class PaymentIntentSnapshot:
    """One payment with its latest charge. `invoice` is looked up only where `reference` is None."""

    id: str
    status: str
    amount_received: int
    currency: str
    reference: str | None
    customer_id: str | None
    charge: ChargeSnapshot | None
    invoice: InvoiceLink | None
    created_at: datetime
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class SubscriptionSnapshot:
    """One recurring gift, with its only item.

    `cancel_at` or `cancels_at_period_end`: either one means that it ends; a cancellation in the
    portal sets the first alone. Paused collection leaves `status` active.
    """

    id: str
    customer_id: str
    status: str
    reference: str | None
    currency: str
    unit_amount: int
    quantity: int
    interval: str
    interval_count: int
    started_at: datetime
    current_period_ends_at: datetime | None
    cancel_at: datetime | None
    cancels_at_period_end: bool
    canceled_at: datetime | None
    ended_at: datetime | None
    cancellation_reason: str | None
    is_collection_paused: bool
    resumes_at: datetime | None
    latest_invoice_id: str | None
    item_id: str
    product_id: str
    payment_method_id: str | None
    """What is charged next: its own, or else its customer's default."""
    card_expires_on: date | None
    """The last day of the card's last month. Nothing else of a card is taken over, and this is not kept."""
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """One invoice with every payment made towards it; there may be several, or none."""

    id: str
    status: str | None
    subscription_id: str | None
    reference: str | None
    is_first: bool
    """Of its subscription: a first payment that fails begins nothing."""
    amount_paid: int
    currency: str
    attempts: int
    next_attempt_at: datetime | None
    needs_confirmation: bool
    """A payment towards it waits for the reader to answer their bank."""
    payment_intent_ids: tuple[str, ...]
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class InvoicePaymentSnapshot:
    """One payment towards one invoice; without a PaymentIntent when it was paid in another way."""

    id: str
    invoice_id: str
    payment_intent_id: str | None
    status: str
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """Money given back. Stripe's refunds do not say whether they are live; their charge does."""

    id: str
    payment_intent_id: str | None
    charge_id: str | None
    amount: int
    currency: str
    status: str | None
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """A payment that its bank has questioned."""

    id: str
    payment_intent_id: str | None
    charge_id: str
    amount: int
    currency: str
    status: str
    reason: str
    created_at: datetime
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class CustomerSnapshot:
    """Who is charged. Nothing of the person is taken over."""

    id: str
    is_deleted: bool
    payment_method_id: str | None
    """The default for their gifts."""
    is_livemode: bool


@dataclass(frozen=True, slots=True)
class PaymentMethodSnapshot:
    """A card or an account. When it changes, the gifts that it pays for are looked at."""

    id: str
    is_livemode: bool


Snapshot = (
    CheckoutSessionSnapshot
    | PaymentIntentSnapshot
    | ChargeSnapshot
    | SubscriptionSnapshot
    | InvoiceSnapshot
    | InvoicePaymentSnapshot
    | RefundSnapshot
    | DisputeSnapshot
    | CustomerSnapshot
    | PaymentMethodSnapshot
)
"""What `Gateway.fetch` returns, one type for each `ObjectKind`."""
