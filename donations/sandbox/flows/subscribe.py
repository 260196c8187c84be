"""A recurring payment through Checkout: only a first payment that succeeds makes a subscription.

charge.succeeded, payment_method.attached, customer.created, checkout.session.completed,
customer.updated, customer.subscription.created, payment_intent.succeeded, payment_intent.created,
invoice.created, invoice.finalized, invoice.paid, invoice.payment_succeeded, later
invoice_payment.paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.flows.pay_once import as_completed, find_or_make_customer
from donations.sandbox.flows.payment import Payer, schedule_aftermath, succeed
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.invoice_line import line_of_item
from donations.sandbox.objects.invoice_payment import link, mark_paid
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.objects.start import read_start
from donations.sandbox.objects.subscription import new_subscription
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Signup:
    """Everything that a first payment brings into the world, before it is known how it went."""

    customer: Document
    created_customer: Document | None
    method: Document
    subscription: Document
    draft: Document
    open_invoice: Document
    invoice_payment: Document
    intent: Document


def sign_up(world: World, session: Document, intent: Document, payer: Payer) -> Signup:
    found = find_or_make_customer(world, session, payer)
    if found is None:
        raise AssertionError("a subscription session always makes a customer")
    customer, created = dict(found), None if session["customer"] else found
    method = new_payment_method(world, payer.instrument, email=payer.email, customer=customer["id"])
    private = world.store.private(session["id"])
    subscription, draft = begin(
        world, private["lines"], private["subscription_data"], customer, payment_method=method["id"]
    )
    customer["currency"] = session["currency"]
    opened = invoices.finalize(world, draft, customer)
    subscription = world.store.save({**subscription, "latest_invoice": opened["id"]})
    payment = link(world, opened, intent)
    owned = {**intent, "customer": customer["id"], "description": "Subscription creation"}
    world.store.save(owned, invoice=opened["id"], session=session["id"])
    return Signup(customer, created, method, subscription, draft, opened, payment, owned)


def begin(
    world: World,
    lines: list[Document],
    data: dict[str, Any],
    customer: Document,
    *,
    payment_method: str | None,
) -> tuple[Document, Document]:
    """A new subscription with the draft of its first invoice. Saves both and emits nothing."""
    now = world.now()
    start = read_start(data, now)
    subscription = new_subscription(
        world, lines, start, customer=customer, payment_method=payment_method, data=data
    )
    billed = [
        line_of_item(subscription, item, start.share(now, item["price"]["recurring"]))
        for item in subscription["items"]["data"]
    ]
    draft = invoices.new_draft(
        world, subscription, customer, reason="subscription_create", period_start=now, lines=billed
    )
    return subscription, draft


def complete(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    signup = sign_up(world, session, intent, payer)
    charge, paid = succeed(world, signup.intent, signup.method, payer, settles_at_once=True)
    invoice = invoices.mark_paid(world, signup.open_invoice)
    done = world.store.save(complete_session(session, payer, signup, "paid"))
    emit(world, "charge.succeeded", charge)
    emit_people(world, signup)
    emit(world, "checkout.session.completed", done)
    emit_account_of(world, signup)
    emit(world, "payment_intent.succeeded", paid)
    if created:
        emit(world, "payment_intent.created", created)
    emit(world, "invoice.created", signup.draft)
    emit(world, "invoice.finalized", signup.open_invoice)
    emit(world, "invoice.paid", invoice)
    emit(world, "invoice.payment_succeeded", invoice)
    schedule(world, "pay_invoice_payment", signup.invoice_payment["id"], delay=world.settings.settle_delay)
    schedule_aftermath(world, charge["id"], payer.instrument.behaviour, delay=world.settings.settle_delay)


def complete_session(session: Document, payer: Payer, signup: Signup, payment_status: str) -> Document:
    return as_completed(
        session,
        payer,
        payment_status=payment_status,
        customer=signup.customer,
        invoice=signup.open_invoice["id"],
        subscription=signup.subscription["id"],
    )


def emit_people(world: World, signup: Signup) -> None:
    emit(world, "payment_method.attached", signup.method)
    if signup.created_customer:
        emit(world, "customer.created", signup.created_customer)


def emit_account_of(world: World, signup: Signup) -> None:
    if signup.created_customer:
        emit_update(world, "customer.updated", signup.created_customer, signup.customer)
    emit(world, "customer.subscription.created", signup.subscription)


def pay_invoice_payment(world: World, invoice_payment_id: str) -> None:
    payment = world.store.get(invoice_payment_id)
    if payment["status"] == "open":
        emit(world, "invoice_payment.paid", mark_paid(world, payment))
