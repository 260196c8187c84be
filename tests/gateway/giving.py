"""A gift, asked for through the gateway and paid on the sandbox's hosted page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.gateway.checkout_parameters import checkout_parameters
from donations.gateway.client import StripeGateway
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot


def parameters(reference: str, frequency: Frequency = Frequency.ONCE, amount: int = 1000) -> dict[str, Any]:
    return checkout_parameters(
        Money(amount, "eur"),
        frequency,
        reference=reference,
        email="reader@example.com",
        locale="en",
        product_name="Donation to The Moscow Times",
        success_url="https://donate.example/support/thanks/x",
        cancel_url="https://donate.example/support",
        expires_at=datetime.now(UTC) + timedelta(minutes=60),
    )


def paid(
    gateway: StripeGateway, reference: str, frequency: Frequency = Frequency.ONCE
) -> CheckoutSessionSnapshot:
    """The session of a reader who gave by card."""
    opened = gateway.create_checkout_session(parameters(reference, frequency), f"key-{reference}")
    assert opened.url is not None
    card = {"cardNumber": "4242424242424242", "cardExpiry": "12 / 40", "cardCvc": "123"}
    answer = requests.post(opened.url, data=card, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    session = gateway.fetch(ObjectKind.CHECKOUT_SESSION, opened.id)
    assert isinstance(session, CheckoutSessionSnapshot)
    return session
