"""A SEPA debit: the session completes at once, the money days later, or never.

payment_intent.created, payment_intent.processing, charge.pending, checkout.session.completed with
`payment_status=unpaid`; then charge.succeeded, payment_intent.succeeded,
checkout.session.async_payment_succeeded, or charge.failed, payment_intent.payment_failed,
checkout.session.async_payment_failed.
"""

from __future__ import annotations

from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows import standing
from donations.sandbox.flows.pay_once import as_completed, find_or_make_customer
from donations.sandbox.flows.payment import Payer, as_succeeded
from donations.sandbox.flows.subscribe import (
    complete_session,
    emit_account_of,
    emit_people,
    pay_invoice_payment,
    sign_up,
)
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.balance_transaction import for_charge
from donations.sandbox.objects.charge import DEBIT_REFUSED, card_error, new_charge
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_DAYS_UNTIL_SETTLED = 5


def start_once(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    customer = find_or_make_customer(world, session, payer)
    method = new_payment_method(world, payer.instrument, email=payer.email)
    owned = {**intent, "customer": customer and customer["id"]}
    charge, waiting = _process(world, owned, method, payer)
    world.store.save(waiting, session=session["id"])
    done = world.store.save(
        as_completed(session, payer, payment_status="unpaid", customer=customer, payment_intent=waiting["id"])
    )
    if customer and session["customer"] is None:
        emit(world, "customer.created", customer)
    _emit_start(world, charge, waiting, created)
    emit(world, "checkout.session.completed", done)


def start(
    world: World, intent: Document, created: Document | None, method: Document, payer: Payer
) -> Document:
    """Without Checkout: an intent that the API confirms."""
    charge, waiting = _process(world, intent, method, payer)
    _emit_start(world, charge, waiting, created)
    return waiting


def start_subscription(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    """The subscription is active while its first debit is on its way, and its invoice stays open."""
    signup = sign_up(world, session, intent, payer)
    charge, waiting = _process(world, signup.intent, signup.method, payer)
    done = world.store.save(complete_session(session, payer, signup, "unpaid"))
    emit_people(world, signup)
    _emit_start(world, charge, waiting, created)
    emit(world, "checkout.session.completed", done)
    emit_account_of(world, signup)
    emit(world, "invoice.created", signup.draft)
    emit(world, "invoice.finalized", signup.open_invoice)


def settle(world: World, intent: Document) -> None:
    private = world.store.private(intent["id"])
    pending = world.store.get(intent["latest_charge"])
    charge = {**pending, "status": "succeeded", "balance_transaction": for_charge(world, pending)["id"]}
    paid = world.store.save(as_succeeded(intent, world.store.save(charge)))
    session = None
    if "session" in private:
        session = {**world.store.get(private["session"]), "payment_status": "paid"}
        world.store.save(session)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", paid)
    if "invoice" in private:
        invoice = invoices.mark_paid(world, world.store.get(private["invoice"]))
        emit(world, "invoice.paid", invoice)
        emit(world, "invoice.payment_succeeded", invoice)
        standing.after_payment(world, invoice)
    if session:
        emit(world, "checkout.session.async_payment_succeeded", session)
    if "invoice" in private:
        pay_invoice_payment(world, world.store.private(private["invoice"])["payment"])


def refuse(world: World, intent: Document) -> None:
    private = world.store.private(intent["id"])
    pending = world.store.get(intent["latest_charge"])
    charge = world.store.save(
        {
            **pending,
            "amount_captured": 0,
            "captured": False,
            "failure_code": DEBIT_REFUSED.code,
            "failure_message": DEBIT_REFUSED.message,
            "paid": False,
            "status": "failed",
        }
    )
    method = world.store.get(pending["payment_method"])
    failed = world.store.save(
        {
            **intent,
            "last_payment_error": card_error(DEBIT_REFUSED, charge["id"], method),
            "payment_method": None,
            "status": "requires_payment_method",
        }
    )
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", failed)
    if "invoice" in private:
        standing.note_failure(world, world.store.get(private["invoice"]))
    if "session" in private:
        emit(world, "checkout.session.async_payment_failed", world.store.get(private["session"]))


def _process(world: World, intent: Document, method: Document, payer: Payer) -> tuple[Document, Document]:
    charge = new_charge(
        world, intent, payer.instrument, payment_method=method["id"], email=payer.email, status="pending"
    )
    waiting = {
        **intent,
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "status": "processing",
    }
    schedule(world, "finish_debit", intent["id"], delay=_DAYS_UNTIL_SETTLED * 86400)
    return charge, world.store.save(waiting)


def finish(world: World, intent_id: str) -> None:
    """Days later, the bank says what the test IBAN stands for, unless the controls were faster."""
    intent = world.store.get(intent_id)
    if intent["status"] != "processing":
        return
    behaviour = world.store.private(intent["payment_method"])["behaviour"]
    (refuse if behaviour == Behaviour.DEBIT_FAILS else settle)(world, intent)


def _emit_start(world: World, charge: Document, intent: Document, created: Document | None) -> None:
    if created:
        emit(world, "payment_intent.created", created)
    emit(world, "payment_intent.processing", intent)
    emit(world, "charge.pending", charge)
