"""What Stripe says that happened, in the words of `donations dump`, computed without our code."""

from __future__ import annotations

from typing import Any

_FREQUENCIES = {"month": "monthly", "year": "annual"}


def dump_of(state: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The dump that a perfect copy of the sandbox's `state` would give."""
    objects = state["objects"]
    return {
        "donations": [
            _donation(intent, objects)
            for intent in objects.get("payment_intent", [])
            if intent["status"] == "succeeded"
        ],
        "refunds": [
            {name: refund[name] for name in ("id", "payment_intent", "amount", "currency", "status")}
            for refund in objects.get("refund", [])
        ],
        "disputes": [
            {name: dispute[name] for name in ("id", "payment_intent", "amount", "currency", "status")}
            for dispute in objects.get("dispute", [])
        ],
        "subscriptions": [_subscription(each) for each in objects.get("subscription", [])],
    }


def agrees(ours: dict[str, list[dict[str, Any]]], state: dict[str, Any]) -> bool:
    """Whether our dump is what Stripe says, and our ledger adds up to what it says that counts.

    Movements are our own words, so only their sums can be compared: a year's worth of each gift.
    """
    facts = {name: rows for name, rows in ours.items() if name != "movements"}
    booked: dict[str, int] = {}
    for each in ours["movements"]:
        booked[each["subscription"]] = booked.get(each["subscription"], 0) + each["annual_amount"]
    counted = {each["id"]: _annual_amount(each, state) for each in state["objects"].get("subscription", [])}
    sums = {stripe_id: booked.get(stripe_id, 0) for stripe_id in counted}
    return facts == dump_of(state) and sums == counted


def _annual_amount(subscription: dict[str, Any], state: dict[str, Any]) -> int:
    """What a gift that goes on, is not paused and was paid at least once brings in a year."""
    is_on = subscription["status"] in {"active", "past_due", "trialing"}
    was_paid = any(
        invoice["amount_paid"] > 0
        and invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
        for invoice in state["objects"].get("invoice", [])
    )
    if not is_on or not was_paid or subscription["pause_collection"] is not None:
        return 0
    item = subscription["items"]["data"][0]
    times = {"month": 12, "year": 1}[item["price"]["recurring"]["interval"]]
    return item["price"]["unit_amount"] * item["quantity"] * times


def _donation(intent: dict[str, Any], objects: dict[str, Any]) -> dict[str, Any]:
    charge = _by_id(objects["charge"], intent["latest_charge"])
    balance = _balance_of(charge, objects)
    payment = next(
        (
            each
            for each in objects.get("invoice_payment", [])
            if each["payment"].get("payment_intent") == intent["id"]
        ),
        None,
    )
    invoice = None if payment is None else _by_id(objects["invoice"], payment["invoice"])
    subscription = None if invoice is None else invoice["parent"]["subscription_details"]["subscription"]
    frequency = "once"
    if invoice is not None:
        # Of the price that was paid: the gift may have another by now.
        price = invoice["lines"]["data"][-1]["pricing"]["price_details"]["price"]
        frequency = _FREQUENCIES[_by_id(objects["price"], price)["recurring"]["interval"]]
    return {
        "payment_intent": intent["id"],
        "charge": charge["id"],
        "invoice": None if invoice is None else invoice["id"],
        "subscription": subscription,
        "source": "stripe",
        "frequency": frequency,
        "amount": intent["amount_received"],
        "currency": intent["currency"],
        "refunded": charge["amount_refunded"],
        "settlement_currency": balance["currency"],
        "settled": balance["amount"],
        "fee": balance["fee"],
        "net": balance["net"],
        "charged_at": charge["created"],
    }


def _balance_of(charge: dict[str, Any], objects: dict[str, Any]) -> dict[str, Any]:
    """Fee and net may come later than the charge."""
    if charge["balance_transaction"] is None:
        return dict.fromkeys(("currency", "amount", "fee", "net"))
    return _by_id(objects["balance_transaction"], charge["balance_transaction"])


def _subscription(subscription: dict[str, Any]) -> dict[str, Any]:
    item = subscription["items"]["data"][0]
    return {
        "id": subscription["id"],
        "customer": subscription["customer"],
        "status": subscription["status"],
        "frequency": _FREQUENCIES[item["price"]["recurring"]["interval"]],
        "amount": item["price"]["unit_amount"] * item["quantity"],
        "currency": item["price"]["currency"],
        "started_at": subscription["start_date"],
        "current_period_ends_at": item["current_period_end"],
        "cancels_at": subscription["cancel_at"],
        "ended_at": subscription["ended_at"],
        "is_collection_paused": subscription["pause_collection"] is not None,
    }


def _by_id(rows: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    return next(row for row in rows if row["id"] == wanted)
