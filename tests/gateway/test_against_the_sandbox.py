"""The gateway and the sandbox, over HTTP: whole gifts, read back through the real SDK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from donations.domain.gifts import Frequency
from donations.gateway.client import StripeGateway
from donations.gateway.errors import IdempotencyMismatch, NotFoundAtStripe, StripeRefused
from donations.gateway.kinds import ObjectKind
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.gateway.giving import paid, parameters

EVERY_FREQUENCY = pytest.mark.parametrize("frequency", list(Frequency))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with SandboxServer(Settings(data_dir=folder, port=0)) as server:
        yield server


@pytest.fixture
def gateway(sandbox: SandboxServer) -> StripeGateway:
    return StripeGateway("sk_test_sandbox", sandbox.base_url)


@EVERY_FREQUENCY
def test_a_session_opens_with_our_reference_and_charge(gateway: StripeGateway, frequency: Frequency) -> None:
    reference = f"r-open-{frequency}"

    session = gateway.create_checkout_session(parameters(reference, frequency), f"key-{reference}")

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency, session.reference) == (1000, "eur", reference)
    assert session.mode == ("subscription" if frequency.is_recurring else "payment")
    assert (session.subscription_id, session.customer_id, session.is_livemode) == (None, None, False)


def test_the_same_key_and_parameters_give_the_same_session(gateway: StripeGateway) -> None:
    asked = parameters("r-same")

    first, second = (gateway.create_checkout_session(asked, "key-same") for _ in range(2))

    assert first == second


def test_the_same_key_with_other_parameters_is_refused(gateway: StripeGateway) -> None:
    gateway.create_checkout_session(parameters("r-other"), "key-other")

    with pytest.raises(IdempotencyMismatch):
        gateway.create_checkout_session(parameters("r-other", amount=1001), "key-other")


def test_a_parameter_that_stripe_does_not_know_is_refused_by_name(gateway: StripeGateway) -> None:
    with pytest.raises(StripeRefused) as caught:
        gateway.create_checkout_session(parameters("r-unknown") | {"submit_typ": "donate"}, "key-unknown")

    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "submit_typ")


@pytest.mark.parametrize("kind", list(ObjectKind))
def test_what_stripe_does_not_have_is_not_found(gateway: StripeGateway, kind: ObjectKind) -> None:
    with pytest.raises(NotFoundAtStripe):
        gateway.fetch(kind, "none_1")


def test_a_session_is_found_by_its_reference_alone(gateway: StripeGateway) -> None:
    opened = gateway.create_checkout_session(parameters("r-find"), "key-find")

    assert gateway.find_checkout_sessions(["r-find", "r-none"], opened.created_at) == {"r-find": opened}


def test_a_single_gift_is_one_payment_with_its_charge_and_fee(gateway: StripeGateway) -> None:
    session = paid(gateway, "r-once")

    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.payment_intent_id is not None
    intent: Any = gateway.fetch(ObjectKind.PAYMENT_INTENT, session.payment_intent_id)
    charge: Any = gateway.fetch(ObjectKind.CHARGE, intent.charge.id)
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 1000, "eur")
    assert (intent.reference, intent.invoice) == ("r-once", None)
    assert charge == intent.charge
    assert charge.balance.amount - charge.balance.fee == charge.balance.net


@pytest.mark.parametrize(
    ("frequency", "interval"), [(Frequency.MONTHLY, "month"), (Frequency.ANNUAL, "year")]
)
def test_a_recurring_gift_is_linked_from_its_payment_to_its_checkout(
    gateway: StripeGateway, frequency: Frequency, interval: str
) -> None:
    reference = f"r-{frequency}"

    session = paid(gateway, reference, frequency)

    assert session.subscription_id is not None
    subscription: Any = gateway.fetch(ObjectKind.SUBSCRIPTION, session.subscription_id)
    invoice: Any = gateway.fetch(ObjectKind.INVOICE, subscription.latest_invoice_id)
    intent: Any = gateway.fetch(ObjectKind.PAYMENT_INTENT, invoice.payment_intent_ids[0])
    assert (subscription.status, subscription.reference, subscription.customer_id) == (
        "active",
        reference,
        session.customer_id,
    )
    assert (subscription.unit_amount, subscription.interval) == (1000, interval)
    assert subscription.current_period_ends_at > subscription.started_at
    assert (invoice.status, invoice.amount_paid, invoice.subscription_id) == ("paid", 1000, subscription.id)
    assert intent.invoice.invoice_id == invoice.id
    assert (intent.invoice.subscription_id, intent.invoice.reference) == (subscription.id, reference)


def test_a_part_given_back_shows_on_the_refund_and_on_the_charge(
    gateway: StripeGateway, sandbox: SandboxServer
) -> None:
    session = paid(gateway, "r-refund")

    answer = requests.post(
        f"{sandbox.base_url}/v1/refunds",
        data={"payment_intent": session.payment_intent_id, "amount": "300"},
        headers={"Authorization": "Bearer sk_test_sandbox"},
        timeout=10,
    )

    refund: Any = gateway.fetch(ObjectKind.REFUND, answer.json()["id"])
    charge: Any = gateway.fetch(ObjectKind.CHARGE, refund.charge_id)
    assert (refund.amount, refund.status) == (300, "succeeded")
    assert refund.payment_intent_id == session.payment_intent_id
    assert charge.amount_refunded == 300
