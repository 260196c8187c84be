"""What we rely on of Stripe, asked of the sandbox, and of Stripe itself where a test key is at hand.

`STRIPE_SECRET_KEY=sk_test_… pytest tests/gateway/test_contract.py` asks both the very same. Stripe's
hosted page cannot be filled in by a program, so payments are made through the API here.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe

from donations.domain.gifts import Frequency
from donations.domain.refunds import RefundReason
from donations.gateway.client import StripeGateway
from donations.gateway.errors import IdempotencyMismatch, NotFoundAtStripe, StripeRefused
from donations.gateway.kinds import ObjectKind
from donations.gateway.refund_parameters import refund_parameters
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.gateway.giving import parameters

KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE = "https://api.stripe.com"
CAN_ASK_STRIPE = KEY.startswith(("sk_test_", "rk_test_"))

ASKING_STRIPE = (
    [pytest.mark.enable_socket, pytest.mark.timeout(300)]
    if CAN_ASK_STRIPE
    else [pytest.mark.skip(reason="Stripe itself is asked where STRIPE_SECRET_KEY is a test key")]
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that must agree: our gateway to it, and the SDK for what a reader would do."""

    gateway: StripeGateway
    v1: Any

    def pay(self, reference: str, card: str = "pm_card_visa", **more: Any) -> Any:
        return self.v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "eur",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "capture_method": "automatic",
                "confirm": True,
                "payment_method": card,
                "metadata": {"reference": reference},
                **more,
            }
        )

    def subscribe(self, reference: str, interval: str) -> Any:
        customer = self.v1.customers.create({"email": "reader@example.com"}).id
        method = self.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
        product = self.v1.products.create({"name": "Donation to The Moscow Times"}).id
        price = {
            "product": product,
            "currency": "eur",
            "unit_amount": 1000,
            "recurring": {"interval": interval},
        }
        return self.v1.subscriptions.create(
            {
                "customer": customer,
                "default_payment_method": method,
                "items": [{"price_data": price}],
                "metadata": {"reference": reference},
            }
        )


@contextmanager
def side_at(base: str, key: str) -> Iterator[Side]:
    client = stripe.StripeClient(
        key,
        base_addresses={"api": base},
        http_client=stripe.RequestsClient(timeout=(5, 30)),
        max_network_retries=2,
    )
    yield Side(StripeGateway(key, base), client.v1)


@pytest.fixture(scope="module")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with SandboxServer(Settings(data_dir=folder, port=0)) as server:
        yield server.base_url


@pytest.fixture(params=["sandbox", pytest.param("stripe", marks=ASKING_STRIPE)])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "stripe":
        with side_at(STRIPE, KEY) as side:
            yield side
    else:
        with side_at(request.getfixturevalue("sandbox_url"), "sk_test_contract") as side:
            yield side


@pytest.fixture
def reference() -> str:
    """New in each run: Stripe remembers for a day what it was asked."""
    return f"r-{secrets.token_hex(8)}"


def soon(find: Callable[[], Any]) -> Any:
    """What comes a moment after the rest, such as a charge's balance."""
    deadline = time.monotonic() + 30
    while (found := find()) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


@pytest.mark.parametrize("frequency", list(Frequency))
def test_a_session_opens_with_our_reference_and_charge(
    side: Side, reference: str, frequency: Frequency
) -> None:
    session = side.gateway.create_checkout_session(parameters(reference, frequency), f"key-{reference}")

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency, session.reference) == (1000, "eur", reference)
    assert session.mode == ("subscription" if frequency.is_recurring else "payment")
    assert (session.subscription_id, session.customer_id, session.is_livemode) == (None, None, False)
    assert session.expires_at - session.created_at > timedelta(minutes=55)
    assert session.url is not None


def test_the_same_key_gives_the_same_session_and_only_for_the_same_parameters(
    side: Side, reference: str
) -> None:
    asked, key = parameters(reference), f"key-{reference}"

    first, second = (side.gateway.create_checkout_session(asked, key) for _ in range(2))

    assert first == second
    with pytest.raises(IdempotencyMismatch):
        side.gateway.create_checkout_session(parameters(reference, amount=1001), key)


def test_a_session_is_found_by_its_reference(side: Side, reference: str) -> None:
    opened = side.gateway.create_checkout_session(parameters(reference), f"key-{reference}")

    found = soon(lambda: side.gateway.find_checkout_sessions([reference], opened.created_at).get(reference))

    assert found == opened


def test_an_expired_session_is_over(side: Side, reference: str) -> None:
    opened = side.gateway.create_checkout_session(parameters(reference), f"key-{reference}")

    side.v1.checkout.sessions.expire(opened.id)
    session: Any = side.gateway.fetch(ObjectKind.CHECKOUT_SESSION, opened.id)

    assert (session.status, session.payment_status, session.url) == ("expired", "unpaid", None)
    assert refusal(lambda: side.v1.checkout.sessions.expire(opened.id))[:2] == (400, None)


@pytest.mark.parametrize("kind", list(ObjectKind))
def test_what_is_not_there_is_not_found(side: Side, kind: ObjectKind) -> None:
    with pytest.raises(NotFoundAtStripe):
        side.gateway.fetch(kind, "none_1")


def test_a_payment_has_its_charge_and_its_fee(side: Side, reference: str) -> None:
    made = side.pay(reference)

    intent: Any = side.gateway.fetch(ObjectKind.PAYMENT_INTENT, made.id)
    balance = soon(lambda: balance_of(side, made.id))

    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 1000, "eur")
    assert (intent.reference, intent.invoice) == (reference, None)
    assert (intent.charge.status, intent.charge.amount) == ("succeeded", 1000)
    assert balance.amount - balance.fee == balance.net
    assert balance.fee > 0


def balance_of(side: Side, intent_id: str) -> Any:
    intent: Any = side.gateway.fetch(ObjectKind.PAYMENT_INTENT, intent_id)
    return intent.charge.balance


def test_a_declined_card_pays_nothing(side: Side, reference: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        side.pay(reference, "pm_card_chargeDeclined")

    error: Any = caught.value.error
    assert (caught.value.http_status, error.type, error.code, error.decline_code) == (
        402,
        "card_error",
        "card_declined",
        "generic_decline",
    )
    intent: Any = side.gateway.fetch(ObjectKind.PAYMENT_INTENT, error.payment_intent.id)
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert intent.charge.status == "failed"


def test_a_refund_in_part_shows_on_the_refund_and_on_the_charge(side: Side, reference: str) -> None:
    paid = side.pay(reference)

    made = side.v1.refunds.create({"payment_intent": paid.id, "amount": 300})
    refund: Any = side.gateway.fetch(ObjectKind.REFUND, made.id)
    charge: Any = side.gateway.fetch(ObjectKind.CHARGE, refund.charge_id)

    assert (refund.amount, refund.status, refund.payment_intent_id) == (300, "succeeded", paid.id)
    assert (charge.amount, charge.amount_refunded) == (1000, 300)
    too_much = refusal(lambda: side.v1.refunds.create({"payment_intent": paid.id, "amount": 701}))
    assert too_much == (400, None, "amount")


def test_a_refund_asked_for_twice_with_one_key_is_one_and_is_found_by_its_reference(
    side: Side, reference: str
) -> None:
    paid = side.pay(reference)
    asked = refund_parameters(paid.id, 300, RefundReason.REQUESTED, reference=f"{reference}-back")

    first, second = (side.gateway.create_refund(asked, f"key-{reference}") for _ in range(2))

    assert first == second
    assert (first.amount, first.reason, first.payment_intent_id) == (300, "requested_by_customer", paid.id)
    assert side.gateway.find_refund(paid.id, f"{reference}-back") == first
    assert side.gateway.find_refund(paid.id, reference) is None
    rest = refund_parameters(paid.id, 701, RefundReason.DUPLICATE, reference=f"{reference}-rest")
    with pytest.raises(StripeRefused):
        side.gateway.create_refund(rest, f"key-{reference}-rest")


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_subscription_is_linked_to_its_invoice_and_its_payment(
    side: Side, reference: str, interval: str
) -> None:
    made = side.subscribe(reference, interval)

    subscription: Any = side.gateway.fetch(ObjectKind.SUBSCRIPTION, made.id)
    invoice: Any = side.gateway.fetch(ObjectKind.INVOICE, subscription.latest_invoice_id)
    intent: Any = side.gateway.fetch(ObjectKind.PAYMENT_INTENT, invoice.payment_intent_ids[0])

    assert (subscription.status, subscription.reference) == ("active", reference)
    assert (subscription.unit_amount, subscription.interval, subscription.interval_count) == (
        1000,
        interval,
        1,
    )
    assert subscription.current_period_ends_at > datetime.now(UTC) + timedelta(days=27)
    assert (invoice.status, invoice.amount_paid, invoice.subscription_id) == ("paid", 1000, made.id)
    assert (intent.status, intent.invoice.invoice_id) == ("succeeded", invoice.id)
    assert (intent.invoice.subscription_id, intent.invoice.reference) == (made.id, reference)


def test_a_subscription_ends_with_its_period_or_at_once(side: Side, reference: str) -> None:
    made = side.subscribe(reference, "month")

    side.v1.subscriptions.update(made.id, {"cancel_at": "min_period_end"})
    ending: Any = side.gateway.fetch(ObjectKind.SUBSCRIPTION, made.id)
    side.v1.subscriptions.cancel(made.id)
    ended: Any = side.gateway.fetch(ObjectKind.SUBSCRIPTION, made.id)

    assert (ending.status, ending.cancels_at_period_end) == ("active", False)
    assert ending.cancel_at == ending.current_period_ends_at
    assert (ended.status, ended.cancellation_reason) == ("canceled", "cancellation_requested")
    assert ended.ended_at is not None


def refusal(call: Callable[[], Any]) -> tuple[int | None, str | None, str | None]:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call()
    return caught.value.http_status, caught.value.code, caught.value.param


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"submit_typ": "donate"}, "parameter_unknown", "submit_typ"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"ui_mode": "hosted"}, "invalid_request_error", "ui_mode"),
        ({"mode": "gift"}, "invalid_request_error", "mode"),
        ({"expires_at": int(time.time()) + 60}, "invalid_request_error", "expires_at"),
        ({"metadata": {"k" * 41: "v"}}, "invalid_request_error", "metadata"),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(
    side: Side, reference: str, changes: dict[str, Any], code: str | None, param: str
) -> None:
    asked = parameters(reference) | changes

    with pytest.raises(StripeRefused) as caught:
        side.gateway.create_checkout_session(asked, f"key-{reference}")

    assert (caught.value.code, caught.value.param) == (code, param)


def test_expansions_end_at_four_levels(side: Side) -> None:
    path = "data.latest_charge.balance_transaction.source"

    assert side.v1.payment_intents.list({"limit": 1, "expand": [path]}).object == "list"
    too_deep = refusal(lambda: side.v1.payment_intents.list({"limit": 1, "expand": [f"{path}.customer"]}))
    assert too_deep[:2] == (400, "property_expansion_max_depth")


def test_lists_walk_by_cursor_in_both_directions(side: Side) -> None:
    for _ in range(3):
        side.v1.customers.create({"email": "reader@example.com"})

    first = side.v1.customers.list({"limit": 2})
    second = side.v1.customers.list({"limit": 1, "starting_after": first.data[-1].id})
    back = side.v1.customers.list({"limit": 2, "ending_before": second.data[0].id})

    assert (first.has_more, len(second.data)) == (True, 1)
    assert [found.id for found in back.data] == [found.id for found in first.data]
    assert refusal(lambda: side.v1.customers.list({"limit": 101}))[0] == 400


def test_metadata_is_merged_and_unset(side: Side) -> None:
    customer = side.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    merged = side.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    cleared = side.v1.customers.update(customer.id, {"metadata": ""})

    assert (merged.metadata.to_dict(), cleared.metadata.to_dict()) == ({"b": "2", "c": "3"}, {})
