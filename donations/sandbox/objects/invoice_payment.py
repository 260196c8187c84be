"""Invoice payments: the only bridge between an invoice and the payment intents that paid it."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, list_objects
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.store import Condition
from donations.sandbox.world import World


def new_invoice_payment(world: World, invoice: Document, intent_id: str) -> Document:
    return world.store.save(
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": world.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent_id, "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def link(world: World, invoice: Document, intent: Document) -> Document:
    """Say which payment pays an invoice, and remember it: the API shows it only from the other side."""
    payment = new_invoice_payment(world, invoice, intent["id"])
    world.store.save(invoice, intent=intent["id"], payment=payment["id"])
    return payment


def mark_paid(world: World, payment: Document) -> Document:
    now = world.now()
    transitions = {**payment["status_transitions"], "paid_at": now}
    paid = {
        **payment,
        "amount_paid": payment["amount_requested"],
        "status": "paid",
        "status_transitions": transitions,
    }
    return world.store.save(paid)


def of_invoice(world: World, invoice: Document) -> Document:
    """The list that `expand[]=payments` includes."""
    found = world.store.search("invoice_payment", [Condition("invoice", invoice["id"])], limit=10)
    return as_list(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def list_(call: Call) -> Document:
    conditions = equal_to(call.parameters, "invoice", "status")
    payment = call.parameters.get("payment")
    if payment:
        conditions += [Condition(f"payment.{name}", value) for name, value in payment.items()]
    return list_objects(call.world, "invoice_payment", "/v1/invoice_payments", call.parameters, conditions)
