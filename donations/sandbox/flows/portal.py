"""What a reader does in the portal.

Cancel: customer.subscription.updated with `cancel_at`, and with `cancel_at_period_end` left down,
as flexible billing has it; or customer.subscription.deleted at once. New card:
setup_intent.created, setup_intent.succeeded, payment_method.attached, customer.updated, and
customer.subscription.updated for each that had a card of its own.
"""

from __future__ import annotations

from donations.sandbox.cards import Instrument
from donations.sandbox.document import Document
from donations.sandbox.flows.set_up import UNAUTHENTICATED, attempt, refuse
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.objects.setup_intent import new_setup_intent
from donations.sandbox.objects.subscription import ENDED, end_now
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit_update
from donations.sandbox.world import World


def running_subscriptions(world: World, customer_id: str) -> list[Document]:
    found = world.store.search("subscription", [Condition("customer", customer_id)])
    return [subscription for subscription in found if subscription["status"] not in ENDED]


def is_ending(subscription: Document) -> bool:
    return bool(subscription["cancel_at"] or subscription["cancel_at_period_end"])


def end_with_period(world: World, before: Document, given: Document) -> Document:
    """`given` is why the reader leaves, as far as it was said."""
    ends = [item["current_period_end"] for item in before["items"]["data"]]
    details = {**before["cancellation_details"], **given, "reason": "cancellation_requested"}
    after = {
        **before,
        "cancel_at": max(ends),
        "cancel_at_period_end": False,
        "canceled_at": in_time_of(world, before).now(),
        "cancellation_details": details,
    }
    emit_update(world, "customer.subscription.updated", before, world.store.save(after))
    return after


def end_at_once(world: World, subscription: Document, given: Document) -> Document:
    return end_now(in_time_of(world, subscription), subscription, "cancellation_requested", given)


def go_on(world: World, before: Document) -> Document:
    """Take the cancellation back, while there is still something to take back."""
    after = {
        **before,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": dict.fromkeys(before["cancellation_details"]),
    }
    emit_update(world, "customer.subscription.updated", before, world.store.save(after))
    return after


def change_card(world: World, session: Document, instrument: Instrument) -> Document:
    """Returns the setup intent: succeeded, or refused, or waiting until the reader's bank has asked."""
    email = world.store.get(session["customer"])["email"]
    method = new_payment_method(world, instrument, email=email)
    intent = new_setup_intent(world, {"customer": session["customer"]})
    after = attempt(world, intent, method, created=intent)
    if after["status"] == "requires_action":
        world.store.save(session, challenge=after["id"])
    return _finish(world, after)


def answer_challenge(world: World, session: Document, *, passed: bool) -> Document:
    intent = world.store.get(world.store.private(session["id"])["challenge"])
    world.store.save(session, challenge=None)
    method = world.store.get(intent["payment_method"])
    if not passed:
        return refuse(world, intent, method, UNAUTHENTICATED)
    return _finish(world, attempt(world, intent, method, created=None, is_authenticated=True))


def _finish(world: World, intent: Document) -> Document:
    if intent["status"] == "succeeded":
        _make_default(world, intent["customer"], intent["payment_method"])
    return intent


def _make_default(world: World, customer_id: str, method_id: str) -> None:
    before = world.store.get(customer_id)
    settings = {**before["invoice_settings"], "default_payment_method": method_id}
    after = world.store.save({**before, "invoice_settings": settings})
    emit_update(world, "customer.updated", before, after)
    for subscription in running_subscriptions(world, customer_id):
        if subscription["default_payment_method"]:
            changed = world.store.save({**subscription, "default_payment_method": method_id})
            emit_update(world, "customer.subscription.updated", subscription, changed)


def default_method(world: World, customer: Document, subscription: Document | None = None) -> Document | None:
    """The card that would be charged next."""
    method_id: str | None = customer["invoice_settings"]["default_payment_method"]
    if subscription and subscription["default_payment_method"]:
        method_id = subscription["default_payment_method"]
    return world.store.get(method_id) if method_id else None
