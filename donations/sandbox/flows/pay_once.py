"""A one-time payment through Checkout.

charge.succeeded, payment_intent.succeeded, payment_intent.created, checkout.session.completed,
and charge.updated when the balance transaction is there.
"""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.flows.payment import Payer, schedule_aftermath, succeed
from donations.sandbox.objects.checkout_session import customer_details
from donations.sandbox.objects.customer import new_customer
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World


def complete(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    """`created` is the intent as it was made in this attempt, or None if an earlier one made it."""
    customer = find_or_make_customer(world, session, payer)
    method = new_payment_method(world, payer.instrument, email=payer.email)
    owned = {**intent, "customer": customer and customer["id"]}
    charge, paid = succeed(world, owned, method, payer, settles_at_once=False)
    done = world.store.save(
        as_completed(session, payer, payment_status="paid", customer=customer, payment_intent=paid["id"])
    )
    emit(world, "charge.succeeded", charge)
    if customer and session["customer"] is None:
        emit(world, "customer.created", customer)
    emit(world, "payment_intent.succeeded", paid)
    if created:
        emit(world, "payment_intent.created", created)
    emit(world, "checkout.session.completed", done)
    schedule(world, "attach_balance_transaction", charge["id"], delay=world.settings.settle_delay)
    schedule_aftermath(world, charge["id"], payer.instrument.behaviour, delay=world.settings.settle_delay)


def find_or_make_customer(world: World, session: Document, payer: Payer) -> Document | None:
    """The session's customer; a new one if it asks for one; nobody for a guest."""
    if session["customer"]:
        return world.store.get(session["customer"])
    if session["customer_creation"] == "always":
        locales = [session["locale"]] if session["locale"] not in {None, "auto"} else []
        return new_customer(world, email=payer.email, locales=locales)
    return None


def as_completed(
    session: Document, payer: Payer, *, payment_status: str, customer: Document | None, **ids: str
) -> Document:
    return {
        **session,
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
        "customer": customer["id"] if customer else None,
        "customer_details": customer_details(payer.email),
        "payment_status": payment_status,
        "status": "complete",
        "url": None,
        **ids,
    }
