"""`POST /v1/subscriptions`: without Checkout, so a first payment that fails leaves something behind.

In the order of Checkout: charge.succeeded, customer.subscription.created, payment_intent.succeeded,
payment_intent.created, invoice.created, invoice.finalized, invoice.paid, invoice.payment_succeeded,
invoice_payment.paid. A card that fails leaves the subscription `incomplete`, for 23 hours.
"""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows import authenticate, change_end, collect, debit, standing
from donations.sandbox.flows.keep_method import refusal
from donations.sandbox.flows.payment import Payer, decline, schedule_aftermath, succeed
from donations.sandbox.flows.subscribe import begin, pay_invoice_payment
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.charge import Decline
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.payment_method import instrument_of, kept_by
from donations.sandbox.objects.price import inline_price
from donations.sandbox.objects.start import check_anchor, read_start
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_SUPPORTED = (
    "billing_cycle_anchor", "billing_mode", "cancel_at", "cancel_at_period_end", "collection_method",
    "currency", "customer", "default_payment_method", "description", "items", "metadata", "off_session",
    "payment_behavior", "proration_behavior", "trial_end", "trial_period_days", "trial_settings",
)  # fmt: skip
_MOST_ITEMS = 20


def create(call: Call) -> Document:
    given = call.parameters
    _check(given)
    customer = dict(referenced(call.world, "customer", given["customer"], "customer"))
    world = in_time_of(call.world, customer)
    lines = _lines(world, given["items"])
    check_anchor(read_start(given, world.now()), lines, world.now())
    method = _method(world, customer, given)
    subscription, draft = begin(
        world, lines, given, customer, payment_method=method["id"] if method else None
    )
    change_end.change(subscription, given, world.now())
    customer["currency"] = subscription["currency"]
    payer = method or _default_of(world, customer)
    if payer is None and draft["total"] > 0 and given.get("payment_behavior") != "default_incomplete":
        raise ApiError(
            "This customer has no attached payment source or default payment method. Please consider adding"
            " a default payment method.",
            code="resource_missing",
        )
    opened = invoices.finalize(world, draft, customer)
    subscription["latest_invoice"] = opened["id"]
    _start(world, subscription, draft, opened, payer, given.get("payment_behavior", "allow_incomplete"))
    return world.store.get(subscription["id"])


def _start(
    world: World,
    subscription: Document,
    draft: Document,
    opened: Document,
    method: Document | None,
    payment_behavior: str,
) -> None:
    if opened["amount_due"] == 0:
        _tell(world, subscription, draft, opened)
        collect.settle_without_payment(world, opened)
        return
    bill = collect.make_bill(world, opened)
    is_waiting = method is None or payment_behavior == "default_incomplete"
    if is_waiting or method is None:
        _tell(world, {**subscription, "status": "incomplete"}, draft, opened)
        emit(world, "payment_intent.created", bill.intent)
        return
    payer = Payer(method["billing_details"]["email"], instrument_of(world, method))
    if payer.instrument.type == "sepa_debit":
        _tell(world, subscription, draft, opened)
        debit.start(world, bill.intent, bill.created, method, payer)
    elif payer.instrument.behaviour is Behaviour.CHALLENGE:
        _refuse_if(payment_behavior, None)
        _tell(world, {**subscription, "status": "incomplete"}, draft, opened)
        _ask_for_authentication(world, bill, method)
    elif payer.instrument.behaviour in collect.REFUSING:
        _tell(world, {**subscription, "status": "incomplete"}, draft, opened)
        emit(world, "payment_intent.created", bill.intent)
        failed = decline(world, bill.intent, payer, method=method)
        _refuse_if(payment_behavior, failed)
        standing.note_failure(world, opened)
    else:
        _pay(world, subscription, draft, bill, method, payer)


def _pay(
    world: World, subscription: Document, draft: Document, bill: collect.Bill, method: Document, payer: Payer
) -> None:
    charge, paid = succeed(world, bill.intent, method, payer, settles_at_once=True)
    invoice = invoices.mark_paid(world, bill.invoice)
    emit(world, "charge.succeeded", charge)
    emit(world, "customer.subscription.created", world.store.save(subscription))
    emit(world, "payment_intent.succeeded", paid)
    emit(world, "payment_intent.created", bill.intent)
    emit(world, "invoice.created", draft)
    emit(world, "invoice.finalized", bill.invoice)
    emit(world, "invoice.paid", invoice)
    emit(world, "invoice.payment_succeeded", invoice)
    pay_invoice_payment(world, world.store.private(invoice["id"])["payment"])
    schedule_aftermath(world, charge["id"], payer.instrument.behaviour, delay=world.settings.settle_delay)


def _tell(world: World, subscription: Document, draft: Document, opened: Document) -> None:
    emit(world, "customer.subscription.created", world.store.save(subscription))
    emit(world, "invoice.created", draft)
    emit(world, "invoice.finalized", opened)


def _ask_for_authentication(world: World, bill: collect.Bill, method: Document) -> None:
    """The payment waits for its giver, whom an API call cannot ask."""
    authenticate.ask(world, bill.intent, bill.intent, method)
    tried = {**bill.invoice, "attempt_count": 1, "attempted": True}
    emit(world, "invoice.payment_action_required", world.store.save(tried))


def _refuse_if(payment_behavior: str, failed: Document | None) -> None:
    """`error_if_incomplete` wants a 402, and nothing left of what was tried."""
    if payment_behavior != "error_if_incomplete":
        return
    if failed is None:
        message = "Payment for this subscription requires additional user action before it can be completed."
        code = "subscription_payment_intent_requires_action"
        raise ApiError(message, status=402, type="card_error", code=code)
    error = failed["last_payment_error"]
    raise refusal(Decline(error["code"], error.get("decline_code"), error["message"]))


def _check(given: dict[str, Any]) -> None:
    refuse_all_but(given, _SUPPORTED)
    for name in ("customer", "items"):
        if not given.get(name):
            raise missing(name)
    if given.get("collection_method", "charge_automatically") != "charge_automatically":
        raise invalid("The sandbox charges automatically only.", "collection_method")
    if given.get("billing_mode", {}).get("type", "flexible") != "flexible":
        raise invalid("The sandbox has only the flexible billing mode.", "billing_mode[type]")
    if given.get("payment_behavior") == "pending_if_incomplete":
        raise invalid("`pending_if_incomplete` can be used only when updating.", "payment_behavior")
    if len(given["items"]) > _MOST_ITEMS:
        raise invalid("A subscription has at most 20 items.", "items")


def _lines(world: World, items: list[dict[str, Any]]) -> list[Document]:
    lines = [_line(world, item, f"items[{place}]") for place, item in enumerate(items)]
    first = lines[0]["price"]
    cycle = ("interval", "interval_count")
    for place, line in enumerate(lines):
        price = line["price"]
        if price["currency"] != first["currency"]:
            raise invalid("All prices must have the same currency.", f"items[{place}]")
        if any(price["recurring"][name] != first["recurring"][name] for name in cycle):
            raise invalid("The sandbox does not mix billing intervals.", f"items[{place}]")
    return lines


def _line(world: World, item: dict[str, Any], param: str) -> Document:
    refuse_all_but(item, ["price", "price_data", "quantity"], param)
    if ("price" in item) == ("price_data" in item):
        raise missing(f"{param}[price]")
    if "price" in item:
        price = referenced(world, "price", item["price"], f"{param}[price]")
        if not price["active"]:
            raise invalid(
                "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
            )
    else:
        price = inline_price(world, item["price_data"], f"{param}[price_data]")
    if not price["recurring"]:
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with"
            " `type=recurring`.",
            f"{param}[price]",
        )
    quantity = item.get("quantity", 1)
    if quantity < 0:
        raise invalid("This value must be greater than or equal to 0.", f"{param}[quantity]")
    return {"price": price, "quantity": quantity}


def _method(world: World, customer: Document, given: dict[str, Any]) -> Document | None:
    if not given.get("default_payment_method"):
        return None
    return kept_by(world, given["default_payment_method"], customer["id"])


def _default_of(world: World, customer: Document) -> Document | None:
    named = customer["invoice_settings"]["default_payment_method"]
    return world.store.find(named) if named else None
