"""A monthly gift that begins a month after one given once, lived through in the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import requests
from bs4 import BeautifulSoup

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.movements import MovementKind
from donations.domain.standing import Standing
from donations.jobs.queue import make_huey
from donations.jobs.tasks import Jobs, register
from donations.models import Checkout, Donation, Movement, OutboxMessage, Subscription
from tests.jobs.test_end_to_end import CARD, World, until, world
from tests.sync.desk import count_of, only

__all__ = ["world"]


def thanks_page(world: World, reference: str) -> BeautifulSoup:
    answer = world.app.test_client().get(f"/support/thanks/{reference}")
    return BeautifulSoup(answer.text, "html.parser")


def take_the_offer(world: World, given: Checkout) -> None:
    """Press "yes" on the thanks of the first gift, and enter a card on Stripe's page."""
    page = thanks_page(world, given.reference)
    form = page.select_one(".offer form")
    nonce = form.select_one("[name=nonce]")["value"]
    answer = world.app.test_client().post(str(form["action"]), data={"nonce": nonce})
    assert answer.status_code == 303
    requests.post(answer.location, data=CARD, allow_redirects=False, timeout=10).raise_for_status()


def travel_past(world: World, instant: datetime) -> None:
    """Let time pass at Stripe and here, until the day after."""
    days = (instant - runtime.system_clock()).days + 2
    url = f"{world.config.stripe_api_base}/_sandbox/clock"
    requests.post(url, json={"days": days}, timeout=60).raise_for_status()
    ahead = timedelta(days=days)
    runtime.install(world.app, replace(runtime.current(), now=lambda: runtime.system_clock() + ahead))


def work_until(jobs: Jobs, is_so: Callable[[], bool], what: str) -> None:
    until(lambda: bool(jobs.work() or is_so()), what)


def test_a_later_gift_is_charged_on_its_day_and_not_before(world: World) -> None:
    given = world.give(Frequency.ONCE)
    jobs = register(world.app, make_huey(world.config.queue_url))
    work_until(jobs, lambda: count_of(Donation) == 1, "the first gift")
    take_the_offer(world, given)
    until(lambda: world.has_heard("customer.subscription.created"), "the webhooks")
    work_until(jobs, lambda: count_of(Subscription, standing=Standing.TRIALING) == 1, "the later gift")
    work_until(jobs, lambda: count_of(Checkout, status=CheckoutStatus.PROCESSING) == 1, "the agreement")

    later = only(Checkout, frequency=Frequency.MONTHLY)
    assert later.supporter_id == given.supporter_id
    assert (count_of(Donation), count_of(Movement), count_of(OutboxMessage, status="sent")) == (1, 0, 1)
    begins = thanks_page(world, later.reference).h1.get_text()
    assert begins.startswith("Thank you. €5 every month will begin on ")

    travel_past(world, later.first_charge_at)
    work_until(jobs, lambda: count_of(Donation) == 2, "the second gift")
    work_until(jobs, lambda: not jobs.wake_if_due(), "rest")

    donation, subscription = only(Donation, frequency=Frequency.MONTHLY), only(Subscription)
    assert (donation.amount, donation.currency, donation.checkout_id) == (500, "eur", later.id)
    # Stripe leaves an invoice open for an hour before it charges.
    assert timedelta(0) <= donation.charged_at - later.first_charge_at < timedelta(hours=2)
    assert subscription.standing is Standing.ACTIVE
    assert only(Checkout, id=later.id).status is CheckoutStatus.PAID
    movement = only(Movement)
    assert (movement.kind, movement.occurred_on) == (MovementKind.NEW, donation.charged_on)
    assert count_of(OutboxMessage, kind="receipt", cause=donation.stripe_payment_intent_id) == 1
    assert count_of(OutboxMessage, status="sent") == 2
    received = thanks_page(world, later.reference)
    assert received.h1.get_text() == "Thank you. €5 every month is on its way to our newsroom."
