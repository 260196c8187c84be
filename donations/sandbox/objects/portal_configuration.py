"""Configurations of the portal: what a reader may do there."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.lists import equal_to, list_objects
from donations.sandbox.api.support import refuse_all_but, refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.objects.web_address import check_address
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

KIND = "billing_portal.configuration"
_PLAIN = ("business_profile", "default_return_url", "features", "login_page", "metadata", "name")
_PROFILE = ("headline", "privacy_policy_url", "terms_of_service_url")
_OFF: Document = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": None,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
_BY_DEFAULT: Document = {
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": True, "options": ["too_expensive", "unused", "other"]},
        "enabled": True,
    },
}


def default_configuration(world: World) -> Document:
    """The account's own, made when it is first needed."""
    found = world.store.search(KIND, [Condition("is_default", True)], limit=1)
    return found[0] if found else _new(world, {"features": _BY_DEFAULT}, is_default=True)


def create(call: Call) -> Document:
    refuse_all_but(call.parameters, _PLAIN)
    configuration = _new(call.world, call.parameters, is_default=False)
    emit(call.world, f"{KIND}.created", configuration)
    return configuration


def update(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, {*_PLAIN, "active"})
    before = required(call.world, KIND, call.path["configuration"], "configuration")
    if before["is_default"] and given.get("active") is False:
        raise ApiError("You cannot deactivate the default configuration.", param="active")
    after = {**before, "features": before["features"]}
    if "active" in given:
        after["active"] = given["active"]
    _change(call.world, after, given)
    after["updated"] = call.world.now()
    call.world.store.save(after)
    emit_update(call.world, f"{KIND}.updated", before, after)
    return after


def list_(call: Call) -> Document:
    refuse_other_filters(call.parameters, ["active", "is_default"])
    default_configuration(call.world)
    conditions = equal_to(call.parameters, "active", "is_default")
    return list_objects(call.world, KIND, "/v1/billing_portal/configurations", call.parameters, conditions)


def _new(world: World, given: dict[str, Any], *, is_default: bool) -> Document:
    now = world.now()
    configuration: Document = {
        "id": new_id("bpc"),
        "object": KIND,
        "active": True,
        "application": None,
        "business_profile": dict.fromkeys(_PROFILE),
        "created": now,
        "default_return_url": None,
        "features": _OFF,
        "is_default": is_default,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": now,
    }
    _change(world, configuration, given)
    return world.store.save(configuration)


def _change(world: World, configuration: Document, given: dict[str, Any]) -> None:
    check_address(given, "default_return_url")
    for name in ("default_return_url", "name"):
        if name in given:
            configuration[name] = given[name]
    if "business_profile" in given:
        configuration["business_profile"] = {**configuration["business_profile"], **given["business_profile"]}
    if "metadata" in given:
        added = given["metadata"]
        configuration["metadata"] = {} if added is None else metadata.merged(configuration["metadata"], added)
    if "login_page" in given:
        is_on = given["login_page"]["enabled"]
        url = f"{world.base_url}/p/login/{configuration['id']}" if is_on else None
        configuration["login_page"] = {"enabled": is_on, "url": url}
    if "features" in given:
        configuration["features"] = _merged(configuration["features"], given["features"])


def _merged(present: Document, given: Document) -> Document:
    """Features are changed one by one; what is not named stays as it was."""
    return {
        **present,
        **{name: _feature(present[name], value or {}) for name, value in given.items()},
    }


def _product(given: Document) -> Document:
    quantity: Document = given.get("adjustable_quantity") or {}
    return {**given, "adjustable_quantity": {"enabled": False, "maximum": None, "minimum": 1, **quantity}}


def _feature(present: Document, given: Document) -> Document:
    """A list that is given as empty stays a list, except for the products, of which Stripe has none then."""
    changed = {**present, **given}
    for name in ("allowed_updates", "default_allowed_updates"):
        if name in changed:
            changed[name] = changed[name] or []
    if "products" in changed:
        products: list[Document] = changed["products"] or []
        changed["products"] = [_product(each) for each in products] or None
    if "cancellation_reason" in changed:
        reason: Document = {**present["cancellation_reason"], **(given.get("cancellation_reason") or {})}
        changed["cancellation_reason"] = {**reason, "options": reason["options"] or []}
    return changed
