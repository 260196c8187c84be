"""Pay an intent with a payment method that is there already, as the API does and invoices do."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows.debit import start as start_debit
from donations.sandbox.flows.keep_method import attach_to, refusal
from donations.sandbox.flows.payment import Payer, as_succeeded, decline, schedule_aftermath, succeed
from donations.sandbox.objects import metadata
from donations.sandbox.objects.charge import Decline, card_error
from donations.sandbox.objects.lookup import required
from donations.sandbox.objects.payment_method import instrument_of
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import differences, emit
from donations.sandbox.world import World

_DECLINING = frozenset({Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS, Behaviour.FAILS_LATER})
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def confirm_intent(
    world: World, intent: Document, given: dict[str, Any], *, created: Document | None
) -> Document:
    """Charge it now. A decline raises Stripe's 402 and leaves the failed charge behind.

    `created` is the intent as it was made in this call, for the event that says so.
    """
    if not intent["payment_method"]:
        raise unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either"
            " update the PaymentIntent with a payment method and then confirm it again, or confirm it again"
            " directly with a payment method or ConfirmationToken.",
        )
    before: Document | None = None
    if created:
        before = {**created, "payment_method": None, "status": "requires_payment_method"}
    method = world.store.get(intent["payment_method"])
    payer = Payer(method["billing_details"]["email"], instrument_of(world, method))
    if payer.instrument.type == "sepa_debit":
        return start_debit(world, intent, before, method, payer)
    if payer.instrument.behaviour is Behaviour.CHALLENGE:
        return _challenge(world, intent, before, method, given)
    if payer.instrument.behaviour in _DECLINING:
        if before:
            emit(world, "payment_intent.created", before)
        raise _declined(decline(world, intent, payer, method=method))
    return _succeed(world, intent, before, method, payer)


def unexpected_state(intent: Document, message: str) -> ApiError:
    return ApiError(message, code=f"{intent['object']}_unexpected_state", more={intent["object"]: intent})


def _succeed(
    world: World, intent: Document, created: Document | None, method: Document, payer: Payer
) -> Document:
    if intent["capture_method"] == "manual":
        return _authorize(world, intent, created, method, payer)
    charge, paid = succeed(world, intent, method, payer, settles_at_once=False)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", paid)
    if created:
        emit(world, "payment_intent.created", created)
    _use_up(world, method, intent)
    schedule(world, "attach_balance_transaction", charge["id"], delay=world.settings.settle_delay)
    # The tools that ask for these cards look for what follows in their very next call.
    schedule_aftermath(world, charge["id"], payer.instrument.behaviour, delay=0)
    return paid


def _use_up(world: World, method: Document, intent: Document) -> None:
    """A method pays once, unless a customer keeps it, who must still be there."""
    if method["customer"] is not None:
        return
    customer = world.store.get(intent["customer"]) if intent["customer"] else None
    if customer and not customer.get("deleted") and intent["setup_future_usage"]:
        attach_to(world, method, customer["id"])
    else:
        world.store.save(method, is_spent=True)


def _authorize(
    world: World, intent: Document, created: Document | None, method: Document, payer: Payer
) -> Document:
    """Held on the card until it is captured."""
    charge, _ = succeed(world, intent, method, payer, settles_at_once=False)
    held = world.store.save({**charge, "amount_captured": 0, "captured": False})
    waiting = {
        **intent,
        "amount_capturable": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "status": "requires_capture",
    }
    world.store.save(waiting)
    emit(world, "charge.succeeded", held)
    emit(world, "payment_intent.amount_capturable_updated", waiting)
    if created:
        emit(world, "payment_intent.created", created)
    _use_up(world, method, intent)
    return waiting


def _challenge(
    world: World, intent: Document, created: Document | None, method: Document, given: dict[str, Any]
) -> Document:
    """Nobody is there to be asked in an API call; without a page of ours it stays at being asked."""
    if given.get("off_session") or given.get("error_on_requires_action"):
        if created:
            emit(world, "payment_intent.created", created)
        error = card_error(AUTHENTICATION_REQUIRED, "", method)
        del error["charge"]
        failed = {
            **intent,
            "last_payment_error": error,
            "payment_method": None,
            "status": "requires_payment_method",
        }
        emit(world, "payment_intent.payment_failed", world.store.save(failed))
        raise _declined(failed)
    waiting = {
        **intent,
        "last_payment_error": None,
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"source": intent["id"], "type": "three_d_secure_redirect"},
        },
        "status": "requires_action",
    }
    emit(world, "payment_intent.requires_action", world.store.save(waiting))
    if created:
        emit(world, "payment_intent.created", created)
    return waiting


def _declined(failed: Document) -> ApiError:
    error = failed["last_payment_error"]
    more = {name: error[name] for name in ("charge", "payment_method") if name in error}
    reason = Decline(error["code"], error.get("decline_code"), error["message"])
    return refusal(reason, leaves_traces=True, payment_intent=failed, **more)


def capture(call: Call) -> Document:
    """Take what was held, whole."""
    world = call.world
    refuse_all_but(call.parameters, ["amount_to_capture", "metadata"])
    held = required(world, "payment_intent", call.path["intent"], "intent")
    if held["status"] != "requires_capture":
        raise unexpected_state(
            held,
            f"This PaymentIntent could not be captured because it has a status of {held['status']}. Only a"
            " PaymentIntent with one of the following statuses may be captured: requires_capture.",
        )
    if call.parameters.get("amount_to_capture", held["amount"]) != held["amount"]:
        raise invalid("The sandbox captures the whole amount only.", "amount_to_capture")
    before = world.store.get(held["latest_charge"])
    charge = world.store.save({**before, "amount_captured": before["amount"], "captured": True})
    paid = {**as_succeeded(held, charge), "amount_capturable": 0}
    paid["metadata"] = metadata.merged(held["metadata"], call.parameters.get("metadata"))
    emit(world, "charge.captured", charge, differences(before, charge))
    emit(world, "payment_intent.succeeded", world.store.save(paid))
    schedule(world, "attach_balance_transaction", charge["id"], delay=world.settings.settle_delay)
    return paid
