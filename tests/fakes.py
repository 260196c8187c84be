"""A gateway with an in-memory truth, for tests that are not about HTTP. It refuses to be called
inside a transaction, as the real one does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from donations.gateway.errors import CallInTransaction
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine, Listed, Page, T
from donations.gateway.notices import Notice
from donations.gateway.snapshots import CheckoutSessionSnapshot, RefundSnapshot, Snapshot
from donations.models.database import is_in_transaction


@dataclass
class FakeGateway:
    """`objects` is what Stripe would say; `raising` is raised instead, once each, first to last."""

    objects: dict[tuple[ObjectKind, str], Snapshot] = field(default_factory=dict)
    raising: list[Exception] = field(default_factory=list)
    created: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters of each session by idempotency key: the same key again makes no second one."""
    acts: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """What was done at Stripe, by idempotency key."""
    deleted: list[str] = field(default_factory=list)
    events: list[Notice] = field(default_factory=list)
    """What Stripe would list as told, the newest first; so with `balance`."""
    balance: list[BalanceLine] = field(default_factory=list)
    page_size: int = 100
    refunds: dict[str, RefundSnapshot] = field(default_factory=dict)
    """By our reference."""
    calls: int = 0
    losing: list[Exception] = field(default_factory=list)
    """Raised after a refund was made, once each: its answer is lost."""
    forgets_keys: bool = False
    """As Stripe may after a day: the same call then is a new one."""

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

    def change_subscription(
        self, stripe_id: str, parameters: Mapping[str, Any], idempotency_key: str
    ) -> None:
        self._act(f"change {stripe_id}", parameters, idempotency_key)

    def end_subscription(self, stripe_id: str, idempotency_key: str) -> None:
        self._act(f"end {stripe_id}", {}, idempotency_key)

    def pay_invoice(self, stripe_id: str, idempotency_key: str) -> None:
        self._act(f"pay {stripe_id}", {}, idempotency_key)

    def create_refund(self, parameters: Mapping[str, Any], idempotency_key: str) -> RefundSnapshot:
        if self.forgets_keys:
            self.acts.pop(idempotency_key, None)
        is_new = idempotency_key not in self.acts
        self._act(f"refund {parameters['payment_intent']}", parameters, idempotency_key)
        reference = parameters["metadata"]["reference"]
        if is_new:
            number = sum(kind is ObjectKind.REFUND for kind, _ in self.objects) + 1
            made = RefundSnapshot(
                id=f"re_{number}_{reference}",
                payment_intent_id=parameters["payment_intent"],
                charge_id=None,
                amount=parameters["amount"],
                currency="eur",
                status="succeeded",
                reason=parameters["reason"],
                created_at=datetime(2026, 11, 22, 13, tzinfo=UTC),
            )
            self.refunds[reference] = made
            self.objects[ObjectKind.REFUND, made.id] = made
        if self.losing:
            raise self.losing.pop(0)
        return self.refunds[reference]

    def find_refund(self, payment_intent_id: str, reference: str) -> RefundSnapshot | None:
        self._begin()
        found = self.refunds.get(reference)
        return found if found is not None and found.payment_intent_id == payment_intent_id else None

    def delete_customer(self, stripe_id: str) -> None:
        self._begin()
        self.deleted.append(stripe_id)

    def open_card_page(self, customer_id: str, *, return_url: str, locale: str) -> str:
        self._begin()
        return f"https://billing.stripe.com/p/session/{customer_id}"

    def find_invoice_page(self, invoice_id: str) -> str | None:
        self._begin()
        return f"https://invoice.stripe.com/i/{invoice_id}"

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        self._begin()
        return self.objects[kind, stripe_id]

    def find_checkout_sessions(
        self, references: Collection[str], created_since: datetime
    ) -> Mapping[str, CheckoutSessionSnapshot]:
        self._begin()
        sessions = [known for known in self.objects.values() if isinstance(known, CheckoutSessionSnapshot)]
        return {known.reference: known for known in sessions if known.reference in references}

    def list_objects(self, kind: ObjectKind, since: datetime, after: str | None) -> Page[Listed]:
        self._begin()
        found = [
            Listed(kind, stripe_id, snapshot)
            for (of_kind, stripe_id), snapshot in reversed(self.objects.items())
            # Those that don't say when they were created are always listed.
            if of_kind is kind and getattr(snapshot, "created_at", since) >= since
        ]
        return self._page(found, [each.id for each in found], after)

    def list_events(self, since: datetime, after: str | None) -> Page[Notice]:
        self._begin()
        found = [each for each in self.events if each.created_at is None or each.created_at >= since]
        return self._page(found, [each.event_id for each in found], after)

    def list_balance(self, since: datetime, after: str | None) -> Page[BalanceLine]:
        self._begin()
        found = [each for each in self.balance if each.created_at >= since]
        return self._page(found, [each.id for each in found], after)

    def _page(self, found: list[T], ids: list[str], after: str | None) -> Page[T]:
        begin = 0 if after is None else ids.index(after) + 1
        end = begin + self.page_size
        return Page(tuple(found[begin:end]), ids[end - 1] if end < len(found) else None)

    def _act(self, what: str, parameters: Mapping[str, Any], idempotency_key: str) -> None:
        """The same key again is answered again and has no second effect."""
        self._begin()
        assert self.acts.setdefault(idempotency_key, (what, dict(parameters))) == (what, dict(parameters))

    def _begin(self) -> None:
        if is_in_transaction():
            raise CallInTransaction
        self.calls += 1
        if self.raising:
            raise self.raising.pop(0)
