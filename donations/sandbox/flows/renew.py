"""The next cycle of a subscription, now and at once: what a developer asks for by hand.

customer.subscription.updated, invoice.created, invoice.finalized, charge.succeeded,
payment_intent.succeeded, payment_intent.created, invoice.paid, invoice.payment_succeeded,
invoice_payment.paid; or, with a card that fails, invoice.created, invoice.finalized,
payment_intent.created, charge.failed, payment_intent.payment_failed, invoice.payment_failed,
customer.subscription.updated (past_due). Time itself takes an hour over it: see `cycle.py`.
"""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.flows import cycle
from donations.sandbox.flows.collect import FAILING, collect, method_for
from donations.sandbox.objects.payment_method import instrument_of
from donations.sandbox.objects.subscription import end_now
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World


def renew(world: World, before: Document) -> Document:
    """Charge the next period, or end the subscription if that is what its period end means."""
    world = in_time_of(world, before)
    if before["cancel_at"] and before["cancel_at"] <= before["items"]["data"][0]["current_period_end"]:
        return end_now(world, before, before["cancellation_details"]["reason"])
    after, draft = cycle.begin_cycle(world, before)
    # One update tells of the new period, and where the payment fails of being behind, too.
    is_told_later = before["status"] == "active" and _will_fail(world, draft)
    if not is_told_later:
        emit_update(world, "customer.subscription.updated", before, after)
    emit(world, "invoice.created", draft)
    opened = cycle.finalize(world, draft)
    collect(world, opened, told=before if is_told_later else None)
    return world.store.get(before["id"])


def _will_fail(world: World, draft: Document) -> bool:
    method = method_for(world, draft)
    return method is None or instrument_of(world, method).behaviour in FAILING
