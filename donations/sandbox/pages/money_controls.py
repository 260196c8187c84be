"""Controls for what banks do with money that was paid: disputes, warnings, refunds that come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from donations.sandbox.api.errors import ApiError, missing
from donations.sandbox.document import Document
from donations.sandbox.flows import give_back, trouble
from donations.sandbox.objects.dispute import CaseType
from donations.sandbox.objects.early_fraud_warning import new_warning
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.ticker import catch_up
from donations.sandbox.world import World

_CASES: dict[str, CaseType] = {"chargeback": "chargeback", "inquiry": "inquiry"}
_OUTCOMES = {"win": "won", "lose": "lost", "close": "warning_closed", "prevent": "prevented"}


def open_dispute(world: World, given: dict[str, Any]) -> Document:
    """`case` is chargeback or inquiry; `amount` and `reason` may be said too."""
    case = given.get("case", "chargeback")
    if case not in _CASES:
        raise ApiError("`case` is chargeback or inquiry.", param="case")
    with world.store.transaction():
        dispute = trouble.open_dispute(
            world, _charge(world, given), _CASES[case], given.get("amount"), given.get("reason", "fraudulent")
        )
        catch_up(world)
    return dispute


def close_dispute(world: World, given: dict[str, Any]) -> Document:
    """`outcome` is win or lose; of an inquiry close, prevent, or escalate, which makes a dispute of it."""
    with world.store.transaction():
        dispute = _object(world, given, "dispute")
        outcome = given.get("outcome")
        is_inquiry = dispute["status"].startswith("warning_")
        if outcome == "escalate":
            closed = trouble.escalate(world, dispute)
        elif outcome in _OUTCOMES and is_inquiry == (outcome in {"close", "prevent"}):
            closed = trouble.close_dispute(world, dispute, _OUTCOMES[outcome])
        else:
            raise ApiError(
                "`outcome` is win or lose for a dispute; close, prevent or escalate for an inquiry.",
                param="outcome",
            )
        catch_up(world)
    return closed


def warn_of_fraud(world: World, given: dict[str, Any]) -> Document:
    with world.store.transaction():
        warning = new_warning(world, _charge(world, given))
        catch_up(world)
    return warning


def finish_refund(world: World, given: dict[str, Any]) -> Document:
    """`outcome` is fail, or succeed for a refund that is pending."""
    outcome = given.get("outcome")
    if outcome not in {"fail", "succeed"}:
        raise ApiError("`outcome` is succeed or fail.", param="outcome")
    with world.store.transaction():
        refund = _object(world, given, "refund")
        if refund["status"] not in ({"pending"} if outcome == "succeed" else {"pending", "succeeded"}):
            raise ApiError(f"This refund is {refund['status']}.", param="refund")
        (give_back.fail if outcome == "fail" else give_back.arrive)(world, refund["id"])
        catch_up(world)
        return world.store.get(refund["id"])


def _charge(world: World, given: dict[str, Any]) -> Document:
    """By its own id, or by that of its payment intent."""
    if "payment_intent" in given:
        charge_id: str | None = _object(world, given, "payment_intent")["latest_charge"]
        if charge_id is None:
            raise ApiError("This payment intent has no charge.", param="payment_intent")
        return world.store.get(charge_id)
    return _object(world, given, "charge")


def _object(world: World, given: dict[str, Any], kind: str) -> Document:
    value = given.get(kind)
    if not isinstance(value, str):
        raise missing(kind)
    return referenced(world, kind, value, kind)


MONEY_CONTROLS: dict[str, Callable[[World, dict[str, Any]], Document]] = {
    "disputes": open_dispute,
    "disputes/close": close_dispute,
    "fraud_warnings": warn_of_fraud,
    "refunds": finish_refund,
}
