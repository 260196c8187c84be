"""Ask for the money of an open invoice: once when it is finalized, and again when that failed.

A first try that succeeds: charge.succeeded, payment_intent.succeeded, payment_intent.created,
invoice.paid, invoice.payment_succeeded, invoice_payment.paid. One that fails:
payment_intent.created, charge.failed, payment_intent.payment_failed, invoice.payment_failed,
customer.subscription.updated (past_due). A retry that fails: charge.failed,
payment_intent.payment_failed, invoice.payment_failed, invoice.updated. Recovery: charge.succeeded,
payment_intent.succeeded, invoice.payment_succeeded, invoice.paid, customer.subscription.updated
(active), invoice_payment.paid. What a card that wants 3-D Secure tells instead is in `authenticate.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows import authenticate, debit, standing
from donations.sandbox.flows.payment import Payer, decline, schedule_aftermath, succeed
from donations.sandbox.flows.subscribe import pay_invoice_payment
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.invoice_payment import link
from donations.sandbox.objects.payment_intent import new_intent
from donations.sandbox.objects.payment_method import instrument_of
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

REFUSING = frozenset({Behaviour.FAILS_LATER, Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS})
FAILING = REFUSING | {Behaviour.CHALLENGE}
"""A card that wants 3-D Secure fails too while nobody is there to be asked."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An open invoice with the intent that is to pay it."""

    invoice: Document
    intent: Document
    created: Document | None
    """The intent as it was made for this try, or None if an earlier one made it."""


def collect(
    world: World,
    invoice: Document,
    *,
    method: Document | None = None,
    is_scheduled: bool = True,
    told: Document | None = None,
) -> Document:
    """One try. Returns the invoice as it is after it. `method` goes before the subscription's own.

    `told` is the subscription as the last event showed it, where that is not how it is now.
    """
    if invoice["amount_due"] == 0:
        return settle_without_payment(world, invoice)
    bill = make_bill(world, invoice)
    method = method or method_for(world, invoice)
    if method is None:
        if bill.created:
            emit(world, "payment_intent.created", bill.created)
        return standing.note_failure(world, invoice, is_scheduled=is_scheduled, told=told)
    payer = Payer(method["billing_details"]["email"], instrument_of(world, method))
    return charge(world, bill, method, payer, is_scheduled=is_scheduled, told=told)


def charge(
    world: World,
    bill: Bill,
    method: Document,
    payer: Payer,
    *,
    is_scheduled: bool,
    told: Document | None = None,
) -> Document:
    """One try with a known method. Returns the invoice as it is after it."""
    invoice = bill.invoice
    if payer.instrument.type == "sepa_debit":
        debit.start(world, bill.intent, bill.created, method, payer)
        return world.store.save({**invoice, "attempted": True, "next_payment_attempt": None})
    if payer.instrument.behaviour is Behaviour.CHALLENGE and not payer.is_authenticated:
        authenticate.ask(world, bill.intent, bill.created, method)
        return standing.note_failure(world, invoice, is_scheduled=is_scheduled, told=told, is_asked=True)
    if payer.instrument.behaviour in REFUSING:
        if bill.created:
            emit(world, "payment_intent.created", bill.created)
        decline(world, bill.intent, payer, method=method)
        return standing.note_failure(world, invoice, is_scheduled=is_scheduled, told=told)
    return _succeed(world, bill, payer, method, is_scheduled)


def make_bill(world: World, invoice: Document) -> Bill:
    """The invoice's one intent, made at the first try."""
    private = world.store.private(invoice["id"])
    if "intent" in private:
        return Bill(invoice, world.store.get(private["intent"]), None)
    is_first = invoice["billing_reason"] == "subscription_create"
    intent = new_intent(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        metadata={},
        capture_method="automatic",
        description="Subscription creation" if is_first else "Subscription update",
        off_session=True,
        invoice=invoice["id"],
    )
    link(world, invoice, intent)
    return Bill(invoice, intent, intent)


def method_for(world: World, invoice: Document) -> Document | None:
    """The subscription's own payment method, or else the customer's default."""
    parent: Document | None = invoice["parent"]
    named: str | None = None
    if parent:
        named = world.store.get(parent["subscription_details"]["subscription"])["default_payment_method"]
    if not named:
        customer = world.store.get(invoice["customer"])
        named = None if customer.get("deleted") else customer["invoice_settings"]["default_payment_method"]
    return world.store.find(named) if named else None


def settle_without_payment(world: World, invoice: Document) -> Document:
    """Nothing is due: a trial, or a balance that covers it all."""
    paid = invoices.mark_paid(world, invoice, attempts=invoice["attempt_count"])
    emit(world, "invoice.paid", paid)
    emit(world, "invoice.payment_succeeded", paid)
    standing.after_payment(world, paid)
    return paid


def _succeed(world: World, bill: Bill, payer: Payer, method: Document, is_scheduled: bool) -> Document:
    charge, paid = succeed(world, bill.intent, method, payer, settles_at_once=True)
    is_recovery = bill.invoice["attempt_count"] > 0
    counted = None if is_scheduled or not is_recovery else bill.invoice["attempt_count"]
    invoice = invoices.mark_paid(world, bill.invoice, attempts=counted)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", paid)
    if bill.created:
        emit(world, "payment_intent.created", bill.created)
    both = ["invoice.paid", "invoice.payment_succeeded"]
    for type in reversed(both) if is_recovery else both:
        emit(world, type, invoice)
    standing.after_payment(world, invoice)
    pay_invoice_payment(world, world.store.private(invoice["id"])["payment"])
    schedule_aftermath(world, charge["id"], payer.instrument.behaviour, delay=world.settings.settle_delay)
    return invoice
