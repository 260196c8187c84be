"""Balance transactions: what really reaches the account, in its own currency, after the fee.

What goes back is counted from what is back already: several small parts of a payment in another
currency, each rounded, add up to what the whole was worth on the day that it was paid.
"""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.money import SETTLEMENT_CURRENCY, exchange_rate, fee_for, settled
from donations.sandbox.store import Condition
from donations.sandbox.world import World

DISPUTE_FEE = 1500
_DAYS_UNTIL_AVAILABLE = 7
_REFUND = "REFUND FOR CHARGE"


def for_charge(world: World, charge: Document) -> Document:
    amount = settled(charge["amount"], charge["currency"])
    return _new(world, charge, "charge", charge["currency"], amount, fee_for(amount), charge["description"])


def for_refund(world: World, refund: Document, charge: Document) -> Document:
    """Stripe keeps the fee of a charge that is refunded."""
    amount = _next_part(world, charge, refund["amount"])
    return _new(world, refund, "refund", refund["currency"], amount, 0, _REFUND)


def for_failed_refund(world: World, refund: Document) -> Document:
    """The bank sent it back: the exact opposite of what was taken."""
    taken = world.store.get(refund["balance_transaction"])
    amount = -taken["amount"]
    return _new(
        world, refund, "refund_failure", refund["currency"], amount, 0, "REFUND FAILURE", rate_of=taken
    )


def for_dispute(world: World, dispute: Document, charge: Document) -> Document:
    amount = _next_part(world, charge, dispute["amount"])
    return _new(
        world, dispute, "adjustment", dispute["currency"], amount, DISPUTE_FEE, "Chargeback withdrawal",
        category="dispute",
    )  # fmt: skip


def for_won_dispute(world: World, dispute: Document) -> Document:
    """The amount comes back; the fee for the dispute does not."""
    taken = dispute["balance_transactions"][0]
    return _new(
        world, dispute, "adjustment", dispute["currency"], -taken["amount"], 0, "Chargeback reversal",
        category="dispute_reversal", rate_of=taken,
    )  # fmt: skip


def _next_part(world: World, charge: Document, amount: int) -> int:
    """What `amount` more takes from the balance (negative), after all that was taken before."""
    sources = [*_refunds_that_count(world, charge), *_disputes_that_count(world, charge)]
    taken = sum(_effect(world, source["id"]) for source in sources)
    before = sum(source["amount"] for source in sources)
    return -settled(before + amount, charge["currency"]) - taken


def _refunds_that_count(world: World, charge: Document) -> list[Document]:
    found = world.store.search("refund", [Condition("charge", charge["id"])])
    return [refund for refund in found if refund["status"] in {"pending", "succeeded"}]


def _disputes_that_count(world: World, charge: Document) -> list[Document]:
    found = world.store.search("dispute", [Condition("charge", charge["id"])])
    return [dispute for dispute in found if len(dispute["balance_transactions"]) == 1]


def _effect(world: World, source_id: str) -> int:
    moved = world.store.search("balance_transaction", [Condition("source", source_id)])
    return sum(transaction["amount"] for transaction in moved)


def _new(
    world: World,
    source: Document,
    type: str,
    currency: str,
    amount: int,
    fee: int,
    description: str | None,
    category: str | None = None,
    rate_of: Document | None = None,
) -> Document:
    """`rate_of`: a transaction that this one undoes, at the rate of then."""
    rate = None if currency == SETTLEMENT_CURRENCY else float(exchange_rate(currency))
    return world.store.save(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": world.now() + _DAYS_UNTIL_AVAILABLE * 86400,
            "balance_type": "payments",
            "created": world.now(),
            "currency": SETTLEMENT_CURRENCY,
            "description": description,
            "exchange_rate": rate_of["exchange_rate"] if rate_of else rate,
            "fee": fee,
            "fee_details": _fee_details(fee, category),
            "net": amount - fee,
            "reporting_category": category or type,
            "source": source["id"],
            "status": "pending",
            "type": type,
        }
    )


def _fee_details(fee: int, category: str | None) -> list[Document]:
    if not fee:
        return []
    words = "Dispute fee" if category == "dispute" else "Stripe processing fees"
    detail: Document = {
        "amount": fee,
        "application": None,
        "currency": SETTLEMENT_CURRENCY,
        "description": words,
        "type": "stripe_fee",
    }
    return [detail]
