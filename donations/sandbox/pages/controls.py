"""The controls below `/_sandbox/`: JSON in, JSON out. They do to the world what no API call can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, Response, request

from donations.sandbox.api import fault_kinds, fault_plan, faults
from donations.sandbox.api.blueprint import json_response
from donations.sandbox.api.errors import ApiError, missing
from donations.sandbox.document import Document
from donations.sandbox.flows import debit
from donations.sandbox.flows.renew import renew
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.subscription import ENDED
from donations.sandbox.pages.card_controls import CARD_CONTROLS
from donations.sandbox.pages.endpoint_controls import ENDPOINT_CONTROLS
from donations.sandbox.pages.life_controls import LIFE_CONTROLS
from donations.sandbox.pages.money_controls import MONEY_CONTROLS
from donations.sandbox.ticker import catch_up
from donations.sandbox.webhooks import deliveries, plan
from donations.sandbox.world import World

_KINDS = (
    "balance_transaction", "billing_portal.configuration", "billing_portal.session", "charge",
    "checkout.session", "customer", "dispute", "event", "invoice", "invoice_payment", "payment_intent",
    "payment_method", "price", "product", "radar.early_fraud_warning", "refund", "setup_intent",
    "subscription", "subscription_schedule", "test_helpers.test_clock",
)  # fmt: skip

Control = Callable[[World, dict[str, Any]], Document]


def make_blueprint(world: World) -> Blueprint:
    blueprint = Blueprint("controls", __name__)
    for path, control in _CONTROLS.items():
        blueprint.add_url_rule(f"/_sandbox/{path}", path, _view(world, control), methods=["POST"])
    blueprint.add_url_rule("/_sandbox/faults", "report", lambda: json_response(faults.report(world)))
    blueprint.add_url_rule("/_sandbox/state", "state", lambda: json_response(_state(world)))
    blueprint.add_url_rule("/_sandbox/health", "health", lambda: json_response(_health(world)))
    return blueprint


def exists(name: str) -> bool:
    return name in _CONTROLS


def find(name: str) -> Control | None:
    return _CONTROLS.get(name)


def _view(world: World, control: Control) -> Callable[[], Response]:
    def view() -> Response:
        try:
            return json_response(control(world, _read_body()))
        except (TypeError, ValueError) as error:
            return json_response(ApiError(f"Not understood: {error}").body(), 400)
        except ApiError as error:
            return json_response(error.body(), error.status)

    return view


def _read_body() -> dict[str, Any]:
    given: Any = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(given, dict):
        raise ApiError("A control takes a JSON object.")
    return cast("dict[str, Any]", given)


def _health(world: World) -> Document:
    return {"status": "ok", "now": world.now()}


def _state(world: World) -> Document:
    """Everything that exists, sorted by id, to be compared with what others believe.

    Every kind is there, if only as an empty list.
    """
    objects = {kind: sorted(world.store.search(kind), key=lambda found: found["id"]) for kind in _KINDS}
    return {
        "now": world.now(),
        "delivery_mode": plan.current(world).mode.value,
        "faults": faults.waiting(world),
        "objects": objects,
        "deliveries": deliveries.overview(world)[::-1],
    }


def _set_delivery_mode(world: World, given: dict[str, Any]) -> Document:
    """Replace the plan of deliveries; what is not given is as it normally is."""
    wanted = plan.read(given)
    plan.put_in_force(world, wanted)
    return wanted.to_json()


def _flush(world: World, given: dict[str, Any]) -> Document:
    order = given.get("order", "kept")
    if order not in {"kept", "reversed", "shuffled"}:
        raise ApiError("`order` is kept, reversed or shuffled.", param="order")
    seed, duplicate = int(given.get("seed", 0)), bool(given.get("duplicate", False))
    return {"released": deliveries.flush(world, order=order, seed=seed, duplicate=duplicate)}


def _resend(world: World, given: dict[str, Any]) -> Document:
    event = referenced(world, "event", _named(given, "event"), "event")
    return {"queued": deliveries.resend(world, event, given.get("endpoint"))}


def _add_fault(world: World, given: dict[str, Any]) -> Document:
    """A fault, or with a `rate` a plan of them; `{"clear": true}` takes all of them back."""
    if given.get("clear"):
        faults.clear(world)
    elif "rate" in given:
        fault_plan.begin(world, fault_plan.read(given))
    else:
        faults.add(world, fault_kinds.read(given))
    return faults.report(world)


def _renew(world: World, given: dict[str, Any]) -> Document:
    with world.store.transaction():
        subscription = referenced(world, "subscription", _named(given, "subscription"), "subscription")
        if subscription["status"] in ENDED:
            raise ApiError("An ended subscription has no next cycle.", param="subscription")
        renewed = renew(world, subscription)
        catch_up(world)
    return renewed


def _finish_debit(world: World, given: dict[str, Any]) -> Document:
    """Settle or refuse a SEPA debit; without `outcome`, as its test IBAN says."""
    with world.store.transaction():
        intent = referenced(world, "payment_intent", _named(given, "payment_intent"), "payment_intent")
        if intent["status"] != "processing":
            raise ApiError("This payment is not on its way.", param="payment_intent")
        behaviour = world.store.private(intent["payment_method"])["behaviour"]
        outcome = given.get("outcome", "fail" if behaviour == "debit_fails" else "succeed")
        if outcome not in {"succeed", "fail"}:
            raise ApiError("`outcome` is succeed or fail.", param="outcome")
        (debit.settle if outcome == "succeed" else debit.refuse)(world, intent)
        catch_up(world)
        return world.store.get(intent["id"])


def _named(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise missing(name)
    return value


_CONTROLS: dict[str, Control] = {
    "deliveries": _set_delivery_mode,
    "deliveries/flush": _flush,
    "deliveries/resend": _resend,
    **ENDPOINT_CONTROLS,
    "faults": _add_fault,
    "renew": _renew,
    "debits": _finish_debit,
    **MONEY_CONTROLS,
    **CARD_CONTROLS,
    **LIFE_CONTROLS,
}
