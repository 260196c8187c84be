"""Gather what a receipt says, at the time when it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.periods import charge_dates, local_day
from donations.domain.standing import is_terminal
from donations.emails.envelope import Envelope, seal
from donations.emails.letterhead import Letterhead
from donations.emails.receipt import Receipt, write
from donations.models import Checkout, Donation, Subscription, Supporter
from donations.models.vault import Vault
from donations.services import supporters
from donations.services.outbox import Letter


def compose(
    session: Session, vault: Vault, letter: Letter, letterhead: Letterhead, zone: ZoneInfo, now: datetime
) -> EmailMessage:
    """The receipt of the payment that is the letter's cause. Raises SealBroken."""
    donation = session.scalars(
        select(Donation).where(Donation.stripe_payment_intent_id == letter.cause)
    ).one()
    contact = supporters.contact_of(session.get_one(Supporter, letter.supporter_id), vault)
    receipt = Receipt(
        amount=Money(donation.amount, donation.currency),
        frequency=donation.frequency,
        charged_on=donation.charged_on,
        reference=_reference(session, donation),
        next_charge_on=_next_charge_on(session, donation, zone),
        proof=None,
    )
    written = write(receipt, replace(letterhead, name=contact.name))
    return seal(written, Envelope(letterhead.sender, contact.email, letter.message_id, now))


def _reference(session: Session, donation: Donation) -> str:
    assert donation.checkout_id is not None
    return session.get_one(Checkout, donation.checkout_id).reference


def _next_charge_on(session: Session, donation: Donation, zone: ZoneInfo) -> date | None:
    """None where there is none. Before Stripe's new period is known it is reckoned from the first day."""
    if donation.subscription_id is None:
        return None
    subscription = session.get_one(Subscription, donation.subscription_id)
    if is_terminal(subscription.standing) or subscription.cancels_at is not None:
        return None
    ends_at = subscription.current_period_ends_at
    if ends_at is not None and local_day(ends_at, zone) > donation.charged_on:
        return local_day(ends_at, zone)
    started_on = local_day(subscription.started_at, zone)
    days = charge_dates(started_on, subscription.frequency)
    return next(day for day in days if day > donation.charged_on)
