"""Ask Stripe for a refund: our row first, with the exact request and its key, and only then Stripe.

One form asks for one refund, however often it is sent: the form's nonce is unique on the table. The
donation is never touched here; after Stripe has answered, the refund's ticket is marked, and what
Stripe then says of the refund is what is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.audit import AuditAction
from donations.domain.disputes import is_inquiry, is_lost
from donations.domain.disputes import is_open as is_undecided
from donations.domain.errors import DonationError, NotFound
from donations.domain.money import Money
from donations.domain.refunds import RefundReason, counts, is_open
from donations.domain.written_calls import CallStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.refund_parameters import refund_parameters
from donations.models import Dispute, Donation, DonationSource, Refund, RefundRequest
from donations.services import audit, inbox, written_calls
from donations.services.references import new_reference

_LOCALE: Final = "en"


class NotRefundable(DonationError):
    """This cannot be given back now; the sentence says why. For staff."""


class AskedAlready(DonationError):
    """The same form was sent before, with something else in it."""

    def __init__(self) -> None:
        super().__init__("This form was used for another refund already. Open a new one for this refund.")


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What staff want to give back of a donation."""

    money: Money
    reason: RefundReason
    nonce: str
    by: int
    note: str
    """For the audit log alone: it says why, and goes to nobody."""


@dataclass(frozen=True, slots=True)
class Call:
    """The one call that a refund is."""

    reference: str
    payment_intent_id: str
    parameters: Mapping[str, Any]
    idempotency_key: str
    created_at: datetime


def begin(session: Session, donation_id: int, wish: RefundWish, now: datetime) -> tuple[RefundRequest, bool]:
    """Write a refund down, or find the one that the same form wrote before; and whether it is new.

    Whoever wrote it makes the call at once. The row is leased to them meanwhile.
    Raises NotFound, NotRefundable, AskedAlready. The note must be an `audit.accepted_reason`.
    """
    donation = session.scalars(
        select(Donation).where(Donation.id == donation_id).with_for_update()
    ).one_or_none()
    if donation is None:
        raise NotFound("donation")
    earlier = session.scalar(select(RefundRequest).where(RefundRequest.nonce == wish.nonce))
    if earlier is not None:
        _check_same(earlier, donation, wish)
        return earlier, False
    check_refundable(session, donation, wish.money)
    request, is_new = written_calls.write(session, RefundRequest, _new_row(donation, wish, now))
    _note(session, request, wish, now)
    return request, is_new


def check_refundable(session: Session, donation: Donation, money: Money | None = None) -> Money:
    """What is left to be given back of a donation. Raises NotRefundable, also where `money` is more."""
    if donation.source is not DonationSource.STRIPE:
        raise NotRefundable("This gift did not come through Stripe, so Stripe cannot give it back.")
    if _is_disputed(session, donation):
        raise NotRefundable("The bank has disputed this donation. While it does, Stripe refuses a refund.")
    if _is_under_way(session, donation):
        raise NotRefundable("Another refund of this donation is under way. Wait until Stripe has answered.")
    left = left_of(session, donation)
    if not left.is_positive:
        raise NotRefundable("All of this donation has been given back, or is on its way back.")
    if money is not None and (money.currency != left.currency or money.amount > left.amount):
        raise NotRefundable(f"Of this donation {format_money(left, _LOCALE)} is left to be given back.")
    return left


def left_of(session: Session, donation: Donation) -> Money:
    """A donation less what went back, what is on its way, and what is asked for."""
    known = session.scalars(select(Refund).where(Refund.donation_id == donation.id))
    taken = sum(each.amount for each in known if counts(each.status) or is_open(each.status))
    # What Stripe has accepted and what is not looked at yet will be a row of the first kind.
    is_known = select(Refund.id).where(Refund.stripe_refund_id == RefundRequest.stripe_refund_id).exists()
    asked = session.scalar(
        select(func.sum(RefundRequest.amount)).where(
            RefundRequest.donation_id == donation.id,
            RefundRequest.status.in_((CallStatus.ASKING, CallStatus.ACCEPTED)),
            ~is_known,
        )
    )
    # SUM of nothing is NULL, and otherwise a Decimal on PostgreSQL.
    return Money(donation.amount - taken - int(asked or 0), donation.currency)


def call_of(request: RefundRequest) -> Call:
    """What to ask Stripe."""
    parameters: dict[str, Any] = json.loads(request.parameters)
    return Call(
        request.reference,
        parameters["payment_intent"],
        parameters,
        request.idempotency_key,
        request.created_at,
    )


def record_acceptance(
    session: Session, reference: str, stripe_refund_id: str, now: datetime, *, how: str | None = None
) -> None:
    """Stripe has made it: have the refund looked at, which alone takes something off the donation.

    `how` says how we know, where Stripe did not say so itself.
    """
    row = written_calls.get(session, RefundRequest, reference)
    if written_calls.answer(row, CallStatus.ACCEPTED, how, now):
        row.stripe_refund_id = stripe_refund_id
        inbox.mark(session, ObjectKind.REFUND, stripe_refund_id, now)


def record_refusal(session: Session, reference: str, problem: str, now: datetime) -> None:
    """Stripe would not: nothing was given back. The payment is looked at, for it is not as we believed."""
    row = written_calls.get(session, RefundRequest, reference)
    if written_calls.answer(row, CallStatus.REFUSED, problem, now):
        inbox.mark(session, ObjectKind.PAYMENT_INTENT, call_of(row).payment_intent_id, now)


def record_loss(session: Session, reference: str, problem: str, now: datetime) -> None:
    """No answer ever came, and Stripe has no such refund: nothing was given back."""
    written_calls.answer(written_calls.get(session, RefundRequest, reference), CallStatus.LOST, problem, now)


def record_silence(session: Session, reference: str, problem: str, again_at: datetime) -> None:
    """No answer came, or none that settles it: Stripe is looked at before the same call is made again."""
    written_calls.put_off(written_calls.get(session, RefundRequest, reference), problem, again_at)


def _note(session: Session, request: RefundRequest, wish: RefundWish, now: datetime) -> None:
    details = {
        "amount": format_money(wish.money, _LOCALE),
        "given as": wish.reason.value.replace("_", " "),
        "request": request.reference,
    }
    audit.record(
        session,
        AuditAction.ASK_REFUND,
        staff_user_id=wish.by,
        reason=wish.note,
        details=details,
        now=now,
    )


def _is_disputed(session: Session, donation: Donation) -> bool:
    """A bank's question is none yet: giving the money back answers it."""
    statuses = session.scalars(select(Dispute.status).where(Dispute.donation_id == donation.id))
    return any(is_lost(each) or (is_undecided(each) and not is_inquiry(each)) for each in statuses)


def _is_under_way(session: Session, donation: Donation) -> bool:
    statement = select(RefundRequest.id).where(
        RefundRequest.donation_id == donation.id, RefundRequest.status == CallStatus.ASKING
    )
    return session.scalar(statement.limit(1)) is not None


def _check_same(earlier: RefundRequest, donation: Donation, wish: RefundWish) -> None:
    known = (earlier.donation_id, earlier.amount, earlier.currency, earlier.reason)
    if known != (donation.id, wish.money.amount, wish.money.currency, wish.reason):
        raise AskedAlready


def _new_row(donation: Donation, wish: RefundWish, now: datetime) -> dict[str, Any]:
    assert donation.stripe_payment_intent_id is not None
    reference = new_reference()
    parameters = refund_parameters(
        donation.stripe_payment_intent_id, wish.money.amount, wish.reason, reference=reference
    )
    return written_calls.first_columns(wish.nonce, parameters, now, reference) | {
        "donation_id": donation.id,
        "amount": wish.money.amount,
        "currency": wish.money.currency,
        "reason": wish.reason,
        "asked_by": wish.by,
    }
