"""Every request that a whole gift makes, as it was sent: Stripe describes it, and the SDK knows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import stripe

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.refunds import RefundReason
from donations.gateway.change_parameters import (
    end_with_period,
    go_on,
    new_amount,
    new_rhythm,
    pause_until,
    resume,
    use_payment_method,
)
from donations.gateway.client import StripeGateway
from donations.gateway.errors import NotFoundAtStripe, StripeRefused
from donations.gateway.kinds import ObjectKind
from donations.gateway.refund_parameters import refund_parameters
from donations.gateway.snapshots import SubscriptionSnapshot
from donations.jobs.queue import make_huey
from donations.jobs.tasks import register
from donations.models import Donation
from donations.models.database import db, writing
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from donations.services import checkouts
from donations.services.checkouts import Attempt, Origin
from tests.gateway.giving import paid
from tests.journeys.stack import eventually
from tests.stripe_description.tap import Asked, Tap
from tests.stripe_description.wire import problems_with_request
from tests.sync.desk import count_of
from tests.website import Website

SECRET = "whsec_of_the_requests"
CARD = {"cardNumber": "4242424242424242", "cardExpiry": "12 / 40", "cardCvc": "123"}


@contextmanager
def tapped(folder: Path, webhook_url: str | None = None) -> Iterator[Tap]:
    folder.mkdir()
    options = Settings(folder, port=0, webhook_url=webhook_url, webhook_secret=SECRET)
    with SandboxServer(options) as sandbox, Tap(sandbox.base_url) as tap:
        yield tap


def problems_of(tap: Tap) -> list[str]:
    return [problem for asked in tap.asked for problem in problems_with_request(asked)]


@pytest.mark.parametrize("frequency", list(Frequency))
def test_everything_that_the_gateway_can_ask_is_described(tmp_path: Path, frequency: Frequency) -> None:
    with tapped(tmp_path / "sandbox") as tap:
        gateway = StripeGateway("sk_test_requests", tap.base_url)

        session = paid(gateway, "r-requests", frequency)
        gateway.find_checkout_sessions(["r-nobody"], datetime.now(UTC))
        for kind in ObjectKind:
            with pytest.raises(NotFoundAtStripe):
                gateway.fetch(kind, "none_1")
        if session.payment_intent_id:
            gateway.fetch(ObjectKind.PAYMENT_INTENT, session.payment_intent_id)
        if session.subscription_id:
            subscription = gateway.fetch(ObjectKind.SUBSCRIPTION, session.subscription_id)
            gateway.fetch(ObjectKind.INVOICE, subscription.latest_invoice_id)

    assert problems_of(tap) == []
    assert len(tap.asked) > len(ObjectKind)


@pytest.mark.parametrize("reason", list(RefundReason))
def test_a_refund_and_the_look_for_it_are_described(tmp_path: Path, reason: RefundReason) -> None:
    with tapped(tmp_path / "sandbox") as tap:
        gateway = StripeGateway("sk_test_requests", tap.base_url)
        payment_id = paid(gateway, "r-requests", Frequency.ONCE).payment_intent_id
        asked = refund_parameters(payment_id, 100, reason, reference="r-back")
        gateway.create_refund(asked, "key-of-the-refund")
        gateway.find_refund(payment_id, "r-back")

    assert problems_of(tap) == []


NEXT = datetime.now(UTC) + timedelta(days=20)
CHANGES = {
    "amount": lambda gift: new_amount(gift.item_id, gift.product_id, LARGER),
    "frequency": lambda gift: new_rhythm(gift.item_id, gift.product_id, YEARLY, gift.current_period_ends_at),
    "pause": lambda _: pause_until(NEXT),
    "resume": lambda _: resume(),
    "cancel": lambda _: end_with_period(),
    "undo": lambda _: go_on(was_at_period_end=True),
    "undo what the portal did": lambda _: go_on(was_at_period_end=False),
    "card": lambda gift: use_payment_method(gift.payment_method_id),
}
LARGER = Gift(Money(2500, "eur"), Frequency.MONTHLY)
YEARLY = Gift(Money(10000, "eur"), Frequency.ANNUAL)


@pytest.mark.parametrize("make", CHANGES.values(), ids=CHANGES)
def test_every_change_of_a_gift_is_described_and_made_once(
    tmp_path: Path, make: Callable[[SubscriptionSnapshot], dict[str, Any]]
) -> None:
    with tapped(tmp_path / "sandbox") as tap:
        gateway = StripeGateway("sk_test_requests", tap.base_url)
        stripe_id = paid(gateway, "r-changes", Frequency.MONTHLY).subscription_id
        parameters = make(gateway.fetch(ObjectKind.SUBSCRIPTION, stripe_id))
        for _ in range(2):
            gateway.change_subscription(stripe_id, parameters, "key-of-the-change")

    assert problems_of(tap) == []


def test_card_page_invoice_page_payment_end_and_forgetting_are_described(tmp_path: Path) -> None:
    with tapped(tmp_path / "sandbox") as tap:
        gateway = StripeGateway("sk_test_requests", tap.base_url)
        stripe_id = paid(gateway, "r-changes", Frequency.MONTHLY).subscription_id
        gift = gateway.fetch(ObjectKind.SUBSCRIPTION, stripe_id)
        page = gateway.open_card_page(
            gift.customer_id, return_url="https://support.example/manage", locale="ru"
        )
        assert "/p/session/" in page
        assert gateway.find_invoice_page(gift.latest_invoice_id) is None
        with pytest.raises(StripeRefused):
            gateway.pay_invoice(gift.latest_invoice_id, "key-of-a-paid-one")
        gateway.end_subscription(stripe_id, "key-of-the-end")
        for _ in range(2):
            gateway.delete_customer(gift.customer_id)
        assert gateway.fetch(ObjectKind.CUSTOMER, gift.customer_id).is_deleted
        gateway.fetch(ObjectKind.PAYMENT_METHOD, gift.payment_method_id)

    assert problems_of(tap) == []


@pytest.mark.parametrize("frequency", [Frequency.ONCE, Frequency.MONTHLY])
def test_a_whole_gift_from_the_form_to_the_donation_asks_only_what_is_described(
    config: Config, tmp_path: Path, frequency: Frequency
) -> None:
    website = Website()
    with tapped(tmp_path / "sandbox", f"{website.base}/webhooks/stripe") as tap:
        config = replace(
            config,
            stripe_api_base=tap.base_url,
            stripe_webhook_secrets=(SECRET,),
            queue_url=f"sqlite:///{tmp_path}/queue.db",
            mail_url=f"file://{tmp_path}/mail",
        )
        website.app = app = create_app(config, now=runtime.system_clock)
        with website, app.app_context():
            give(frequency)
            jobs = register(app, make_huey(config.queue_url))
            eventually(lambda: bool(jobs.work() or count_of(Donation)), "the donation")
            assert count_of(Donation) == 1
            db.engine.dispose()

    assert problems_of(tap) == []
    opened = [asked for asked in tap.asked if asked.method == "POST"]
    assert [asked.path for asked in opened] == ["/v1/checkout/sessions"]
    assert all(asked.headers["Idempotency-Key"] for asked in opened)
    assert {asked.headers["Stripe-Version"] for asked in tap.asked} == {stripe.api_version}


def give(frequency: Frequency) -> None:
    """As the support page does it, and then the reader on the hosted page."""
    current = runtime.current()
    gift = Gift(Money(1500, "eur"), frequency)
    attempt = Attempt(gift, gift.money, "nina@example.com", "Nina", True, Origin(), "nonce", "en")
    with writing() as session:
        opening = checkouts.open_checkout(
            session, current.vault, attempt, public_base_url="http://127.0.0.1:9", now=current.now()
        )
    answer = current.gateway.create_checkout_session(opening.parameters, opening.idempotency_key)
    with writing() as session:
        checkouts.record_session(session, opening.reference, answer)
    assert answer.url is not None
    requests.post(answer.url, data=CARD, allow_redirects=False, timeout=10).raise_for_status()


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({"line_items[0][price_data][unit_amonut]": "5"}, "line_items.0.price_data"),
        ({"line_items[0][quantity]": "two"}, "line_items.0.quantity"),
        ({"mode": "gift"}, "mode"),
        ({"payment_method_types[0]": "card"}, "payment_method_types"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_check_itself_notices_what_is_wrong(form: dict[str, str], place: str) -> None:
    asked = Asked("POST", "/v1/checkout/sessions", urlencode(form), {})

    assert place in json.dumps(problems_with_request(asked))
