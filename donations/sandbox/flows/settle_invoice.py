"""What may be done with an invoice by hand: finalize it, pay it, or give it up."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows import cycle, standing
from donations.sandbox.flows.collect import collect, method_for
from donations.sandbox.flows.keep_method import refusal
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.charge import Decline
from donations.sandbox.objects.lookup import required
from donations.sandbox.objects.payment_method import of_customer
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_ASKED = Decline(
    "invoice_payment_intent_requires_action",
    None,
    "This payment requires additional user action before it can be completed successfully. Payment can be"
    " completed using the PaymentIntent associated with the invoice.",
)


def finalize(call: Call) -> Document:
    refuse_all_but(call.parameters, ["auto_advance"])
    world, invoice = _invoice(call)
    if invoice["status"] != "draft":
        raise ApiError("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    opened = cycle.finalize(world, invoice)
    if call.parameters.get("auto_advance", invoice["auto_advance"]):
        # Stripe charges about an hour later; the next thing that happens to it is that try.
        opened = world.store.save(
            {**opened, "auto_advance": True, "next_payment_attempt": world.now() + 3600}
        )
    return opened


def pay(call: Call) -> Document:
    """Recovery: what the retries did not get, perhaps with another payment method."""
    given = call.parameters
    refuse_all_but(given, ["off_session", "paid_out_of_band", "payment_method"])
    world, invoice = _invoice(call)
    if invoice["status"] == "paid":
        raise ApiError("Invoice is already paid")
    if invoice["status"] == "void":
        raise ApiError("Voided invoices cannot be paid")
    method = None
    if "payment_method" in given:
        method = of_customer(world, given["payment_method"], invoice["customer"])
    elif not given.get("paid_out_of_band") and invoice["amount_due"] and not method_for(world, invoice):
        raise ApiError(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a"
            " `default_payment_method` first."
        )
    if invoice["status"] == "draft":
        invoice = cycle.finalize(world, invoice)
    if given.get("paid_out_of_band"):
        return _pay_out_of_band(world, invoice)
    tried = collect(world, invoice, method=method, is_scheduled=False)
    if tried["status"] != "paid":
        _refuse(world, tried)
    return tried


def void(call: Call) -> Document:
    return _close(call, "void", "invoice.voided", {"open", "uncollectible"})


def mark_uncollectible(call: Call) -> Document:
    return _close(call, "uncollectible", "invoice.marked_uncollectible", {"open"})


def _close(call: Call, status: str, type: str, allowed: set[str]) -> Document:
    world, invoice = _invoice(call)
    if invoice["status"] not in allowed:
        raise ApiError(
            f"You can only pass in {' or '.join(sorted(allowed))} invoices. This invoice has a status of"
            f" {invoice['status']}."
        )
    closed = invoices.close(world, invoice, status)
    emit(world, type, closed)
    return closed


def _invoice(call: Call) -> tuple[World, Document]:
    invoice = required(call.world, "invoice", call.path["invoice"], "invoice")
    return in_time_of(call.world, invoice), invoice


def _pay_out_of_band(world: World, invoice: Document) -> Document:
    """By cheque or in cash: nothing is charged."""
    marked = invoices.mark_paid(world, invoice, attempts=invoice["attempt_count"])
    paid = world.store.save({**marked, "amount_paid_off_stripe": marked["amount_paid"]})
    emit(world, "invoice.payment_succeeded", paid)
    emit(world, "invoice.paid", paid)
    standing.after_payment(world, paid)
    return paid


def _refuse(world: World, invoice: Document) -> None:
    """Stripe's 402; a debit that is on its way is no refusal."""
    intent = world.store.get(world.store.private(invoice["id"])["intent"])
    if intent["status"] == "requires_action":
        raise refusal(_ASKED, leaves_traces=True)
    error = intent["last_payment_error"]
    if intent["status"] == "requires_payment_method" and error:
        reason = Decline(error["code"], error.get("decline_code"), error["message"])
        raise refusal(reason, leaves_traces=True)
