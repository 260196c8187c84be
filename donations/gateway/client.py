"""The one way to Stripe's API.

Timeouts and retries are explicit: without them the SDK waits 80 seconds and never tries again.
Its telemetry is off: it writes a file to the home folder and reports. Its log is off too, for it
would write what we send, addresses included. A rate limit is not waited out here but handed to
the job that called, with the time that Stripe asks for.

The SDK's exceptions are not chained to ours, because their text echoes what was sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

import stripe

from donations.gateway import listing, payments, recurring
from donations.gateway.checkout_parameters import stripes_locale
from donations.gateway.errors import CallInTransaction, NotFoundAtStripe
from donations.gateway.fields import Fields
from donations.gateway.ids import is_object_id
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine, Listed, Page
from donations.gateway.notices import Notice
from donations.gateway.observing import Observer, ignore
from donations.gateway.snapshots import (
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    CustomerSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentIntentSnapshot,
    PaymentMethodSnapshot,
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
        observe: Observer = ignore,
    ) -> None:
        """`timeout` is to connect and to read, in seconds, of each try."""
        stripe.enable_telemetry = False
        logging.getLogger("stripe").setLevel(logging.WARNING)
        client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")},
            http_client=AnswerCheckingClient(timeout, observe),
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
            ObjectKind.CUSTOMER: self._customer,
            ObjectKind.PAYMENT_METHOD: self._payment_method,
        }

    def create_checkout_session(
        self, parameters: Mapping[str, Any], idempotency_key: str
    ) -> CheckoutSessionSnapshot:
        options = _keyed(idempotency_key)
        wanted = cast("stripe.params.checkout.SessionCreateParams", dict(parameters))
        answer = _ask(lambda: self._v1.checkout.sessions.create(wanted, options))
        return payments.checkout_session(_fields(answer, "checkout.session"))

    def find_checkout_sessions(
        self, references: Collection[str], created_since: datetime
    ) -> Mapping[str, CheckoutSessionSnapshot]:
        since = int((created_since - _CLOCKS_DIFFER_BY).timestamp())

        def search() -> Mapping[str, CheckoutSessionSnapshot]:
            wanted, found = set(references), dict[str, CheckoutSessionSnapshot]()
            listed = self._v1.checkout.sessions.list({"created": {"gte": since}, "limit": _PAGE})
            for answer in listed.auto_paging_iter():
                session = _fields(answer, "checkout.session")
                reference = payments.reference_of_session(session)
                if reference in wanted:
                    found[reference] = payments.checkout_session(session)
                if len(found) == len(wanted):
                    break
            return found

        return _ask(search)

    def change_subscription(
        self, stripe_id: str, parameters: Mapping[str, Any], idempotency_key: str
    ) -> None:
        options = _keyed(idempotency_key)
        wanted = cast("stripe.params.SubscriptionUpdateParams", dict(parameters))
        _ask(lambda: self._v1.subscriptions.update(_checked(stripe_id), wanted, options))

    def end_subscription(self, stripe_id: str, idempotency_key: str) -> None:
        options = _keyed(idempotency_key)
        _ask(lambda: self._v1.subscriptions.cancel(_checked(stripe_id), {}, options))

    def pay_invoice(self, stripe_id: str, idempotency_key: str) -> None:
        options = _keyed(idempotency_key)
        _ask(lambda: self._v1.invoices.pay(_checked(stripe_id), {}, options))

    def create_refund(self, parameters: Mapping[str, Any], idempotency_key: str) -> RefundSnapshot:
        options = _keyed(idempotency_key)
        wanted = cast("stripe.params.RefundCreateParams", dict(parameters))
        return payments.refund(_fields(_ask(lambda: self._v1.refunds.create(wanted, options)), "refund"))

    def find_refund(self, payment_intent_id: str, reference: str) -> RefundSnapshot | None:
        of_payment = _checked(payment_intent_id)

        def search() -> RefundSnapshot | None:
            listed = self._v1.refunds.list({"payment_intent": of_payment, "limit": _PAGE})
            refunds = (_fields(answer, "refund") for answer in listed.auto_paging_iter())
            found = (each for each in refunds if payments.reference_in(each) == reference)
            return next((payments.refund(each) for each in found), None)

        return _ask(search)

    def delete_customer(self, stripe_id: str) -> None:
        try:
            _ask(lambda: self._v1.customers.delete(_checked(stripe_id)))
        except NotFoundAtStripe:
            # Deleted before: by an earlier try whose answer was lost, or by hand.
            return

    def open_card_page(self, customer_id: str, *, return_url: str, locale: str) -> str:
        wanted: stripe.params.billing_portal.SessionCreateParams = {
            "customer": _checked(customer_id),
            "return_url": return_url,
            "locale": cast("Any", stripes_locale(locale)),
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
            },
        }
        answer = _ask(lambda: self._v1.billing_portal.sessions.create(wanted))
        return _fields(answer, "billing_portal.session").text("url")

    def find_invoice_page(self, invoice_id: str) -> str | None:
        invoice = _fields(_ask(lambda: self._v1.invoices.retrieve(_checked(invoice_id))), "invoice")
        is_open = invoice.maybe_text("status") == "open"
        return invoice.maybe_text("hosted_invoice_url") if is_open else None

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        return self._fetchers[kind](_checked(stripe_id))

    def list_objects(self, kind: ObjectKind, since: datetime, after: str | None) -> Page[Listed]:
        return _ask(lambda: listing.objects(self._v1, kind, since, after))

    def list_events(self, since: datetime, after: str | None) -> Page[Notice]:
        return _ask(lambda: listing.events(self._v1, since, after))

    def list_balance(self, since: datetime, after: str | None) -> Page[BalanceLine]:
        return _ask(lambda: listing.balance(self._v1, since, after))

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
        expanded = ["default_payment_method", "customer.invoice_settings.default_payment_method"]
        answer = _ask(lambda: self._v1.subscriptions.retrieve(stripe_id, {"expand": expanded}))
        return recurring.subscription(_fields(answer, "subscription"))

    def _invoice(self, stripe_id: str) -> InvoiceSnapshot:
        """Its `payments` are optional and may be cut short, so they are always listed apart."""
        answer = _ask(lambda: self._v1.invoices.retrieve(stripe_id))
        paid = _ask(
            lambda: list(
                self._v1.invoice_payments.list(
                    {"invoice": stripe_id, "limit": _PAGE, "expand": ["data.payment.payment_intent"]}
                ).auto_paging_iter()
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

    def _customer(self, stripe_id: str) -> CustomerSnapshot:
        return recurring.customer(_fields(_ask(lambda: self._v1.customers.retrieve(stripe_id)), "customer"))

    def _payment_method(self, stripe_id: str) -> PaymentMethodSnapshot:
        answer = _ask(lambda: self._v1.payment_methods.retrieve(stripe_id))
        return recurring.payment_method(_fields(answer, "payment_method"))


def _keyed(idempotency_key: str) -> stripe.RequestOptions:
    """The options of a call that has an effect. Without a key the SDK would make one up, and a second
    try would have a second effect."""
    if not idempotency_key:
        raise ValueError("an idempotency key of our own is needed")
    return {"idempotency_key": idempotency_key}


def _checked(stripe_id: str) -> str:
    """An id that may stand in a path: an empty one would name all objects of its kind."""
    if not is_object_id(stripe_id):
        raise ValueError("not an id of Stripe's")
    return stripe_id


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
