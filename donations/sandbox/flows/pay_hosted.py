"""A giver pays an open invoice on its own page: answers the bank's question, or types another card.

What is paid here counts as a payment by hand, so the retries go on as planned until it succeeds. A
typed card is kept for the customer, as the intents of subscriptions ask for, and does not become
anybody's default; which of the customer's cards Stripe charges the next time is not checked.
"""

from __future__ import annotations

from donations.sandbox.cards import Instrument
from donations.sandbox.document import Document
from donations.sandbox.flows import authenticate, standing
from donations.sandbox.flows.collect import Bill, charge, make_bill
from donations.sandbox.flows.keep_method import attach_to
from donations.sandbox.flows.payment import Payer
from donations.sandbox.objects.payment_method import instrument_of, new_payment_method
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.world import World

PAYABLE = frozenset({"open", "uncollectible"})


def intent_of(world: World, invoice: Document) -> Document | None:
    """The payment that is to pay it; None while nobody has tried."""
    return world.store.find(world.store.private(invoice["id"]).get("intent", ""))


def is_asked(world: World, invoice: Document) -> bool:
    """Whether the bank's question waits for an answer."""
    intent = intent_of(world, invoice)
    return intent is not None and intent["status"] == "requires_action"


def answer(world: World, invoice: Document, *, passed: bool) -> Document:
    """The giver has answered the bank. Returns the invoice: paid, or open and in need of another card."""
    world = in_time_of(world, invoice)
    bill = make_bill(world, invoice)
    method = world.store.get(bill.intent["payment_method"])
    if not passed:
        authenticate.refuse(world, bill.intent, method)
        return standing.note_failure(world, invoice, is_scheduled=False)
    payer = Payer(method["billing_details"]["email"], instrument_of(world, method), is_authenticated=True)
    return _try(world, bill, method, payer)


def pay_with(world: World, invoice: Document, instrument: Instrument) -> Document:
    """Try a typed card. Returns the invoice: paid, or open with the reason in its payment's last error."""
    world = in_time_of(world, invoice)
    method = new_payment_method(world, instrument, email=invoice["customer_email"])
    payer = Payer(invoice["customer_email"], instrument)
    return _try(world, make_bill(world, invoice), method, payer)


def _try(world: World, bill: Bill, method: Document, payer: Payer) -> Document:
    tried = charge(world, bill, method, payer, is_scheduled=False)
    customer = world.store.get(tried["customer"])
    if tried["status"] == "paid" and method["customer"] is None and not customer.get("deleted"):
        attach_to(world, method, customer["id"])
    return tried
