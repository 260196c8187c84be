"""A recurring gift through Checkout that costs nothing today: its trial ends, or its day comes, later.

setup_intent.created, setup_intent.succeeded, payment_method.attached, customer.created,
checkout.session.completed, customer.updated, customer.subscription.created, invoice.created,
invoice.finalized, invoice.paid, invoice.payment_succeeded: the invoice is of nothing. The session
needs no payment, and a card that the bank refuses leaves it open.
"""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.flows import set_up
from donations.sandbox.flows.collect import settle_without_payment
from donations.sandbox.flows.pay_once import as_completed, find_or_make_customer
from donations.sandbox.flows.payment import Payer
from donations.sandbox.flows.subscribe import begin
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.objects.setup_intent import new_setup_intent
from donations.sandbox.objects.start import check_anchor, read_start
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_INSIDE = "subscription_data"
_SHORTEST_TRIAL = 48 * 3600


def as_due_today(lines: list[Document], data: dict[str, Any], now: int) -> list[Document]:
    """The lines with what of them is paid at once. Raises Stripe's 400 for a start that cannot be."""
    start = read_start(data, now, _INSIDE)
    check_anchor(start, lines, now, _INSIDE)
    if start.trial_end and start.trial_end < now + _SHORTEST_TRIAL and "trial_end" in data:
        raise invalid(
            "The `trial_end` date has to be at least 2 days in the future.", f"{_INSIDE}[trial_end]"
        )
    if start.anchor == now:
        return lines
    billed: list[Document] = []
    for line in lines:
        amount = round(line["amount_total"] * start.share(now, line["price"]["recurring"]))
        billed.append({**line, "amount_subtotal": amount, "amount_total": amount})
    return billed


def try_card(world: World, session: Document, payer: Payer) -> str:
    """Check and keep the card. Returns the status of the setup intent: `succeeded` completes the session."""
    intent, created = _intent_of(world, session)
    method = new_payment_method(world, payer.instrument, email=payer.email)
    tried = set_up.attempt(world, intent, method, created=created, is_authenticated=payer.is_authenticated)
    if tried["status"] == "requires_action":
        world.store.save(session, challenge={"email": payer.email, "instrument": payer.instrument.to_json()})
    if tried["status"] == "succeeded":
        _complete(world, session, tried, method, payer)
    return tried["status"]


def fail_challenge(world: World, session: Document) -> None:
    intent, _ = _intent_of(world, session)
    set_up.refuse(world, intent, world.store.get(intent["payment_method"]), set_up.UNAUTHENTICATED)


def last_error(world: World, session: Document) -> Document | None:
    intent = world.store.find(world.store.private(session["id"]).get("setup_intent", ""))
    return intent and intent["last_setup_error"]


def _intent_of(world: World, session: Document) -> tuple[Document, Document | None]:
    private = world.store.private(session["id"])
    if "setup_intent" in private:
        return world.store.get(private["setup_intent"]), None
    intent = new_setup_intent(world, {"payment_method_types": session["payment_method_types"]})
    world.store.save(session, setup_intent=intent["id"])
    return intent, intent


def _complete(world: World, session: Document, intent: Document, method: Document, payer: Payer) -> None:
    found = find_or_make_customer(world, session, payer)
    if found is None:
        raise AssertionError("a subscription session always makes a customer")
    customer, created = dict(found), None if session["customer"] else found
    world.store.save({**intent, "customer": customer["id"]})
    kept = world.store.save({**method, "customer": customer["id"]})
    private = world.store.private(session["id"])
    subscription, draft = begin(
        world, private["lines"], private["subscription_data"], customer, payment_method=kept["id"]
    )
    customer["currency"] = session["currency"]
    opened = invoices.finalize(world, draft, customer)
    subscription = world.store.save({**subscription, "latest_invoice": opened["id"]})
    done = as_completed(
        session, payer, payment_status="no_payment_required", customer=customer,
        invoice=opened["id"], subscription=subscription["id"],
    )  # fmt: skip
    emit(world, "payment_method.attached", kept)
    if created:
        emit(world, "customer.created", created)
    emit(world, "checkout.session.completed", world.store.save(done))
    if created:
        emit_update(world, "customer.updated", created, customer)
    emit(world, "customer.subscription.created", subscription)
    emit(world, "invoice.created", draft)
    emit(world, "invoice.finalized", opened)
    settle_without_payment(world, opened)
