"""Open a Checkout Session: everything that Stripe refuses before a reader ever sees a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.email_address import is_address
from donations.sandbox.flows.start_later import as_due_today
from donations.sandbox.money import display, least_charge
from donations.sandbox.objects import metadata
from donations.sandbox.objects.checkout_session import new_line, new_session
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.price import inline_price
from donations.sandbox.world import World

_SHORTEST_LIFE = 30 * 60
_LONGEST_LIFE = 24 * 3600
_DATA = {
    "payment_intent_data": ("description", "metadata", "setup_future_usage", "shipping"),
    "subscription_data": (
        "billing_cycle_anchor", "description", "metadata", "proration_behavior", "trial_end",
        "trial_period_days", "trial_settings",
    ),
}  # fmt: skip
_MOST_LINES = {"payment": 100, "subscription": 20}

_UNSUPPORTED = (
    "after_expiration", "automatic_tax", "branding_settings", "consent_collection", "custom_fields",
    "customer_account", "customer_update", "discounts", "excluded_payment_method_types",
    "invoice_creation", "managed_payments", "name_collection", "optional_items",
    "payment_method_configuration", "payment_method_data", "payment_method_options", "permissions",
    "phone_number_collection", "return_url", "saved_payment_method_options", "setup_intent_data",
    "shipping_address_collection", "shipping_options", "tax_id_collection", "wallet_options",
)  # fmt: skip


def create(call: Call) -> Document:
    given = call.parameters
    _check_support(given)
    _check_mode(given)
    _check_urls(given)
    _check_customer(call.world, given)
    _check_metadata(given)
    expires_at = _expiry(call.world, given)
    lines = _lines(call.world, given)
    if given["mode"] == "subscription":
        lines = as_due_today(lines, given.get("subscription_data", {}), call.world.now())
    return new_session(call.world, given, lines, expires_at)


def _check_support(given: dict[str, Any]) -> None:
    """Better a plain refusal than a feature of Stripe's that is silently not there."""
    for name in _UNSUPPORTED:
        if name in given:
            raise invalid(f"The sandbox does not do `{name}`.", name)
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The sandbox has only the hosted page.", "ui_mode")
    if given.get("mode") == "setup":
        raise invalid("The sandbox does not do `setup` mode.", "mode")


def _check_mode(given: dict[str, Any]) -> None:
    if "mode" not in given:
        raise missing("mode")
    if not given.get("line_items"):
        raise missing("line_items")
    foreign = {
        "payment": ("subscription_data", "payment_method_collection"),
        "subscription": ("payment_intent_data", "customer_creation"),
    }
    for name in foreign[given["mode"]]:
        if name in given:
            raise invalid(f"You can not pass `{name}` in `{given['mode']}` mode.", name)
    if len(given["line_items"]) > _MOST_LINES[given["mode"]]:
        raise invalid("You passed too many line items.", "line_items")


def _check_urls(given: dict[str, Any]) -> None:
    if "success_url" not in given:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in given:
            url: str = given[name]
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise invalid("Not a valid URL", name, "url_invalid")


def _check_customer(world: World, given: dict[str, Any]) -> None:
    if "customer" in given and "customer_email" in given:
        raise invalid(
            "You may only specify one of these parameters: customer, customer_email.", "customer_email"
        )
    if "customer" in given:
        referenced(world, "customer", given["customer"], "customer")
    email = given.get("customer_email")
    if email is not None and not is_address(email):
        raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")


def _check_metadata(given: dict[str, Any]) -> None:
    for name, known in _DATA.items():
        metadata.checked(given.get(name, {}).get("metadata"), f"{name}[metadata]")
        refuse_all_but(given.get(name, {}), known, name)


def _expiry(world: World, given: dict[str, Any]) -> int:
    now = world.now()
    expires_at = given.get("expires_at", now + _LONGEST_LIFE)
    if expires_at < now + _SHORTEST_LIFE:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if expires_at > now + _LONGEST_LIFE:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return expires_at


def _lines(world: World, given: dict[str, Any]) -> list[Document]:
    lines = [_line(world, item, f"line_items[{place}]") for place, item in enumerate(given["line_items"])]
    recurring = [line for line in lines if line["price"]["recurring"]]
    if given["mode"] == "payment" and recurring:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription`"
            " mode or use only one-time prices.",
            "mode",
        )
    if given["mode"] == "subscription" and not recurring:
        raise invalid(
            "You must provide at least one recurring price in `subscription` mode when using prices.", "mode"
        )
    if len(recurring) != len(lines) and recurring:
        raise invalid("The sandbox does not mix one-time and recurring prices.", "line_items")
    _check_total(lines)
    return lines


def _line(world: World, item: dict[str, Any], param: str) -> Document:
    refuse_all_but(item, ["price", "price_data", "quantity"], param)
    if ("price" in item) == ("price_data" in item):
        if "price" in item:
            raise invalid(
                "You may only specify one of these parameters: price, price_data.", f"{param}[price]"
            )
        raise missing(f"{param}[price]")
    if "price" in item:
        price = referenced(world, "price", item["price"], f"{param}[price]")
        if not price["active"]:
            raise invalid(
                "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
            )
    else:
        price = inline_price(world, item["price_data"], f"{param}[price_data]")
    quantity = item.get("quantity")
    if quantity is None:
        raise missing(f"{param}[quantity]")
    if quantity < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            f"{param}[quantity]",
            "parameter_invalid_integer",
        )
    return new_line(price, quantity, world.store.get(price["product"])["name"])


def _check_total(lines: list[Document]) -> None:
    currency = lines[0]["currency"]
    if any(line["currency"] != currency for line in lines):
        raise invalid("All line items must have the same currency.", "line_items")
    total, least = sum(line["amount_total"] for line in lines), least_charge(currency)
    if total < least:
        raise invalid(
            "The Checkout Session's total amount due must add up to at least"
            f" {display(least, currency)} {currency}",
            "line_items",
            "amount_too_small",
        )
    if total > 99_999_999:
        raise invalid("Amount must be no more than 99999999.", "line_items", "amount_too_large")
