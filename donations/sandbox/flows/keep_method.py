"""Payment methods on their own: made from a test card, kept by a customer, and let go again."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.lists import equal_to, list_objects
from donations.sandbox.api.support import refuse_all_but, refuse_other_filters
from donations.sandbox.cards import Behaviour, Instrument, NotACard, named_card, read_card, read_iban
from donations.sandbox.document import Document
from donations.sandbox.objects import charge as charges
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.payment_method import (
    billing_details,
    instrument_of,
    new_payment_method,
    usable_method,
)
from donations.sandbox.webhooks.events import differences, emit, emit_update
from donations.sandbox.world import World

_REFUSED_BY_THE_BANK = frozenset({Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS})
_DETAILS = ("address", "email", "name", "phone", "tax_id")


def create(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, ["allow_redisplay", "billing_details", "card", "metadata", "sepa_debit", "type"])
    if "type" not in given:
        raise missing("type")
    method = new_payment_method(call.world, _instrument(call), email=None)
    method["billing_details"] = _billing_details(method, given)
    method["allow_redisplay"] = given.get("allow_redisplay", "unspecified")
    method["metadata"] = metadata.checked(given.get("metadata"))
    return call.world.store.save(method)


def retrieve(call: Call) -> Document:
    method_id = call.path["payment_method"]
    if named_card(method_id, call.world.now()):
        return usable_method(call.world, method_id)
    return required(call.world, "payment_method", method_id, "payment_method")


def update(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, ["allow_redisplay", "billing_details", "card", "metadata"])
    before = required(call.world, "payment_method", call.path["payment_method"], "payment_method")
    if before["customer"] is None:
        raise ApiError(
            "You must save this PaymentMethod to a customer before you can update it.", param="payment_method"
        )
    after = {**before, "billing_details": _billing_details(before, given)}
    if "allow_redisplay" in given:
        after["allow_redisplay"] = given["allow_redisplay"]
    if "card" in given:
        after["card"] = card_with_expiry(before, given["card"])
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(before["metadata"], added)
    call.world.store.save(after)
    emit_update(call.world, "payment_method.updated", before, after)
    return after


def attach(call: Call) -> Document:
    refuse_all_but(call.parameters, ["customer"])
    if not call.parameters.get("customer"):
        raise missing("customer")
    customer = referenced(call.world, "customer", call.parameters["customer"], "customer")
    method = retrieve(call)
    if method["customer"] is not None:
        raise ApiError(
            "The payment method you provided has already been attached to a customer.", param="payment_method"
        )
    return attach_to(call.world, method, customer["id"])


def attach_to(world: World, method: Document, customer_id: str) -> Document:
    """Keep a method for a customer, unless the bank refuses the card already now."""
    if world.store.private(method["id"]).get("is_spent"):
        raise ApiError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached"
            " from a Customer, and may not be used again.",
            param="payment_method",
        )
    behaviour = instrument_of(world, method).behaviour
    if behaviour in _REFUSED_BY_THE_BANK:
        raise refusal(charges.decline_for(behaviour))
    attached = world.store.save({**method, "customer": customer_id})
    emit(world, "payment_method.attached", attached)
    return attached


def refusal(
    decline: charges.Decline, *, is_kept: bool = True, leaves_traces: bool = False, **more: Any
) -> ApiError:
    """Stripe's 402."""
    if decline.decline_code:
        more["decline_code"] = decline.decline_code
    return ApiError(
        decline.message,
        status=402,
        type="card_error",
        code=decline.code,
        is_kept=is_kept,
        leaves_traces=leaves_traces,
        more=more,
    )


def detach(call: Call) -> Document:
    """A detached method is never used again; nor does anything go on paying with it."""
    before = required(call.world, "payment_method", call.path["payment_method"], "payment_method")
    if before["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    after = let_go(call.world, before)
    _forget_default(call.world, before)
    return after


def let_go(world: World, before: Document) -> Document:
    """Part a method from its customer, whatever still names it."""
    after = world.store.save({**before, "customer": None}, is_spent=True)
    emit(world, "payment_method.detached", after, differences(before, after))
    return after


def list_(call: Call) -> Document:
    refuse_other_filters(call.parameters, ["allow_redisplay", "customer", "type"])
    if "customer" in call.parameters:
        referenced(call.world, "customer", call.parameters["customer"], "customer")
    conditions = equal_to(call.parameters, "allow_redisplay", "customer", "type")
    return list_objects(call.world, "payment_method", "/v1/payment_methods", call.parameters, conditions)


def list_of_customer(call: Call) -> Document:
    refuse_other_filters(call.parameters, ["allow_redisplay", "type"])
    customer = required(call.world, "customer", call.path["customer"], "customer")
    conditions = equal_to(
        {**call.parameters, "customer": customer["id"]}, "allow_redisplay", "customer", "type"
    )
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return list_objects(call.world, "payment_method", url, call.parameters, conditions)


def retrieve_of_customer(call: Call) -> Document:
    customer = required(call.world, "customer", call.path["customer"], "customer")
    method = required(call.world, "payment_method", call.path["payment_method"], "payment_method")
    if method["customer"] != customer["id"]:
        raise ApiError(
            f"No such PaymentMethod: '{method['id']}'; the customer {customer['id']} has none of this id.",
            status=404,
            code="resource_missing",
            param="payment_method",
        )
    return method


def _instrument(call: Call) -> Instrument:
    given, now = call.parameters, call.world.now()
    if given["type"] not in {"card", "sepa_debit"}:
        raise invalid(f"The sandbox does not do payment methods of type `{given['type']}`.", "type")
    details = given.get(given["type"])
    if not details:
        raise missing(given["type"])
    if given["type"] == "sepa_debit":
        try:
            return read_iban(details["iban"])
        except NotACard as error:
            raise invalid(str(error), "sepa_debit[iban]", "invalid_bank_account_iban") from error
    if "token" in details:
        card = named_card(details["token"], now)
        if card is None:
            raise invalid(f"No such token: '{details['token']}'", "card[token]", "resource_missing")
        return card
    expiry = f"{details['exp_month']} / {details['exp_year']}"
    card, errors = read_card(details["number"], expiry, details.get("cvc", "123"), now)
    if card is None:
        raise _card_problem(errors)
    return card


def _card_problem(errors: dict[str, str]) -> ApiError:
    field, message = next(iter(errors.items()))
    name, code = {
        "cardNumber": ("number", "incorrect_number"),
        "cardExpiry": ("exp_year", "invalid_expiry_year"),
        "cardCvc": ("cvc", "invalid_cvc"),
    }[field]
    return ApiError(message, status=402, type="card_error", code=code, param=f"card[{name}]")


def _billing_details(method: Document, given: dict[str, Any]) -> Document:
    present = method["billing_details"]
    changed: Document = {**present, **(given.get("billing_details") or {})}
    changed["address"] = {**billing_details(None)["address"], **(changed["address"] or {})}
    return {name: changed[name] for name in _DETAILS}


def card_with_expiry(method: Document, given: dict[str, Any]) -> Document:
    """The `card` of a method with another `exp_month`, `exp_year` or both."""
    refuse_all_but(given, ["exp_month", "exp_year"], "card")
    if method["type"] != "card":
        raise invalid("You cannot update `card` on this PaymentMethod.", "card")
    if not 1 <= given.get("exp_month", 1) <= 12:
        raise invalid("Your card's expiration month is invalid.", "card[exp_month]", "invalid_expiry_month")
    return {**method["card"], **given}


def _forget_default(world: World, method: Document) -> None:
    before = world.store.get(method["customer"])
    settings = before["invoice_settings"]
    if settings["default_payment_method"] == method["id"]:
        after = {**before, "invoice_settings": {**settings, "default_payment_method": None}}
        emit_update(world, "customer.updated", before, world.store.save(after))
