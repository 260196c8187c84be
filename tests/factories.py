"""Rows for tests, each believable by default; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.disputes import DisputeStatus
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.movements import MovementKind, annual_amount
from donations.domain.offline import OfflineMethod
from donations.domain.periods import local_day
from donations.domain.refunds import RefundReason, RefundStatus
from donations.domain.standing import Standing, is_terminal
from donations.models import (
    Checkout,
    Dispute,
    Donation,
    DonationSource,
    Movement,
    Refund,
    RefundRequest,
    StaffRole,
    StaffUser,
    StripeCustomer,
    Subscription,
    Supporter,
)
from donations.models.vault import Vault
from donations.services import adjustments, offline_gifts, refund_requests, supporters
from donations.services.offline_gifts import OfflineGift
from donations.services.refund_requests import RefundWish

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")
_numbers = count(1)


def make_supporter(
    session: Session, vault: Vault, *, email: str | None = None, name: str | None = None, at: datetime = NOON
) -> Supporter:
    supporter = supporters.find_or_add(session, vault, email or f"reader{next(_numbers)}@example.com", at)
    if name is not None:
        supporters.rename(supporter, vault, name)
    session.flush()
    return supporter


def make_checkout(
    session: Session,
    supporter: Supporter,
    *,
    status: CheckoutStatus = CheckoutStatus.OPEN,
    frequency: Frequency = Frequency.ONCE,
    amount: int = 5000,
    charge_amount: int | None = None,
    currency: str = "eur",
    at: datetime = NOON,
    **columns: object,
) -> Checkout:
    number = next(_numbers)
    values: dict[str, object] = {
        "reference": f"ref{number:019}",
        "supporter_id": supporter.id,
        "status": status,
        "frequency": frequency,
        "currency": currency,
        "gift_amount": amount,
        "charge_amount": amount if charge_amount is None else charge_amount,
        "wants_newsletter": False,
        "locale": "en",
        "nonce": f"nonce{number}",
        "idempotency_key": f"key{number}",
        "parameters_sealed": b"sealed",
        "stripe_session_id": f"cs_test_{number}",
        "stripe_url": f"http://127.0.0.1:12111/c/pay/cs_test_{number}",
        "created_at": at,
        "expires_at": at + timedelta(minutes=60),
    }
    row = Checkout(**(values | columns))
    session.add(row)
    session.flush()
    return row


def make_subscription(
    session: Session,
    supporter: Supporter,
    *,
    standing: Standing = Standing.ACTIVE,
    frequency: Frequency = Frequency.MONTHLY,
    amount: int = 1000,
    currency: str = "eur",
    at: datetime = NOON,
    has_paid: bool = True,
    checkout: Checkout | None = None,
    **columns: object,
) -> Subscription:
    number = next(_numbers)
    checkout = checkout or make_checkout(
        session,
        supporter,
        status=CheckoutStatus.PAID,
        frequency=frequency,
        amount=amount,
        currency=currency,
        at=at,
    )
    session.add(StripeCustomer(stripe_customer_id=f"cus_{number}", supporter_id=supporter.id, created_at=at))
    session.flush()
    values: dict[str, object] = {
        "stripe_subscription_id": f"sub_{number}",
        "stripe_customer_id": f"cus_{number}",
        "supporter_id": supporter.id,
        "checkout_id": checkout.id,
        "standing": standing,
        "frequency": frequency,
        "amount": amount,
        "currency": currency,
        "started_at": at,
        "first_paid_at": at if has_paid else None,
        "current_period_ends_at": at + timedelta(days=30 if frequency is Frequency.MONTHLY else 365),
        "ended_at": at if is_terminal(standing) else None,
        "recorded_at": at,
    }
    row = Subscription(**(values | columns))
    session.add(row)
    session.flush()
    return row


def make_donation(
    session: Session,
    supporter: Supporter,
    *,
    amount: int = 5000,
    currency: str = "eur",
    frequency: Frequency = Frequency.ONCE,
    at: datetime = NOON,
    checkout: Checkout | None = None,
    subscription: Subscription | None = None,
    fee: int | None = None,
    **columns: object,
) -> Donation:
    number = next(_numbers)
    values: dict[str, object] = {
        "supporter_id": supporter.id,
        "checkout_id": None if checkout is None else checkout.id,
        "subscription_id": None if subscription is None else subscription.id,
        "source": DonationSource.STRIPE,
        "frequency": frequency,
        "amount": amount,
        "currency": currency,
        "stripe_payment_intent_id": f"pi_{number}",
        "stripe_charge_id": f"ch_{number}",
        "settlement_currency": None if fee is None else currency,
        "settled_amount": None if fee is None else amount,
        "fee_amount": fee,
        "net_amount": None if fee is None else amount - fee,
        "settlement_recorded_at": None if fee is None else columns.get("recorded_at", at),
        "charged_at": at,
        "charged_on": local_day(at, ZONE),
        "recorded_at": at,
    }
    row = Donation(**(values | columns))
    session.add(row)
    session.flush()
    return row


def make_offline_donation(session: Session, supporter_id: int, *, amount: int = 5000) -> Donation:
    """Entered by staff: in cash, today."""
    gift = OfflineGift(Money(amount, "eur"), NOON.date(), OfflineMethod.CASH)
    supporter = session.get_one(Supporter, supporter_id)
    nonce = f"entry{next(_numbers)}"
    return offline_gifts.enter(session, supporter, gift, nonce=nonce, by=None, zone=ZONE, now=NOON)[0]


def make_refund(
    session: Session,
    donation: Donation,
    *,
    amount: int | None = None,
    status: RefundStatus = RefundStatus.SUCCEEDED,
    at: datetime = NOON,
) -> Refund:
    row = Refund(
        stripe_refund_id=f"re_{next(_numbers)}",
        donation_id=donation.id,
        amount=donation.amount if amount is None else amount,
        currency=donation.currency,
        status=status,
        refunded_at=at,
        refunded_on=local_day(at, ZONE),
        recorded_at=at,
    )
    session.add(row)
    if status is RefundStatus.SUCCEEDED:
        donation.refunded_amount += row.amount
    session.flush()
    adjustments.book_refund(session, row, zone=ZONE, now=at)
    return row


def make_staff_user(session: Session, **columns: object) -> StaffUser:
    """Of finance, unless `columns` say otherwise. Nobody logs in with it."""
    values: dict[str, object] = {
        "email": f"staff{next(_numbers)}@example.com",
        "name": "Anna Petrova",
        "role": StaffRole.FINANCE,
        "password_hash": "none",
        "is_active": True,
        "created_at": NOON,
    }
    row = StaffUser(**(values | columns))
    session.add(row)
    session.flush()
    return row


def make_refund_request(
    session: Session,
    donation: Donation,
    *,
    amount: int | None = None,
    reason: RefundReason = RefundReason.REQUESTED,
    by: StaffUser | None = None,
    at: datetime = NOON,
) -> RefundRequest:
    """Written down, and not made yet."""
    money = Money(donation.amount if amount is None else amount, donation.currency)
    asked_by = by or make_staff_user(session)
    wish = RefundWish(money, reason, f"nonce{next(_numbers)}", asked_by.id, "They asked us to")
    row, _is_new = refund_requests.begin(session, donation.id, wish, at)
    return row


def make_dispute(
    session: Session,
    donation: Donation,
    *,
    status: DisputeStatus = DisputeStatus.NEEDS_RESPONSE,
    at: datetime = NOON,
) -> Dispute:
    row = Dispute(
        stripe_dispute_id=f"du_{next(_numbers)}",
        donation_id=donation.id,
        amount=donation.amount,
        currency=donation.currency,
        status=status,
        opened_at=at,
        opened_on=local_day(at, ZONE),
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    adjustments.book_dispute(session, row, zone=ZONE, now=at)
    return row


def make_movement(session: Session, subscription: Subscription, **columns: object) -> Movement:
    """The gift begins to count, unless `columns` say otherwise."""
    values: dict[str, object] = {
        "supporter_id": subscription.supporter_id,
        "subscription_id": subscription.id,
        "kind": MovementKind.NEW,
        "currency": subscription.currency,
        "frequency": subscription.frequency,
        "annual_before": 0,
        "annual_amount": annual_amount(subscription.amount, subscription.frequency),
        "supporters": 1,
        "supporters_in_currency": 1,
        "occurred_at": subscription.started_at,
        "occurred_on": local_day(subscription.started_at, ZONE),
        "recorded_at": subscription.recorded_at,
    }
    row = Movement(**(values | columns))
    session.add(row)
    session.flush()
    return row
