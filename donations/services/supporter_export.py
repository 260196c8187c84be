"""Everything that we hold about one supporter, as one document for them alone.

Each table names what of a row is shown and what is not, so that a column which is neither is noticed.
Amounts are in minor units, beside their currency; instants are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.models import (
    Adjustment,
    Base,
    Checkout,
    Dispute,
    Donation,
    Erasure,
    GiftChange,
    IssuedDocument,
    MagicLink,
    Movement,
    OutboxMessage,
    PaymentFailure,
    ReaderSession,
    Refund,
    RefundRequest,
    StripeCustomer,
    Subscription,
    Supporter,
)
from donations.models.vault import Vault
from donations.services import checkouts, supporters

Row = dict[str, Any]
M = TypeVar("M", bound=Base)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of a table's rows: these columns. `else_told` are told in another form, such as
    opened, or as the name of the row that a number leads to; `untold` say nothing about anybody."""

    columns: tuple[str, ...]
    else_told: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ONCE: Final = _words("nonce idempotency_key")
"""How we see to it that something is done once."""

SHOWN: Final[Mapping[type[Base], Shown]] = {
    Supporter: Shown(
        (
            "reference", "wants_newsletter", "language", "neutral_subjects_since", "suppressed_at",
            "suppression_reason", "erased_at", "created_at",
        ),
        else_told=_words("email_sealed name_sealed"),
        untold=_words("id email_index data_key_sealed master_key_id"),
    ),
    Checkout: Shown(
        (
            "reference", "status", "frequency", "currency", "gift_amount", "charge_amount",
            "wants_newsletter", "locale", "stripe_session_id", "stripe_url", "stripe_payment_intent_id",
            "stripe_subscription_id", "article", "placement", "campaign", "variant", "utm_source",
            "utm_medium", "utm_campaign", "utm_content", "utm_term", "created_at", "expires_at",
            "first_charge_at", "ended_at",
        ),
        # What Stripe was asked with is the address, the gift and its reference once more.
        else_told=_words("name_sealed parameters_sealed supporter_id"),
        untold=_ONCE | _words("id asked_at"),
    ),
    Subscription: Shown(
        (
            "stripe_subscription_id", "stripe_customer_id", "standing", "frequency", "amount", "currency",
            "started_at", "first_paid_at", "current_period_ends_at", "cancels_at",
            "cancels_at_period_end", "ended_at", "end_reason", "is_collection_paused", "resumes_at",
            "stripe_item_id", "stripe_product_id", "stripe_payment_method_id", "failing_invoice_id",
            "failing_since", "failing_next_try_at", "confirmation_asked_at", "kept_beside_others_at",
            "recorded_at",
        ),
        else_told=_words("supporter_id checkout_id origin_id"),
        untold=_words("id"),
    ),
    GiftChange: Shown(
        (
            "reference", "kind", "status", "wanted_amount", "wanted_frequency", "until", "reason",
            "parameters", "created_at", "answered_at", "problem",
        ),
        else_told=_words("subscription_id"),
        untold=_ONCE | _words("id generation next_try_at tries"),
    ),
    Movement: Shown(
        (
            "kind", "cause", "tag", "currency", "frequency", "switched_from", "annual_before",
            "annual_amount", "supporters", "occurred_at", "occurred_on", "recorded_at",
        ),
        else_told=_words("supporter_id subscription_id"),
        untold=_words("id supporters_in_currency"),
    ),
    PaymentFailure: Shown(
        (
            "stripe_invoice_id", "frequency", "failed_at", "failed_on", "needed_confirmation",
            "recovered_at", "given_up_at",
        ),
        else_told=_words("subscription_id"),
        untold=_words("id"),
    ),
    Donation: Shown(
        (
            "source", "method", "frequency", "amount", "currency", "refunded_amount",
            "stripe_payment_intent_id",
            "stripe_charge_id", "stripe_invoice_id", "settlement_currency", "settled_amount",
            "fee_amount", "net_amount", "settlement_recorded_at", "charged_at", "charged_on", "recorded_at",
        ),
        else_told=_words("supporter_id checkout_id subscription_id origin_id"),
        untold=_words("id entry_nonce"),
    ),
    Refund: Shown(
        (
            "stripe_refund_id", "amount", "currency", "status", "reason", "refunded_at", "refunded_on",
            "recorded_at",
        ),
        else_told=_words("donation_id"),
        untold=_words("id"),
    ),
    RefundRequest: Shown(
        (
            "reference", "amount", "currency", "status", "reason", "stripe_refund_id", "parameters",
            "created_at", "answered_at", "problem",
        ),
        else_told=_words("donation_id"),
        untold=_ONCE | _words("id asked_by next_try_at tries"),
    ),
    Dispute: Shown(
        (
            "stripe_dispute_id", "amount", "currency", "status", "reason", "opened_at", "opened_on",
            "recorded_at",
        ),
        else_told=_words("donation_id"),
        untold=_words("id"),
    ),
    Adjustment: Shown(
        ("kind", "stripe_id", "amount", "currency", "occurred_at", "occurred_on", "recorded_at"),
        else_told=_words("donation_id"),
        untold=_words("id"),
    ),
    IssuedDocument: Shown(
        ("number", "kind", "year", "issued_on", "issued_at"),
        else_told=_words("supporter_id donation_id"),
    ),
    OutboxMessage: Shown(
        (
            "kind", "cause", "message_id", "status", "created_at", "sent_at", "skipped_at", "details",
            "problem",
        ),
        else_told=_words("supporter_id"),
        untold=_words("id tries next_try_at"),
    ),
    StripeCustomer: Shown(
        ("stripe_customer_id", "stripe_payment_method_id", "created_at"), else_told=_words("supporter_id")
    ),
    MagicLink: Shown(
        ("wanted", "created_at", "expires_at", "used_at"),
        else_told=_words("request_reference supporter_id"),
        untold=_words("id token_hash"),
    ),
    ReaderSession: Shown(
        ("created_at", "last_seen_at", "expires_at"),
        else_told=_words("supporter_id"),
        untold=_words("id token_hash"),
    ),
    Erasure: Shown(
        ("asked_at", "finished_at", "problem"),
        else_told=_words("supporter_id"),
        untold=_words("tries next_try_at"),
    ),
}  # fmt: skip


def export(session: Session, vault: Vault, supporter_id: int, zone: ZoneInfo) -> Row:
    """All of it, of nobody else. Raises SealBroken where what is sealed cannot be opened."""
    supporter = session.get_one(Supporter, supporter_id)
    mine = _Own(session, supporter_id)
    return {
        "about": {
            "amounts": "in minor units (cents, pence) of the currency beside them",
            "instants": "ISO 8601, in UTC",
            "days": f"as in {zone.key}",
            "not_here": "Card details and the bank's answers are with Stripe alone. Of Stripe's notices we"
            " keep for some weeks which of these ids they were about, and when they came.",
        },
        "supporter": _supporter(supporter, vault),
        "gifts": [_row(each) | {"name": _name_given(each, supporter, vault)} for each in mine.rows(Checkout)],
        "subscriptions": [_subscription(session, each) for each in mine.rows(Subscription)],
        "donations": [_donation(session, each) for each in mine.rows(Donation)],
        "documents": _documents(mine),
        "letters": [_row(each) for each in mine.rows(OutboxMessage)],
        "stripe_customers": [_row(each) for each in mine.rows(StripeCustomer)],
        "links": [_row(each) for each in mine.rows(MagicLink)],
        "logins": [_row(each) for each in mine.rows(ReaderSession)],
        "erasure": [_row(each) for each in mine.rows(Erasure)],
    }


@dataclass(frozen=True, slots=True)
class _Own:
    """The rows of one supporter."""

    session: Session
    supporter_id: int

    def rows(self, model: type[M]) -> list[M]:
        return _rows(self.session, model, model.__table__.c.supporter_id == self.supporter_id)


def _rows(session: Session, model: type[M], condition: ColumnElement[bool]) -> list[M]:
    """As they came: in the order of their keys."""
    return list(session.scalars(select(model).where(condition).order_by(*model.__table__.primary_key)))


def _supporter(supporter: Supporter, vault: Vault) -> Row:
    if supporter.erased_at is not None:
        return {"email": None, "name": None} | _row(supporter)
    contact = supporters.contact_of(supporter, vault)
    return {"email": contact.email, "name": contact.name} | _row(supporter)


def _name_given(checkout: Checkout, supporter: Supporter, vault: Vault) -> str | None:
    return None if supporter.erased_at is not None else checkouts.name_of(checkout, supporter, vault)


def _subscription(session: Session, row: Subscription) -> Row:
    changes = _rows(session, GiftChange, GiftChange.subscription_id == row.id)
    movements = _rows(session, Movement, Movement.subscription_id == row.id)
    failures = _rows(session, PaymentFailure, PaymentFailure.subscription_id == row.id)
    return _row(row) | {
        "gift": session.get_one(Checkout, row.checkout_id).reference,
        "changes": [_row(each) | {"currency": row.currency} for each in changes],
        "movements": [_row(each) for each in movements],
        "failures": [_row(each) for each in failures],
    }


def _donation(session: Session, row: Donation) -> Row:
    gift = None if row.checkout_id is None else session.get_one(Checkout, row.checkout_id)
    recurring = None if row.subscription_id is None else session.get_one(Subscription, row.subscription_id)
    return _row(row) | {
        "gift": None if gift is None else gift.reference,
        "subscription": None if recurring is None else recurring.stripe_subscription_id,
        "refunds": [_row(each) for each in _rows(session, Refund, Refund.donation_id == row.id)],
        "refunds_asked_for": [
            _row(each) for each in _rows(session, RefundRequest, RefundRequest.donation_id == row.id)
        ],
        "disputes": [_row(each) for each in _rows(session, Dispute, Dispute.donation_id == row.id)],
        "taken_back": [_row(each) for each in _rows(session, Adjustment, Adjustment.donation_id == row.id)],
    }


def _documents(mine: _Own) -> list[Row]:
    payments = {each.id: each.stripe_payment_intent_id for each in mine.rows(Donation)}
    return [
        _row(each) | {"payment": None if each.donation_id is None else payments.get(each.donation_id)}
        for each in mine.rows(IssuedDocument)
    ]


def _row(row: Base) -> Row:
    return dict(_plain(row, SHOWN[type(row)].columns))


def _plain(row: Base, columns: Iterable[str]) -> Iterable[tuple[str, Any]]:
    for column in columns:
        value = getattr(row, column)
        match value:
            case Enum():
                yield column, value.value
            case datetime():
                yield column, value.astimezone(UTC).isoformat()
            case date():
                yield column, value.isoformat()
            case _:
                yield column, value
