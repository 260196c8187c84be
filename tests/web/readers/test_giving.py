"""From a checked form to Stripe's page: our row first, one session a form, nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from donations.app import create_app
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.models import Checkout
from donations.models.database import db, reading
from donations.runtime import system_clock
from donations.services.checkouts import Attempt, FormAlreadyUsed, Origin
from donations.web.readers.giving import give
from tests.fakes import FakeGateway

ATTEMPT = Attempt(
    gift=Gift(Money(5000, "eur"), Frequency.ONCE),
    charge=Money(5000, "eur"),
    email="nina@example.com",
    name=None,
    wants_newsletter=False,
    origin=Origin(),
    nonce="form-1",
    locale="en",
)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def app(config: Config, gateway: FakeGateway) -> Iterator[Flask]:
    app = create_app(config, gateway=gateway, wake_worker=lambda: None, now=system_clock)
    with app.app_context():
        yield app
        db.engine.dispose()


def row() -> Checkout:
    with reading() as session:
        return session.scalars(select(Checkout)).one()


def test_the_reader_is_sent_to_the_session_and_the_row_is_open(app: Flask, gateway: FakeGateway) -> None:
    url = give(ATTEMPT)

    stored = row()
    assert url == stored.stripe_url
    assert stored.status is CheckoutStatus.OPEN
    assert list(gateway.created) == [stored.idempotency_key]


def test_the_same_form_sent_fifty_times_at_once_opens_one_session(app: Flask, gateway: FakeGateway) -> None:
    def send(_: int) -> str:
        with app.app_context():
            return give(ATTEMPT)

    with ThreadPoolExecutor(12) as pool:
        urls = set(pool.map(send, range(50)))

    assert urls == {row().stripe_url}
    assert len(gateway.created) == 1


def test_an_answered_error_ends_the_attempt_and_a_fresh_form_works(app: Flask, gateway: FakeGateway) -> None:
    gateway.raising = [StripeUnavailable(was_answered=True, status=500)]

    with pytest.raises(StripeUnavailable):
        give(ATTEMPT)

    assert row().status is CheckoutStatus.FAILED
    with pytest.raises(FormAlreadyUsed):
        give(ATTEMPT)
    assert give(replace(ATTEMPT, nonce="form-2")).startswith("https://checkout.stripe.com/")


def test_no_answer_leaves_an_attempt_that_the_same_form_repeats_with_the_same_key(
    app: Flask, gateway: FakeGateway
) -> None:
    gateway.raising = [StripeUnavailable(was_answered=False)]
    with pytest.raises(StripeUnavailable):
        give(ATTEMPT)
    before = row()

    url = give(ATTEMPT)

    assert before.status is CheckoutStatus.OPENING
    assert list(gateway.created) == [before.idempotency_key]
    assert url == row().stripe_url


def test_a_request_that_stripe_refuses_is_over(app: Flask, gateway: FakeGateway) -> None:
    gateway.raising = [StripeRefused(status=400, code="parameter_unknown")]

    with pytest.raises(StripeRefused):
        give(ATTEMPT)

    assert row().status is CheckoutStatus.FAILED
