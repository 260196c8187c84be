"""What we know of one supporter, for that supporter; their choices; and their wish to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.languages import Language, language_of
from donations.models import (
    Checkout,
    Donation,
    Erasure,
    GiftChange,
    OutboxMessage,
    Refund,
    Subscription,
    Supporter,
)
from donations.models.insert import insert_if_absent
from donations.models.vault import Vault
from donations.services import reader_sessions, supporters


@dataclass(frozen=True, slots=True)
class OwnChoices:
    """How letters are written to a supporter."""

    email: str
    name: str | None
    language: Language
    is_neutral: bool
    wants_newsletter: bool


def choices_of(session: Session, vault: Vault, supporter_id: int) -> OwnChoices:
    """Raises SealBroken."""
    row = session.get_one(Supporter, supporter_id)
    contact = supporters.contact_of(row, vault)
    return OwnChoices(
        email=contact.email,
        name=contact.name,
        language=language_of(row.language),
        is_neutral=row.neutral_subjects_since is not None,
        wants_newsletter=row.wants_newsletter,
    )


def choose(
    session: Session,
    supporter_id: int,
    now: datetime,
    *,
    language: Language,
    is_neutral: bool,
    wants_newsletter: bool,
) -> None:
    """Write letters so from now on."""
    row = session.get_one(Supporter, supporter_id, with_for_update=True)
    row.language = language.value
    row.wants_newsletter = wants_newsletter
    if not is_neutral:
        row.neutral_subjects_since = None
    elif row.neutral_subjects_since is None:
        row.neutral_subjects_since = now


def export(session: Session, vault: Vault, supporter_id: int) -> dict[str, Any]:
    """Everything, as plain values that JSON takes. Amounts are in minor units."""
    row = session.get_one(Supporter, supporter_id)
    contact = supporters.contact_of(row, vault)
    return {
        "email": contact.email,
        "name": contact.name,
        "language_of_letters": row.language,
        "neutral_subjects_since": _instant(row.neutral_subjects_since),
        "wants_newsletter": row.wants_newsletter,
        "known_since": _instant(row.created_at),
        "attempts_to_give": [_checkout(each) for each in _all(session, Checkout, supporter_id)],
        "recurring_gifts": [_subscription(each) for each in _all(session, Subscription, supporter_id)],
        "donations": [_donation(session, each) for each in _all(session, Donation, supporter_id)],
        "changes": [_change(each) for each in _changes(session, supporter_id)],
        "letters": [_letter(each) for each in _all(session, OutboxMessage, supporter_id)],
    }


def ask_erasure(session: Session, supporter_id: int, now: datetime) -> None:
    """Write the wish down, and end every login. Asking again changes nothing."""
    values = {"supporter_id": supporter_id, "asked_at": now, "tries": 0, "next_try_at": now}
    insert_if_absent(session, Erasure, values)
    reader_sessions.log_out_everywhere(session, supporter_id)


def is_erasure_asked(session: Session, supporter_id: int) -> bool:
    asked = select(func.count()).select_from(Erasure).where(Erasure.supporter_id == supporter_id)
    return bool(session.scalar(asked))


def _all(session: Session, model: type[Any], supporter_id: int) -> list[Any]:
    rows = select(model).where(model.supporter_id == supporter_id).order_by(model.id)
    return list(session.scalars(rows))


def _changes(session: Session, supporter_id: int) -> list[GiftChange]:
    return list(
        session.scalars(
            select(GiftChange)
            .join(Subscription, Subscription.id == GiftChange.subscription_id)
            .where(Subscription.supporter_id == supporter_id)
            .order_by(GiftChange.id)
        )
    )


def _checkout(row: Checkout) -> dict[str, Any]:
    origin = ("article", "placement", "campaign", "variant")
    utm = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
    return {
        "reference": row.reference,
        "status": row.status.value,
        "frequency": row.frequency.value,
        "amount": row.charge_amount,
        "currency": row.currency,
        "locale": row.locale,
        "began_at": _instant(row.created_at),
        "stripe_session": row.stripe_session_id,
        **{name: getattr(row, name) for name in (*origin, *utm) if getattr(row, name) is not None},
    }


def _subscription(row: Subscription) -> dict[str, Any]:
    return {
        "stripe_subscription": row.stripe_subscription_id,
        "stripe_customer": row.stripe_customer_id,
        "standing": row.standing.value,
        "frequency": row.frequency.value,
        "amount": row.amount,
        "currency": row.currency,
        "started_at": _instant(row.started_at),
        "cancels_at": _instant(row.cancels_at),
        "ended_at": _instant(row.ended_at),
        "end_reason": row.end_reason,
        "is_paused": row.is_collection_paused,
        "resumes_at": _instant(row.resumes_at),
    }


def _donation(session: Session, row: Donation) -> dict[str, Any]:
    refunds = session.scalars(select(Refund).where(Refund.donation_id == row.id).order_by(Refund.id))
    return {
        "charged_on": row.charged_on.isoformat(),
        "amount": row.amount,
        "currency": row.currency,
        "frequency": row.frequency.value,
        "source": row.source.value,
        "stripe_payment": row.stripe_payment_intent_id,
        "refunds": [{"amount": each.amount, "status": each.status.value} for each in refunds],
    }


def _change(row: GiftChange) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "status": row.status.value,
        "asked_at": _instant(row.created_at),
        "reason": None if row.reason is None else row.reason.value,
    }


def _letter(row: OutboxMessage) -> dict[str, Any]:
    return {"kind": row.kind, "status": row.status.value, "sent_at": _instant(row.sent_at)}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
