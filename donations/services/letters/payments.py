"""Letters about one payment: its receipt, what goes back of it, what a bank questions."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.documents.receipt import receipt_pdf
from donations.domain.gift_days import charges_to_come
from donations.domain.money import Money
from donations.domain.periods import charge_dates, local_day
from donations.domain.standing import is_terminal
from donations.emails import dispute, receipt, refund
from donations.emails.letterhead import Letterhead
from donations.models import Dispute, Donation, Refund, Subscription
from donations.services import issuing
from donations.services.letters.office import Enclosure, Office, Page
from donations.services.outbox import Letter
from donations.services.own_gifts import days_of


def paid(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    """The receipt, with its PDF, of the payment that is the letter's cause."""
    donation = session.scalars(
        select(Donation).where(Donation.stripe_payment_intent_id == letter.cause)
    ).one()
    document = issuing.receipt_document(
        session,
        office.vault,
        donation,
        name=head.name,
        statement_descriptor=office.statement_descriptor,
        zone=office.zone,
        now=now,
    )
    content = receipt.Receipt(
        amount=document.amount,
        frequency=document.frequency,
        charged_on=document.charged_on,
        reference=document.reference,
        next_charge_on=_next_charge_on(session, donation, office),
        proof=receipt.Proof(document.number, document.code),
    )
    pdf = Enclosure(document.filename, partial(receipt_pdf, document, office.publisher, head.language))
    return Page(partial(receipt.write, content, head), (pdf,))


def refunded(session: Session, _office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    row = session.scalars(select(Refund).where(Refund.stripe_refund_id == letter.cause)).one()
    donation = session.get_one(Donation, row.donation_id)
    content = refund_of(session, donation, Money(row.amount, row.currency))
    return Page(partial(refund.write, content, head))


def refund_of(session: Session, donation: Donation, money: Money) -> refund.Refund:
    """What stands in the letter about so much of a donation that goes back."""
    return refund.Refund(
        amount=money,
        paid=Money(donation.amount, donation.currency),
        charged_on=donation.charged_on,
        frequency=donation.frequency,
        reference=issuing.reference_of(session, donation),
    )


def disputed(session: Session, _office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    row = session.scalars(select(Dispute).where(Dispute.stripe_dispute_id == letter.cause)).one()
    donation = session.get_one(Donation, row.donation_id)
    content = dispute.Dispute(
        amount=Money(row.amount, row.currency),
        charged_on=donation.charged_on,
        frequency=donation.frequency,
        reference=issuing.reference_of(session, donation),
    )
    return Page(partial(dispute.write, content, head))


def _next_charge_on(session: Session, donation: Donation, office: Office) -> date | None:
    """None where there is none. Before Stripe's new period is known it is reckoned from the first day."""
    if donation.subscription_id is None:
        return None
    row = session.get_one(Subscription, donation.subscription_id)
    if is_terminal(row.standing) or row.cancels_at is not None:
        return None
    planned = next((day for day in charges_to_come(days_of(row, office.zone))), None)
    if planned is not None and planned > donation.charged_on:
        return planned
    days = charge_dates(local_day(row.started_at, office.zone), row.frequency)
    return next(day for day in days if day > donation.charged_on)
