"""Check a card and keep it: setup_intent.created, setup_intent.succeeded, payment_method.attached."""

from __future__ import annotations

from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.objects.charge import Decline, card_error, decline_for
from donations.sandbox.objects.payment_method import instrument_of
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_REFUSED = frozenset({Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS})
UNAUTHENTICATED = Decline(
    "setup_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and"
    " try again.",
)


def attempt(
    world: World,
    intent: Document,
    method: Document,
    *,
    created: Document | None,
    is_authenticated: bool = False,
) -> Document:
    """Returns the intent as it is then: succeeded, asked (`requires_action`), or refused with its error.

    `created` is the intent as it was made just now, for the event that says so.
    """
    if created:
        emit(world, "setup_intent.created", created)
    behaviour = instrument_of(world, method).behaviour
    if behaviour in _REFUSED:
        return refuse(world, intent, method, decline_for(behaviour))
    if behaviour is Behaviour.CHALLENGE and not is_authenticated:
        return _ask(world, intent, method)
    done = {
        **intent,
        "last_setup_error": None,
        "next_action": None,
        "payment_method": method["id"],
        "status": "succeeded",
    }
    emit(world, "setup_intent.succeeded", world.store.save(done))
    if intent["customer"] and method["customer"] is None:
        kept = world.store.save({**method, "customer": intent["customer"]})
        emit(world, "payment_method.attached", kept)
    return done


def refuse(world: World, intent: Document, method: Document, decline: Decline) -> Document:
    error = card_error(decline, "", method)
    del error["charge"]
    failed = {
        **intent,
        "last_setup_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    emit(world, "setup_intent.setup_failed", world.store.save(failed))
    return failed


def _ask(world: World, intent: Document, method: Document) -> Document:
    action = {"source": intent["id"], "type": "three_d_secure_redirect"}
    waiting = {
        **intent,
        "last_setup_error": None,
        "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": action},
        "payment_method": method["id"],
        "status": "requires_action",
    }
    emit(world, "setup_intent.requires_action", world.store.save(waiting))
    return waiting
