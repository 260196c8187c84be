"""Every request that a whole gift makes, as it was sent: Stripe describes it, and the SDK knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
import stripe

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.client import StripeGateway
from donations.gateway.errors import NotFoundAtStripe
from donations.gateway.kinds import ObjectKind
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
        gateway.find_checkout_session("r-nobody", datetime.now(UTC))
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
