"""Checkout Sessions: the document, its line items, and what may be asked of it later."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.lists import as_list, equal_to, list_objects, page_size
from donations.sandbox.api.support import refuse_all_but, refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_ABSENT = (
    "after_expiration", "client_secret", "collected_information", "consent", "consent_collection",
    "currency_conversion", "customer_account", "invoice", "payment_intent", "payment_link",
    "payment_method_configuration_details", "permissions", "recovered_from",
    "saved_payment_method_options", "setup_intent", "shipping_address_collection", "shipping_cost",
    "subscription", "wallet_options",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""
_AS_GIVEN = (
    "allow_promotion_codes", "billing_address_collection", "cancel_url", "client_reference_id", "customer",
    "customer_email", "locale", "origin_context", "submit_type", "success_url",
)  # fmt: skip
_EMPTY = ("custom_fields", "discounts", "shipping_options")


def new_session(world: World, given: dict[str, Any], lines: list[Document], expires_at: int) -> Document:
    """An open session. What the flows need later is kept beside it, out of the API's sight."""
    session_id = new_id("cs_test")
    mode = given["mode"]
    total = sum(line["amount_total"] for line in lines)
    session: Document = {
        "id": session_id,
        "object": "checkout.session",
        **dict.fromkeys(_ABSENT),
        **{name: given.get(name) for name in _AS_GIVEN},
        **{name: [] for name in _EMPTY},
        "adaptive_pricing": {"enabled": given.get("adaptive_pricing", {}).get("enabled", True)},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": world.now(),
        "currency": lines[0]["currency"],
        "custom_text": _custom_text(given.get("custom_text", {})),
        "customer_creation": given.get("customer_creation", "if_required") if mode == "payment" else "always",
        "customer_details": _details(given.get("customer_email")),
        "expires_at": expires_at,
        "invoice_creation": _invoice_creation() if mode == "payment" else None,
        "livemode": False,
        "metadata": metadata.checked(given.get("metadata")),
        "mode": mode,
        "payment_method_collection": "if_required" if mode == "payment" else "always",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": _method_types(given, lines[0]["currency"]),
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": f"{world.base_url}/c/pay/{session_id}",
    }
    return world.store.save(
        session,
        lines=lines,
        payment_intent_data=given.get("payment_intent_data", {}),
        subscription_data=given.get("subscription_data", {}),
    )


def new_line(price: Document, quantity: int, description: str) -> Document:
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": description,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "taxes": [],
    }


def expire_if_due(world: World, session: Document) -> Document:
    """Time passes between two looks at a session; nobody has to be watching."""
    if session["status"] == "open" and session["expires_at"] <= world.now():
        return expire_now(world, session)
    return session


def expire_all_due(world: World) -> None:
    conditions = [Condition("status", "open"), Condition("expires_at", world.now(), "<=")]
    for session in world.store.search("checkout.session", conditions):
        expire_now(world, session)


def expire_now(world: World, session: Document) -> Document:
    expired = world.store.save({**session, "status": "expired", "url": None})
    _cancel_intent(world, session)
    emit(world, "checkout.session.expired", expired)
    return expired


def retrieve(call: Call) -> Document:
    session = required(call.world, "checkout.session", call.path["session"], "session")
    return expire_if_due(call.world, session)


def list_(call: Call) -> Document:
    expire_all_due(call.world)
    plain = ("customer", "payment_intent", "status", "subscription")
    refuse_other_filters(call.parameters, {*plain, "customer_details"})
    conditions = equal_to(call.parameters, *plain)
    if "customer_details" in call.parameters:
        conditions.append(Condition("customer_details.email", call.parameters["customer_details"]["email"]))
    return list_objects(call.world, "checkout.session", "/v1/checkout/sessions", call.parameters, conditions)


def update(call: Call) -> Document:
    refuse_all_but(call.parameters, ["metadata"])
    session = required(call.world, "checkout.session", call.path["session"], "session")
    given = call.parameters.get("metadata")
    changed = {} if given is None else metadata.merged(session["metadata"], given)
    return call.world.store.save({**session, "metadata": changed})


def expire(call: Call) -> Document:
    session = retrieve(call)
    if session["status"] != "open":
        raise ApiError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Session has a status of'
            f" `{session['status']}`.",
            param="session",
        )
    return expire_now(call.world, session)


def list_lines(call: Call) -> Document:
    session = required(call.world, "checkout.session", call.path["session"], "session")
    lines = lines_of(call.world, session)
    return {**lines, "data": lines["data"][: page_size(call.parameters)]}


def lines_of(world: World, session: Document) -> Document:
    """The list that `expand[]=line_items` includes."""
    lines = world.store.private(session["id"])["lines"]
    return as_list(lines, f"/v1/checkout/sessions/{session['id']}/line_items")


def _cancel_intent(world: World, session: Document) -> None:
    """An attempt that never succeeded ends with its session."""
    intent_id = world.store.private(session["id"]).get("intent")
    intent = world.store.find(intent_id) if intent_id else None
    if intent and intent["status"] in {"requires_payment_method", "requires_action"}:
        canceled = {
            **intent,
            "canceled_at": world.now(),
            "cancellation_reason": "expired",
            "next_action": None,
            "status": "canceled",
        }
        emit(world, "payment_intent.canceled", world.store.save(canceled))


def _method_types(given: dict[str, Any], currency: str) -> list[str]:
    """What the caller chose, as was possible before endive, or what the account's settings say."""
    offered = ["card", "sepa_debit"] if currency == "eur" else ["card"]
    return given.get("payment_method_types") or offered


def _details(email: str | None) -> Document | None:
    return None if email is None else customer_details(email)


def customer_details(email: str) -> Document:
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def _custom_text(given: dict[str, Any]) -> Document:
    positions = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {position: given.get(position) for position in positions}


def _invoice_creation() -> Document:
    return {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": None,
            "metadata": {},
            "rendering_options": None,
        },
    }
