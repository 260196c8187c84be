"""What must be true of the sandbox's books, whatever was done to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from donations.sandbox.money import settled
from tests.stripe_description.answers import wrong_with_event, wrong_with_object

Document = dict[str, Any]
Objects = dict[str, list[Document]]

_GIVEN_BACK = {"pending", "requires_action", "succeeded"}
"""Refunds that count against their charge; a failed or canceled one counts no more."""


def wrong_in(objects: Objects) -> list[str]:
    """Every rule that is broken, in words; empty when the books are right."""
    found: list[str] = []
    for rule in (_invoices, _intents, _charges, _transactions, _subscriptions, _sessions, _shapes):
        found += rule(objects)
    return found


def _by_id(objects: Objects, kind: str) -> dict[str, Document]:
    return {document["id"]: document for document in objects.get(kind, [])}


def _invoices(objects: Objects) -> Iterator[str]:
    """What Stripe calls paid was paid by a payment that succeeded, unless by other means or nothing."""
    intents = _by_id(objects, "payment_intent")
    paid: Counter[str] = Counter()
    for payment in objects.get("invoice_payment", []):
        if payment["status"] == "paid":
            paid[payment["invoice"]] += payment["amount_paid"] or 0
            if intents[payment["payment"]["payment_intent"]]["status"] != "succeeded":
                yield f"{payment['id']} is paid by a payment that did not succeed"
    for invoice in objects.get("invoice", []):
        if invoice["amount_remaining"] < 0 or invoice["amount_paid"] > invoice["amount_due"]:
            yield f"{invoice['id']} is paid with more than was due"
        elsewhere = invoice["amount_paid_off_stripe"]
        owed = 0 if elsewhere else invoice["amount_due"]
        if invoice["status"] == "paid" and paid[invoice["id"]] != owed:
            yield f"{invoice['id']} is paid {owed}, its payments {paid[invoice['id']]}"


def _intents(objects: Objects) -> Iterator[str]:
    charges = _by_id(objects, "charge")
    for intent in objects.get("payment_intent", []):
        if intent["status"] != "succeeded":
            if intent["amount_received"]:
                yield f"{intent['id']} received money and did not succeed"
            continue
        charge = charges[intent["latest_charge"]]
        if charge["status"] != "succeeded" or charge["amount_captured"] != intent["amount_received"]:
            yield f"{intent['id']} succeeded, but its charge says otherwise"


def _charges(objects: Objects) -> Iterator[str]:
    refunded: Counter[str] = Counter()
    for refund in objects.get("refund", []):
        if refund["status"] in _GIVEN_BACK:
            refunded[refund["charge"]] += refund["amount"]
    for charge in objects.get("charge", []):
        given_back = charge["amount_refunded"]
        if given_back != refunded[charge["id"]]:
            yield f"{charge['id']} says {given_back} were refunded, its refunds {refunded[charge['id']]}"
        if given_back > charge["amount_captured"] > 0 or charge["amount_captured"] > charge["amount"]:
            yield f"{charge['id']} gave back more than it took"
        if charge["paid"] != (charge["status"] != "failed"):
            yield f"{charge['id']} is {charge['status']} and paid={charge['paid']}"


def _transactions(objects: Objects) -> Iterator[str]:
    """Each adds up, and all together are what was charged less what was given back and the fees."""
    by_currency: defaultdict[str, int] = defaultdict(int)
    fees = 0
    for line in objects.get("balance_transaction", []):
        by_currency[line["currency"]] += line["net"]
        fees += line["fee"]
        if line["net"] != line["amount"] - line["fee"]:
            yield f"{line['id']} does not add up"
        if line["fee"] != sum(detail["amount"] for detail in line["fee_details"]):
            yield f"{line['id']} has a fee without details"
    if set(by_currency) - {"eur"}:
        yield f"settled in {sorted(by_currency)}"
    expected = _charged(objects) - _given_back(objects) - _withdrawn(objects) - fees
    if by_currency["eur"] != expected:
        yield f"the balance is {by_currency['eur']}, and should be {expected}"


def _charged(objects: Objects) -> int:
    return sum(
        settled(charge["amount_captured"], charge["currency"])
        for charge in objects.get("charge", [])
        if charge["balance_transaction"]
    )


def _given_back(objects: Objects) -> int:
    return sum(
        settled(refund["amount"], refund["currency"])
        for refund in objects.get("refund", [])
        if refund["balance_transaction"] and not refund.get("failure_balance_transaction")
    )


def _withdrawn(objects: Objects) -> int:
    """A chargeback takes the money at once, and brings it back when it is won."""
    return sum(
        settled(dispute["amount"], dispute["currency"])
        for dispute in objects.get("dispute", [])
        if dispute["balance_transactions"] and dispute["status"] not in {"won", "warning_closed"}
    )


def _subscriptions(objects: Objects) -> Iterator[str]:
    for subscription in objects.get("subscription", []):
        is_over = subscription["status"] in {"canceled", "incomplete_expired"}
        if is_over != (subscription["ended_at"] is not None):
            yield f"{subscription['id']} is {subscription['status']}, ended {subscription['ended_at']}"
        for item in subscription["items"]["data"]:
            if item["current_period_start"] > item["current_period_end"]:
                yield f"{subscription['id']} has a period that ends before it starts"


def _sessions(objects: Objects) -> Iterator[str]:
    for session in objects.get("checkout.session", []):
        is_open = session["status"] == "open"
        if is_open != (session["url"] is not None):
            yield f"{session['id']} is {session['status']} with the address {session['url']}"
        if session["payment_status"] == "paid" and session["status"] != "complete":
            yield f"{session['id']} is paid and not complete"


def _shapes(objects: Objects) -> Iterator[str]:
    for documents in objects.values():
        for document in documents:
            told = wrong_with_event(document) if document["object"] == "event" else []
            for complaint in wrong_with_object(document) + told:
                yield f"{document['id']}: {complaint}"
