"""A gateway with an in-memory truth, for tests that are not about HTTP. It refuses to be called
inside a transaction, as the real one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from donations.gateway.errors import CallInTransaction
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot, Snapshot
from donations.models.database import is_in_transaction


@dataclass
class FakeGateway:
    """`objects` is what Stripe would say; `raising` is raised instead, once each, first to last."""

    objects: dict[tuple[ObjectKind, str], Snapshot] = field(default_factory=dict)
    raising: list[Exception] = field(default_factory=list)
    created: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters of each session by idempotency key: the same key again makes no second one."""
    calls: int = 0

    def create_checkout_session(
        self, parameters: Mapping[str, Any], idempotency_key: str
    ) -> CheckoutSessionSnapshot:
        self._begin()
        assert self.created.setdefault(idempotency_key, parameters) == parameters
        session_id = f"cs_test_{idempotency_key}"
        return CheckoutSessionSnapshot(
            id=session_id,
            status="open",
            payment_status="unpaid",
            mode=parameters["mode"],
            reference=parameters["client_reference_id"],
            url=f"https://checkout.stripe.com/c/pay/{session_id}",
            amount_total=parameters["line_items"][0]["price_data"]["unit_amount"],
            currency=parameters["line_items"][0]["price_data"]["currency"],
            payment_intent_id=None,
            subscription_id=None,
            customer_id=None,
            is_livemode=False,
            created_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
            expires_at=datetime.fromtimestamp(parameters["expires_at"], UTC),
        )

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        self._begin()
        return self.objects[kind, stripe_id]

    def find_checkout_session(
        self, reference: str, created_since: datetime
    ) -> CheckoutSessionSnapshot | None:
        self._begin()
        raise NotImplementedError("no test looks for a session yet")

    def _begin(self) -> None:
        if is_in_transaction():
            raise CallInTransaction
        self.calls += 1
        if self.raising:
            raise self.raising.pop(0)
