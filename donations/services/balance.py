"""Keep Stripe's balance as it was listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind, kind_of_id
from donations.gateway.listed import BalanceLine
from donations.models import BalanceEntry
from donations.models.insert import insert_into

_OF_GIFTS = frozenset({ObjectKind.CHARGE, ObjectKind.REFUND, ObjectKind.DISPUTE})


def store(session: Session, lines: Sequence[BalanceLine], now: datetime) -> None:
    """Each line once, as Stripe says it now."""
    if not lines:
        return
    statement = insert_into(session, BalanceEntry)
    kept = ("type", "currency", "amount", "fee", "net", "seen_at")
    session.execute(
        statement.values([_row(line, now) for line in lines]).on_conflict_do_update(
            index_elements=[BalanceEntry.stripe_balance_transaction_id],
            set_={name: statement.excluded[name] for name in kept},
        )
    )


def _row(line: BalanceLine, now: datetime) -> dict[str, Any]:
    kind = None if line.source_id is None else kind_of_id(line.source_id)
    return {
        "stripe_balance_transaction_id": line.id,
        "type": line.type,
        "source_kind": None if kind not in _OF_GIFTS else str(kind),
        "stripe_source_id": line.source_id,
        "stripe_payment_intent_id": line.payment_intent_id,
        "currency": line.currency,
        "amount": line.amount,
        "fee": line.fee,
        "net": line.net,
        "created_at": line.created_at,
        "seen_at": now,
    }
