"""Record donations: one for each succeeded payment, whose amount, currency and time are written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.gateway.snapshots import BalanceSnapshot, ChargeSnapshot
from donations.models import Donation, DonationSource
from donations.models.insert import insert_if_absent
from donations.services import rollups

log = structlog.get_logger("donations.services.donations")

_ID_BY_PAYMENT: Final = select(Donation.id).where(
    Donation.stripe_payment_intent_id == bindparam("payment_intent_id")
)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that succeeded, and whose it is. Amounts are in minor units."""

    payment_intent_id: str
    invoice_id: str | None
    supporter_id: int
    checkout_id: int | None
    subscription_id: int | None
    origin_id: int | None
    frequency: Frequency
    amount: int
    currency: str
    charged_at: datetime
    charged_on: date


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands in the row of a payment, from whichever copy of it was the first."""

    is_new: bool
    invoice_id: str | None
    charged_at: datetime


def record(session: Session, payment: Payment, charge: ChargeSnapshot | None, now: datetime) -> Recorded:
    """Keep the donation of a payment, with what its charge came to. The same payment again changes nothing
    but what was not known of its charge.

    A new one is a single INSERT. Raises Mismatch where it was recorded with other money, or where the fee
    does not account for the difference.
    """
    of_charge = {} if charge is None else _of_charge(charge, now)
    if insert_if_absent(session, Donation, _new_row(payment, now) | of_charge):
        return Recorded(True, payment.invoice_id, payment.charged_at)
    donation = session.scalars(_by_payment_intent(payment.payment_intent_id).with_for_update()).one()
    if (donation.amount, donation.currency) != (payment.amount, payment.currency):
        raise Mismatch("the payment was recorded with another amount")
    if donation.supporter_id != payment.supporter_id:
        raise Mismatch("the payment was recorded for another supporter")
    if charge is not None:
        settle(session, donation, charge, now)
    return Recorded(False, donation.stripe_invoice_id, donation.charged_at)


def is_recorded(session: Session, payment_intent_id: str) -> bool:
    return session.scalar(_ID_BY_PAYMENT, {"payment_intent_id": payment_intent_id}) is not None


def find_locked(session: Session, payment_intent_id: str | None, charge_id: str | None) -> Donation | None:
    """The donation of a payment or of its charge, held until the transaction ends."""
    if payment_intent_id is not None:
        return session.scalar(_by_payment_intent(payment_intent_id).with_for_update())
    if charge_id is None:
        return None
    return session.scalar(select(Donation).where(Donation.stripe_charge_id == charge_id).with_for_update())


def settle(session: Session, donation: Donation, charge: ChargeSnapshot, now: datetime) -> None:
    """Note the charge that paid, and what it came to on our balance once that is known. The row is locked.

    Stripe changes neither, so whichever object brings them first makes no difference. A row that says
    otherwise was damaged: it is brought back to what Stripe says, and the reports are summed anew.
    Raises Mismatch where the fee does not account for the difference.
    """
    was_settled = donation.settlement_recorded_at is not None
    told = _of_charge(charge, now)
    if was_settled:
        # When we learnt of it stays so, however it was damaged since.
        told.pop("settlement_recorded_at", None)
    differing = {name: value for name, value in told.items() if getattr(donation, name) != value}
    if not differing:
        return
    session.execute(update(Donation).where(Donation.id == donation.id).values(differing))
    if was_settled and differing.keys() - {"stripe_charge_id"}:
        log.warning("settlement_corrected")
        rollups.have_built_anew(session)


def _settlement(balance: BalanceSnapshot, now: datetime) -> dict[str, object]:
    if balance.amount - balance.fee != balance.net:
        raise Mismatch("the balance transaction does not add up")
    return {
        "settlement_currency": balance.currency,
        "settled_amount": balance.amount,
        "fee_amount": balance.fee,
        "net_amount": balance.net,
        "settlement_recorded_at": now,
    }


def _of_charge(charge: ChargeSnapshot, now: datetime) -> dict[str, object]:
    settlement = {} if charge.balance is None else _settlement(charge.balance, now)
    return {"stripe_charge_id": charge.id} | settlement


def _by_payment_intent(stripe_id: str) -> Select[Donation]:
    return select(Donation).where(Donation.stripe_payment_intent_id == stripe_id)


def _new_row(payment: Payment, now: datetime) -> dict[str, object]:
    return {
        "supporter_id": payment.supporter_id,
        "checkout_id": payment.checkout_id,
        "subscription_id": payment.subscription_id,
        "origin_id": payment.origin_id,
        "source": DonationSource.STRIPE,
        "frequency": payment.frequency,
        "amount": payment.amount,
        "currency": payment.currency,
        "refunded_amount": 0,
        "stripe_payment_intent_id": payment.payment_intent_id,
        "stripe_invoice_id": payment.invoice_id,
        "charged_at": payment.charged_at,
        "charged_on": payment.charged_on,
        "recorded_at": now,
    }
