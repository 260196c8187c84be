"""A reader pays at the sandbox over HTTP; its webhooks come over HTTP; the worker does the rest.

Everything is real here but Stripe itself: the SDK, the signatures, the server, the queue.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.standing import Standing
from donations.gateway.client import StripeGateway
from donations.jobs.queue import make_huey
from donations.jobs.tasks import register
from donations.models import Checkout, Donation, OutboxMessage, StripeEvent, StripeObject, Subscription
from donations.models.database import db, writing
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from donations.services import checkouts
from donations.services.checkouts import Attempt, Origin
from tests.sync.desk import count_of, only
from tests.website import Website

CARD = {"cardNumber": "4242424242424242", "cardExpiry": "12 / 40", "cardCvc": "123"}
SECRET = "whsec_end_to_end"
PATIENCE_S = 30


@dataclass
class World:
    """Our website and the sandbox, each behind a port of its own. The worker is the test's to start."""

    app: Flask
    config: Config

    def give(self, frequency: Frequency, card: dict[str, str] = CARD) -> Checkout:
        """Open a checkout as the support page does, and pay on the hosted page."""
        current = runtime.current()
        gift = Gift(Money(1500, "eur"), frequency)
        attempt = Attempt(
            gift, gift.money, "nina@example.com", "Nina", True, Origin(), f"nonce-{time.monotonic_ns()}", "en"
        )
        with writing() as session:
            opening = checkouts.open_checkout(
                session, current.vault, attempt, public_base_url="http://127.0.0.1:9", now=current.now()
            )
        answer = current.gateway.create_checkout_session(opening.parameters, opening.idempotency_key)
        with writing() as session:
            checkouts.record_session(session, opening.reference, answer)
        assert answer.url is not None
        requests.post(answer.url, data=card, allow_redirects=False, timeout=10).raise_for_status()
        return only(Checkout, reference=opening.reference)

    def has_heard(self, *types: str) -> bool:
        return all(count_of(StripeEvent, type=name) for name in types)


@pytest.fixture
def world(config: Config, tmp_path: Path) -> Iterator[World]:
    website = Website()
    settings = Settings(
        tmp_path / "sandbox", port=0, webhook_secret=SECRET, webhook_url=f"{website.base}/webhooks/stripe"
    )
    settings.data_dir.mkdir()
    with SandboxServer(settings) as sandbox:
        config = replace(
            config,
            stripe_api_base=sandbox.base_url,
            stripe_webhook_secrets=(SECRET,),
            queue_url=f"sqlite:///{tmp_path}/queue.db",
            mail_url=f"file://{tmp_path}/mail",
        )
        app = create_app(config)
        website.app = app
        with website, app.app_context():
            yield World(app, config)
        with app.app_context():
            db.engine.dispose()


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"{what} never happened"
        time.sleep(0.05)


def test_a_gift_given_once_becomes_a_donation_and_a_receipt(world: World, tmp_path: Path) -> None:
    checkout = world.give(Frequency.ONCE)
    until(lambda: world.has_heard("payment_intent.succeeded", "checkout.session.completed"), "the webhooks")

    jobs = register(world.app, make_huey(world.config.queue_url))
    jobs.work()

    donation = only(Donation)
    assert (donation.amount, donation.currency, donation.checkout_id) == (1500, "eur", checkout.id)
    assert only(Checkout).status is CheckoutStatus.PAID
    assert count_of(OutboxMessage, status="sent") == 1
    (letter,) = (tmp_path / "mail").iterdir()
    assert b"To: nina@example.com" in letter.read_bytes()
    assert count_of(StripeObject, quarantined_at=None) == count_of(StripeObject)


@pytest.mark.parametrize("frequency", [Frequency.MONTHLY, Frequency.ANNUAL])
def test_a_recurring_gift_becomes_one_subscription_and_one_donation(
    world: World, frequency: Frequency
) -> None:
    world.give(frequency)
    until(lambda: world.has_heard("invoice.paid", "checkout.session.completed"), "the webhooks")
    jobs = register(world.app, make_huey(world.config.queue_url))

    until(lambda: bool(jobs.work() or count_of(Donation)), "the donation")
    until(lambda: bool(jobs.work() or not jobs.wake_if_due()), "rest")

    donation, subscription = only(Donation), only(Subscription)
    assert (subscription.standing, subscription.frequency) == (Standing.ACTIVE, frequency)
    assert (donation.subscription_id, donation.amount) == (subscription.id, 1500)
    assert donation.fee_amount is not None
    assert subscription.first_paid_at == donation.charged_at
    assert count_of(OutboxMessage, kind="receipt") == 1
    assert only(Checkout).status is CheckoutStatus.PAID


def test_with_every_webhook_lost_one_look_at_the_session_finds_it_all(world: World, tmp_path: Path) -> None:
    """What the thanks page marks, or the sweep."""
    runtime.install(
        world.app, replace(runtime.current(), config=replace(world.config, stripe_webhook_secrets=()))
    )
    world.give(Frequency.MONTHLY)
    jobs = register(world.app, make_huey(world.config.queue_url))
    late = runtime.system_clock() + timedelta(hours=2)
    runtime.install(world.app, replace(runtime.current(), now=lambda: late))
    assert count_of(StripeEvent) == 0

    jobs.sweep()
    ahead = iter(range(1, 1000))
    runtime.install(world.app, replace(runtime.current(), now=lambda: late + timedelta(seconds=next(ahead))))
    until(lambda: bool(jobs.work() or count_of(Donation)), "the donation")

    assert only(Donation).subscription_id == only(Subscription).id


def test_webhooks_are_answered_and_the_work_waits_while_stripe_is_dead(world: World) -> None:
    world.give(Frequency.ONCE)
    until(lambda: world.has_heard("payment_intent.succeeded"), "the webhook")
    living = runtime.current().gateway
    dead = StripeGateway("sk_test_dead", "http://127.0.0.1:9", timeout=(0.2, 0.2), max_network_retries=0)
    runtime.install(world.app, replace(runtime.current(), gateway=dead))
    jobs = register(world.app, make_huey(world.config.queue_url))

    jobs.work()
    assert count_of(Donation) == 0
    runtime.install(world.app, replace(runtime.current(), gateway=living))
    until(lambda: bool(jobs.work() or count_of(Donation)), "the donation")

    assert count_of(StripeObject, quarantined_at=None) == count_of(StripeObject)


def test_the_worker_process_hears_a_wake_up_and_stops_cleanly(world: World, tmp_path: Path) -> None:
    """As `donations worker` runs it: woken by the website, stopped by SIGTERM."""
    environ = {
        "PATH": os.environ["PATH"],
        "INSTANCE_DIR": str(world.config.instance_dir),
        "DATABASE_URL": world.config.database_url,
        "QUEUE_URL": world.config.queue_url,
        "STRIPE_API_BASE": world.config.stripe_api_base,
        "MAIL_URL": world.config.mail_url,
    }
    command = [sys.executable, "-m", "donations.cli", "worker"]
    root = Path(__file__).parents[2]
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(command, env=environ, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        try:
            world.give(Frequency.ONCE)
            until(lambda: count_of(OutboxMessage, status="sent") == 1, "the receipt")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=PATIENCE_S) == 0
        finally:
            worker.kill()
            worker.wait()

    said = (tmp_path / "worker.log").read_text()
    assert "worker_stopped" in said
    assert "nina@example.com" not in said
    assert "Nina" not in said
