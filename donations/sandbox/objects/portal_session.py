"""Portal sessions: a link that lets one customer in for a while, to everything or to one task."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import portal_configuration
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.subscription import ENDED
from donations.sandbox.objects.web_address import check_address
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

KIND = "billing_portal.session"
_MINUTES_UNUSED = 5
_MINUTES_IDLE = 60
_FLOWS = frozenset({"payment_method_update", "subscription_cancel"})
_TASKS = ("customer_update", "subscription_cancel", "subscription_update", "subscription_update_confirm")


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, ["configuration", "customer", "flow_data", "locale", "return_url"])
    if not given.get("customer"):
        raise missing("customer")
    customer = referenced(world, "customer", given["customer"], "customer")
    check_address(given, "return_url")
    configuration = _configuration(world, given)
    session_id = new_id("bps")
    session: Document = {
        "id": session_id,
        "object": KIND,
        "configuration": configuration["id"],
        "created": world.now(),
        "customer": customer["id"],
        "customer_account": None,
        "flow": _flow(world, customer, configuration, given.get("flow_data")),
        "livemode": False,
        "locale": given.get("locale"),
        "on_behalf_of": None,
        "return_url": given.get("return_url", configuration["default_return_url"]),
        "url": f"{world.base_url}/p/session/{session_id}",
    }
    world.store.save(session, open_until=world.now() + _MINUTES_UNUSED * 60)
    emit(world, f"{KIND}.created", session)
    return session


def enter(world: World, session_id: str) -> Document | None:
    """The session behind a link, if it still opens: five minutes until it is used, an hour after that."""
    session = world.store.find(session_id)
    if session is None or session["object"] != KIND:
        return None
    # The customer may live on a test clock; the link is the desk's, and so is its time.
    if world.now() > world.store.private(session_id)["open_until"]:
        return None
    if world.store.get(session["customer"]).get("deleted"):
        return None
    return world.store.save(session, open_until=world.now() + _MINUTES_IDLE * 60)


def _configuration(world: World, given: dict[str, Any]) -> Document:
    if "configuration" not in given:
        return portal_configuration.default_configuration(world)
    found = referenced(world, portal_configuration.KIND, given["configuration"], "configuration")
    if not found["active"]:
        raise invalid("The configuration provided is inactive.", "configuration")
    return found


def _flow(
    world: World, customer: Document, configuration: Document, given: dict[str, Any] | None
) -> Document | None:
    if given is None:
        return None
    task = given["type"]
    if task not in _FLOWS:
        raise invalid(f"The sandbox does not do the flow `{task}`.", "flow_data[type]")
    if not configuration["features"][task]["enabled"]:
        raise ApiError(
            f"This feature is not enabled in the portal configuration {configuration['id']}: {task}.",
            param="flow_data[type]",
        )
    flow: Document = {"after_completion": _after(given), **dict.fromkeys(_TASKS), "type": task}
    if task == "subscription_cancel":
        flow[task] = _cancellation(world, customer, given.get(task))
    return flow


def _after(given: dict[str, Any]) -> Document:
    after: Document = given.get("after_completion") or {"type": "portal_homepage"}
    wanted, inside = after["type"], "flow_data[after_completion]"
    known: Document = {"hosted_confirmation": None, "redirect": None, "type": wanted}
    if wanted == "redirect":
        if "redirect" not in after:
            raise missing(f"{inside}[redirect]")
        check_address(after["redirect"], "return_url", f"{inside}[redirect]")
        known["redirect"] = {"return_url": after["redirect"]["return_url"]}
    if wanted == "hosted_confirmation":
        words: Document = after.get("hosted_confirmation") or {}
        known["hosted_confirmation"] = {"custom_message": words.get("custom_message")}
    return known


def _cancellation(world: World, customer: Document, given: dict[str, Any] | None) -> Document:
    param = "flow_data[subscription_cancel]"
    if not given:
        raise missing(param)
    refuse_all_but(given, ["subscription"], param)
    subscription = referenced(world, "subscription", given["subscription"], f"{param}[subscription]")
    if subscription["customer"] != customer["id"] or subscription["status"] in ENDED:
        raise invalid(
            f"The subscription {subscription['id']} cannot be canceled by customer {customer['id']}.",
            f"{param}[subscription]",
        )
    if subscription["cancel_at"] or subscription["cancel_at_period_end"]:
        raise invalid(
            f"The subscription {subscription['id']} is already set to be canceled.", f"{param}[subscription]"
        )
    return {"retention": None, "subscription": subscription["id"]}
