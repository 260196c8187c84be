"""The one way to Stripe's API.

Timeouts and retries are explicit: without them the SDK waits 80 seconds and never tries again.
Its telemetry is off: it writes a file to the home folder and reports. Its log is off too, for it
would write what we send, addresses included. A rate limit is not waited out here but handed to
the job that called, with the time that Stripe asks for.

The SDK's exceptions are not chained to ours, because their text echoes what was sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

import stripe

from donations.gateway import payments, recurring
from donations.gateway.errors import CallInTransaction
from donations.gateway.fields import Fields
from donations.gateway.ids import is_object_id
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentIntentSnapshot,
    RefundSnapshot,
    Snapshot,
    SubscriptionSnapshot,
)
from donations.gateway.translation import translated
from donations.gateway.transport import AnswerCheckingClient
from donations.models.database import is_in_transaction

_T = TypeVar("_T")
_PAGE: Final = 100
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
"""By how much Stripe's clock may be behind the one that wrote our row."""


class StripeGateway:
    """A `Gateway`, over HTTP. One a process: it may be used from several threads."""

    def __init__(
        self,
        secret_key: str,
        api_base: str,
        *,
        timeout: tuple[float, float] = (5, 20),
        max_network_retries: int = 2,
    ) -> None:
        """`timeout` is to connect and to read, in seconds, of each try."""
        stripe.enable_telemetry = False
        logging.getLogger("stripe").setLevel(logging.WARNING)
        client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")},
            http_client=AnswerCheckingClient(timeout=timeout),
            max_network_retries=max_network_retries,
        )
        self._v1 = client.v1
        self._fetchers: Mapping[ObjectKind, Callable[[str], Snapshot]] = {
            ObjectKind.CHECKOUT_SESSION: self._checkout_session,
            ObjectKind.PAYMENT_INTENT: self._payment_intent,
            ObjectKind.CHARGE: self._charge,
            ObjectKind.SUBSCRIPTION: self._subscription,
            ObjectKind.INVOICE: self._invoice,
            ObjectKind.INVOICE_PAYMENT: self._invoice_payment,
            ObjectKind.REFUND: self._refund,
            ObjectKind.DISPUTE: self._dispute,
        }

    def create_checkout_session(
        self, parameters: Mapping[str, Any], idempotency_key: str
    ) -> CheckoutSessionSnapshot:
        if not idempotency_key:
            # The SDK would make one up, and a second try would open a second session.
            raise ValueError("an idempotency key of our own is needed")
        wanted = cast("stripe.params.checkout.SessionCreateParams", dict(parameters))
        answer = _ask(lambda: self._v1.checkout.sessions.create(wanted, {"idempotency_key": idempotency_key}))
        return payments.checkout_session(_fields(answer, "checkout.session"))

    def find_checkout_session(
        self, reference: str, created_since: datetime
    ) -> CheckoutSessionSnapshot | None:
        since = int((created_since - _CLOCKS_DIFFER_BY).timestamp())

        def search() -> CheckoutSessionSnapshot | None:
            listed = self._v1.checkout.sessions.list({"created": {"gte": since}, "limit": _PAGE})
            for answer in listed.auto_paging_iter():
                session = _fields(answer, "checkout.session")
                if payments.reference_of_session(session) == reference:
                    return payments.checkout_session(session)
            return None

        return _ask(search)

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        if not is_object_id(stripe_id):
            # An empty one would list all objects of the kind.
            raise ValueError("not an id of Stripe's")
        return self._fetchers[kind](stripe_id)

    def _checkout_session(self, stripe_id: str) -> CheckoutSessionSnapshot:
        answer = _ask(lambda: self._v1.checkout.sessions.retrieve(stripe_id))
        return payments.checkout_session(_fields(answer, "checkout.session"))

    def _payment_intent(self, stripe_id: str) -> PaymentIntentSnapshot:
        answer = _ask(
            lambda: self._v1.payment_intents.retrieve(
                stripe_id, {"expand": ["latest_charge.balance_transaction"]}
            )
        )
        intent = _fields(answer, "payment_intent")
        is_ours = payments.reference_in(intent) is not None
        return payments.payment_intent(intent, None if is_ours else self._invoice_paid_by(stripe_id))

    def _invoice_paid_by(self, payment_intent_id: str) -> InvoiceLink | None:
        """Neither intent nor charge names its invoice any more; this list is the only way there."""
        listed = _ask(
            lambda: self._v1.invoice_payments.list(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_intent_id},
                    "expand": ["data.invoice"],
                }
            )
        )
        rows = _fields(listed, "invoice_payments").rows()
        return recurring.invoice_link(rows[0].nested("invoice")) if rows else None

    def _charge(self, stripe_id: str) -> ChargeSnapshot:
        answer = _ask(lambda: self._v1.charges.retrieve(stripe_id, {"expand": ["balance_transaction"]}))
        return payments.charge(_fields(answer, "charge"))

    def _subscription(self, stripe_id: str) -> SubscriptionSnapshot:
        answer = _ask(lambda: self._v1.subscriptions.retrieve(stripe_id))
        return recurring.subscription(_fields(answer, "subscription"))

    def _invoice(self, stripe_id: str) -> InvoiceSnapshot:
        """Its `payments` are optional and may be cut short, so they are always listed apart."""
        answer = _ask(lambda: self._v1.invoices.retrieve(stripe_id))
        paid = _ask(
            lambda: list(
                self._v1.invoice_payments.list({"invoice": stripe_id, "limit": _PAGE}).auto_paging_iter()
            )
        )
        return recurring.invoice(
            _fields(answer, "invoice"), [_fields(one, "invoice_payment") for one in paid]
        )

    def _invoice_payment(self, stripe_id: str) -> InvoicePaymentSnapshot:
        answer = _ask(lambda: self._v1.invoice_payments.retrieve(stripe_id))
        return recurring.invoice_payment(_fields(answer, "invoice_payment"))

    def _refund(self, stripe_id: str) -> RefundSnapshot:
        return payments.refund(_fields(_ask(lambda: self._v1.refunds.retrieve(stripe_id)), "refund"))

    def _dispute(self, stripe_id: str) -> DisputeSnapshot:
        return payments.dispute(_fields(_ask(lambda: self._v1.disputes.retrieve(stripe_id)), "dispute"))


def _ask(call: Callable[[], _T]) -> _T:
    if is_in_transaction():
        raise CallInTransaction
    try:
        return call()
    except stripe.StripeError as error:
        problem = translated(error)
    # Raised out here, so that Stripe's error is neither its cause nor its context.
    raise problem


def _fields(answer: stripe.StripeObject, name: str) -> Fields:
    return Fields(answer.to_dict(), name)
