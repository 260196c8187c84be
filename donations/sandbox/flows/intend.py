"""Payment intents made through the API, without Checkout: what Stripe's own tools begin with."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows.confirm import confirm_intent, unexpected_state
from donations.sandbox.money import display, least_charge
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.payment_intent import new_intent, read_shipping
from donations.sandbox.objects.payment_method import of_customer
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_LARGEST_AMOUNT = 99_999_999
_PLAIN = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor_suffix")
_CHANGEABLE = {
    *_PLAIN,
    "amount",
    "currency",
    "customer",
    "metadata",
    "payment_method",
    "payment_method_types",
}
_CONFIRMING = {"confirm", "error_on_requires_action", "mandate_data", "off_session", "return_url"}
_METHODS = ("card", "sepa_debit")
_CANCELABLE = (
    "requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing",
)  # fmt: skip
_OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(
        given,
        {*_CHANGEABLE, *_CONFIRMING, "automatic_payment_methods", "capture_method", "confirmation_method"},
    )
    _check_confirmation(given)
    _check_amount(given["amount"], given["currency"])
    if given.get("customer"):
        referenced(world, "customer", given["customer"], "customer")
    intent = new_intent(
        world,
        amount=given["amount"],
        currency=given["currency"],
        customer=given.get("customer"),
        metadata=metadata.checked(given.get("metadata")),
        capture_method=given.get("capture_method", "automatic_async"),
    )
    intent["confirmation_method"] = given.get("confirmation_method", "automatic")
    if "payment_method_types" not in given:
        redirects = given.get("automatic_payment_methods", {}).get("allow_redirects", "always")
        intent["automatic_payment_methods"] = {"allow_redirects": redirects, "enabled": True}
    _take_over(world, intent, given)
    world.store.save(intent)
    if not given.get("confirm"):
        emit(world, "payment_intent.created", intent)
        return intent
    return confirm_intent(world, intent, given, created=intent)


def update(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, _CHANGEABLE)
    before = required(world, "payment_intent", call.path["intent"], "intent")
    if before["status"] not in _OPEN and set(given) - {"metadata", "description", "expand"}:
        raise unexpected_state(
            before,
            f"This PaymentIntent's {'/'.join(sorted(given))} could not be updated because it has a status of"
            f" {before['status']}.",
        )
    after = dict(before)
    for name in ("amount", "currency"):
        after[name] = given.get(name, before[name])
    _check_amount(after["amount"], after["currency"])
    if given.get("customer"):
        after["customer"] = referenced(world, "customer", given["customer"], "customer")["id"]
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(before["metadata"], added)
    _take_over(world, after, given)
    world.store.save(after)
    # Stripe has no event for this; `payment_intent.created` and the outcome are all there is.
    return after


def confirm(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, {*_PLAIN, *_CONFIRMING, "payment_method"})
    intent = required(world, "payment_intent", call.path["intent"], "intent")
    if intent["status"] not in _OPEN:
        words = "it has already succeeded after being previously confirmed"
        if intent["status"] != "succeeded":
            words = f"it has a status of {intent['status']}"
        raise unexpected_state(intent, f"You cannot confirm this PaymentIntent because {words}.")
    changed = dict(intent)
    _take_over(world, changed, given)
    return confirm_intent(world, changed, given, created=None)


def cancel(call: Call) -> Document:
    world = call.world
    before = required(world, "payment_intent", call.path["intent"], "intent")
    if before["status"] not in _CANCELABLE:
        raise unexpected_state(
            before,
            f"You cannot cancel this PaymentIntent because it has a status of {before['status']}. Only a"
            " PaymentIntent with one of the following statuses may be canceled:"
            f" {', '.join(_CANCELABLE)}.",
        )
    _check_is_free(world, before)
    after = {
        **before,
        "amount_capturable": 0,
        "canceled_at": world.now(),
        "cancellation_reason": call.parameters.get("cancellation_reason"),
        "next_action": None,
        "status": "canceled",
    }
    emit(world, "payment_intent.canceled", world.store.save(after))
    return after


def _check_is_free(world: World, intent: Document) -> None:
    """What Checkout or an invoice wants to be paid with is theirs to cancel."""
    open_session = [Condition("payment_intent", intent["id"]), Condition("status", "open")]
    if world.store.search("checkout.session", open_session, limit=1):
        message = "You cannot cancel this PaymentIntent because it was created by a Checkout Session. "
        raise unexpected_state(intent, message + "Expire the Checkout Session instead.")
    if intent["status"] == "processing":
        raise unexpected_state(intent, "You cannot cancel this PaymentIntent: the debit is on its way.")
    if world.store.search("invoice_payment", [Condition("payment.payment_intent", intent["id"])], limit=1):
        message = "You cannot cancel this PaymentIntent because it was created by an invoice. "
        raise unexpected_state(intent, message + "Void the invoice instead.")


def _check_confirmation(given: dict[str, Any]) -> None:
    early = [name for name in sorted(_CONFIRMING - {"confirm"}) if name in given]
    if early and not given.get("confirm"):
        raise invalid(f"`{early[0]}` can be used only when `confirm` is true.", early[0])
    automatic = given.get("automatic_payment_methods", {})
    if "payment_method_types" in given and automatic.get("enabled"):
        raise invalid(
            "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.",
            "automatic_payment_methods",
        )
    if not given.get("confirm") or "payment_method_types" in given or "return_url" in given:
        return
    if automatic.get("allow_redirects") != "never":
        raise ApiError(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because"
            " some of these payment methods might redirect your customer off of your page, you must provide a"
            " `return_url`. If you don't want to accept redirect-based payment methods, set"
            " `automatic_payment_methods[enabled]` to `true` and"
            " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and"
            " Payment Intents.",
            param="return_url",
        )


def _check_amount(amount: int, currency: str) -> None:
    least = least_charge(currency)
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount < least:
        raise invalid(
            f"Amount must be at least {display(least, currency)} {currency}", "amount", "amount_too_small"
        )
    if amount > _LARGEST_AMOUNT:
        raise invalid("Amount must be no more than 99999999.", "amount", "amount_too_large")


def _take_over(world: World, intent: Document, given: dict[str, Any]) -> None:
    for name in _PLAIN:
        if name in given:
            intent[name] = given[name]
    if given.get("shipping"):
        intent["shipping"] = read_shipping(given["shipping"])
    types: list[str] | None = given.get("payment_method_types")
    if types is not None:
        foreign = [type for type in types if type not in _METHODS]
        if foreign:
            raise invalid(f"The sandbox does not do `{foreign[0]}`.", "payment_method_types")
        intent["payment_method_types"] = types
    if given.get("payment_method"):
        method = of_customer(world, given["payment_method"], intent["customer"])
        if method["type"] not in intent["payment_method_types"]:
            raise invalid(
                f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent.",
                "payment_method",
            )
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"
