"""The next cycle of a subscription, now.

customer.subscription.updated, invoice.created, invoice.finalized, charge.succeeded,
payment_intent.succeeded, payment_intent.created, invoice.paid, invoice.payment_succeeded,
invoice_payment.paid; or, with a card that fails, invoice.created, invoice.finalized,
payment_intent.created, charge.failed, payment_intent.payment_failed, invoice.payment_failed,
customer.subscription.updated (past_due).
"""

from __future__ import annotations

from donations.sandbox.cards import Behaviour, Instrument
from donations.sandbox.document import Document
from donations.sandbox.flows.payment import Payer, decline, succeed
from donations.sandbox.flows.subscribe import pay_invoice_payment
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.invoice_payment import new_invoice_payment
from donations.sandbox.objects.payment_intent import new_intent
from donations.sandbox.objects.subscription import end_now, with_next_period
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_DAYS_UNTIL_RETRY = 3
_FAILING = frozenset({Behaviour.FAILS_LATER, Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS})


def renew(world: World, before: Document) -> Document:
    """Charge the next period, or end the subscription if that is what its period end means."""
    if before["cancel_at"] and before["cancel_at"] <= before["items"]["data"][0]["current_period_end"]:
        return end_now(world, before, before["cancellation_details"]["reason"])
    advanced = with_next_period(before)
    customer = world.store.get(before["customer"])
    draft = invoices.new_draft(
        world,
        advanced,
        customer,
        reason="subscription_cycle",
        period_start=before["items"]["data"][0]["current_period_start"],
    )
    advanced["latest_invoice"] = draft["id"]
    payer, method = _payer(world, before)
    if payer.instrument.behaviour in _FAILING:
        return _fail(world, before, advanced, draft, payer, method)
    return _succeed(world, before, advanced, draft, payer, method)


def _succeed(
    world: World, before: Document, after: Document, draft: Document, payer: Payer, method: Document
) -> Document:
    emit_update(world, "customer.subscription.updated", before, world.store.save(after))
    opened, created = _bill(world, draft)
    charge, paid = succeed(world, created, method, payer, settles_at_once=True)
    invoice = invoices.mark_paid(world, opened)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", paid)
    emit(world, "payment_intent.created", created)
    emit(world, "invoice.paid", invoice)
    emit(world, "invoice.payment_succeeded", invoice)
    pay_invoice_payment(world, new_invoice_payment(world, opened, created["id"])["id"])
    return after


def _fail(
    world: World, before: Document, after: Document, draft: Document, payer: Payer, method: Document
) -> Document:
    opened, created = _bill(world, draft)
    new_invoice_payment(world, opened, created["id"])
    emit(world, "payment_intent.created", created)
    decline(world, created, payer, method=method)
    tried = {
        **opened,
        "attempt_count": 1,
        "next_payment_attempt": world.now() + _DAYS_UNTIL_RETRY * 86400,
    }
    emit(world, "invoice.payment_failed", world.store.save(tried))
    behind = world.store.save({**after, "status": "past_due"})
    emit_update(world, "customer.subscription.updated", before, behind)
    return behind


def _bill(world: World, draft: Document) -> tuple[Document, Document]:
    """Finalize the draft and make the intent that will pay it."""
    customer = world.store.get(draft["customer"])
    emit(world, "invoice.created", draft)
    opened = invoices.finalize(world, draft, customer)
    emit(world, "invoice.finalized", opened)
    intent = new_intent(
        world,
        amount=opened["amount_due"],
        currency=opened["currency"],
        customer=opened["customer"],
        metadata={},
        capture_method="automatic",
        description="Subscription update",
        off_session=True,
        invoice=opened["id"],
    )
    return opened, intent


def _payer(world: World, subscription: Document) -> tuple[Payer, Document]:
    """The subscription's own payment method, read back from what the API shows of it."""
    method = world.store.get(subscription["default_payment_method"])
    known = method[method["type"]]
    instrument = Instrument(
        type=method["type"],
        behaviour=Behaviour(world.store.private(method["id"])["behaviour"]),
        last4=known["last4"],
        fingerprint=known["fingerprint"],
        brand=known.get("brand", ""),
        exp_month=known.get("exp_month", 0),
        exp_year=known.get("exp_year", 0),
        country=known["country"],
        bank_code=known.get("bank_code", ""),
    )
    return Payer(method["billing_details"]["email"], instrument), method
