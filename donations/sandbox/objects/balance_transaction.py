"""Balance transactions: what really reaches the account, in its own currency, after the fee."""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.money import SETTLEMENT_CURRENCY, exchange_rate, fee_for, settled
from donations.sandbox.world import World

DISPUTE_FEE = 1500
_DAYS_UNTIL_AVAILABLE = 7


def for_charge(world: World, charge: Document) -> Document:
    amount = settled(charge["amount"], charge["currency"])
    return _new(world, charge, "charge", charge["currency"], amount, fee_for(amount), charge["description"])


def for_refund(world: World, refund: Document) -> Document:
    """Stripe keeps the fee of a charge that is refunded."""
    amount = -settled(refund["amount"], refund["currency"])
    return _new(world, refund, "refund", refund["currency"], amount, 0, "REFUND FOR CHARGE")


def for_dispute(world: World, dispute: Document) -> Document:
    amount = -settled(dispute["amount"], dispute["currency"])
    return _new(
        world, dispute, "adjustment", dispute["currency"], amount, DISPUTE_FEE, "Chargeback withdrawal",
        category="dispute",
    )  # fmt: skip


def _new(
    world: World,
    source: Document,
    type: str,
    currency: str,
    amount: int,
    fee: int,
    description: str | None,
    category: str | None = None,
) -> Document:
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
            "exchange_rate": None if currency == SETTLEMENT_CURRENCY else float(exchange_rate(currency)),
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
