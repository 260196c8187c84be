"""3-D Secure: the giver's bank asks before it pays, and nothing is charged until it is answered.

For an invoice that is charged while nobody is there: payment_intent.requires_action,
payment_intent.created, invoice.payment_action_required, invoice.payment_failed,
customer.subscription.updated (past_due); each retry: payment_intent.requires_action,
invoice.payment_action_required, invoice.payment_failed, invoice.updated. That each of these is sent
is Stripe's documentation; their order, and whether a failed charge comes before them, is not checked.
"""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.objects.charge import Decline, card_error
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and"
    " try again.",
)


def ask(world: World, intent: Document, created: Document | None, method: Document) -> Document:
    """The payment waits for its giver. Returns the intent, which an API call or a retry cannot help on."""
    waiting = {
        **intent,
        "last_payment_error": None,
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"source": intent["id"], "type": "three_d_secure_redirect"},
        },
        "payment_method": method["id"],
        "status": "requires_action",
    }
    emit(world, "payment_intent.requires_action", world.store.save(waiting))
    if created:
        emit(world, "payment_intent.created", created)
    return waiting


def refuse(world: World, intent: Document, method: Document) -> Document:
    """The bank's question was not answered as it should be, so that another method is needed."""
    error = card_error(_UNAUTHENTICATED, "", method)
    del error["charge"]
    failed = {
        **intent,
        "last_payment_error": {**error, "type": "invalid_request_error"},
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    emit(world, "payment_intent.payment_failed", world.store.save(failed))
    return failed
