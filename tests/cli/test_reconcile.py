"""`donations stripe reconcile`, `drift` and `replay`, asking a sandbox of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask

from config import Config
from donations import runtime
from donations.domain.gifts import Frequency
from donations.domain.refunds import RefundReason
from donations.domain.standing import Standing
from donations.gateway.client import StripeGateway
from donations.gateway.kinds import ObjectKind
from donations.gateway.refund_parameters import refund_parameters
from donations.models import Donation, ReconcileRun, StripeEvent, StripeObject, Subscription
from donations.models.database import writing
from donations.runtime import system_clock
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests import factories
from tests.cli.conftest import Terminal, _environment
from tests.gateway.giving import paid
from tests.sync.desk import count_of, only
from tests.tampering import tamper


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """Of this test alone, for the books are of everything that is there."""
    folder = tmp_path / "sandbox"
    folder.mkdir()
    with SandboxServer(Settings(data_dir=folder, port=0)) as server:
        yield server


@pytest.fixture
def given(app: Flask, sandbox: SandboxServer) -> StripeGateway:
    """Somebody gave once and somebody gives monthly, and no webhook ever came."""
    gateway = StripeGateway("sk_test_sandbox", sandbox.base_url)
    runtime.install(app, replace(runtime.current(), gateway=gateway))
    for number, frequency in enumerate((Frequency.ONCE, Frequency.MONTHLY)):
        session = paid(gateway, f"ref{number:019}", frequency)
        with writing() as database:
            supporter = factories.make_supporter(database, runtime.current().vault)
            factories.make_checkout(
                database,
                supporter,
                frequency=frequency,
                amount=1000,
                reference=f"ref{number:019}",
                stripe_session_id=session.id,
                at=system_clock(),
            )
    return gateway


@pytest.fixture
def terminal(app: Flask, config: Config, sandbox: SandboxServer) -> Terminal:
    return Terminal(_environment(config, sandbox.base_url))


def test_what_was_never_told_is_found_healed_and_in_the_books(
    given: StripeGateway, terminal: Terminal
) -> None:
    said = terminal.says("stripe", "reconcile", "--since", "1d")

    assert "looked at again" in said
    assert "The books agree." in said
    assert count_of(Donation) == 2
    assert only(Subscription).standing is Standing.ACTIVE
    assert "Our rows are as Stripe has them." in terminal.says("stripe", "drift")
    assert "0 differences" not in said
    assert "no differences, 0 looked at again" in terminal.says("stripe", "reconcile", "--since", "12h")


def test_a_dry_run_says_what_it_would_do_and_does_nothing(given: StripeGateway, terminal: Terminal) -> None:
    said = terminal.says("stripe", "reconcile", "--since", "1d", "--dry-run")

    assert "events never came." in said
    assert "Would look again at 2 payment_intents." in said
    for model in (Donation, StripeEvent, StripeObject, ReconcileRun):
        assert count_of(model) == 0


def test_drift_shows_each_field_that_differs_and_heals_it(given: StripeGateway, terminal: Terminal) -> None:
    terminal.says("stripe", "reconcile", "--since", "1d")
    tamper("UPDATE subscription SET amount = 999", "UPDATE donation SET fee_amount = 1, net_amount = 999")

    said = terminal.says("stripe", "drift", "--since", "1d", exits=1)
    assert "amount │ 999 │ 1000" in said
    assert "fee │ 1 │ " in said
    assert only(Subscription).amount == 999
    assert "They were looked at again." in terminal.says("stripe", "drift", "--heal", exits=1)

    assert only(Subscription).amount == 1000
    assert "Our rows are as Stripe has them." in terminal.says("stripe", "drift")


def test_drift_shows_what_stripe_lacks(given: StripeGateway, terminal: Terminal) -> None:
    terminal.says("stripe", "reconcile", "--since", "1d")
    with writing() as database:
        supporter = factories.make_supporter(database, runtime.current().vault)
        at = system_clock() - timedelta(minutes=5)
        factories.make_donation(database, supporter, stripe_payment_intent_id="pi_of_nobody", at=at)

    said = terminal.says("stripe", "drift", exits=1)

    assert "pi_of_nobody │ payment_intent │ recorded │ –" in said


@pytest.mark.parametrize("off", [1, -1])
def test_a_donation_that_is_a_cent_off_is_found_and_brought_back(
    given: StripeGateway, terminal: Terminal, off: int
) -> None:
    terminal.says("stripe", "reconcile", "--since", "1d")
    tamper(
        f"UPDATE donation SET settled_amount = settled_amount + {off}, net_amount = net_amount + {off}"
        " WHERE frequency = 'once'"
    )

    said = terminal.says("stripe", "reconcile", "--since", "1d")

    assert "1 difference, 1 looked at again" in said
    assert "The books agree." in said
    assert only(Donation, frequency=Frequency.ONCE).settled_amount == 1000


def test_the_books_name_a_refund_that_is_a_cent_off_and_that_no_look_may_change(
    given: StripeGateway, terminal: Terminal
) -> None:
    terminal.says("stripe", "reconcile", "--since", "1d")
    payment = only(Donation, frequency=Frequency.ONCE).stripe_payment_intent_id
    asked = refund_parameters(payment, 300, RefundReason.DUPLICATE, reference="refund-1")
    given.create_refund(asked, "key-1")
    terminal.says("stripe", "reconcile", "--since", "1d")
    tamper("UPDATE refund SET amount = amount + 1")

    said = terminal.says("stripe", "reconcile", "--since", "1d")

    assert "The books don’t agree." in said
    assert ": another amount (ours -301, Stripe’s -300 eur)" in said


def test_money_that_stripe_moved_without_a_row_of_ours_is_unmatched(
    given: StripeGateway, terminal: Terminal, sandbox: SandboxServer
) -> None:
    """A payment that claims a checkout which we don't have: set aside, and told by the books each time."""
    paid(given, "r-unknown")

    said = terminal.says("stripe", "reconcile", "--since", "1d")

    assert "Stripe moved money for it, and we have no row (ours –, Stripe’s 1000 eur)" in said
    assert "The books don’t agree." in said


def test_a_list_that_stripe_does_not_give_is_told(
    given: StripeGateway, terminal: Terminal, sandbox: SandboxServer
) -> None:
    requests.post(
        f"{sandbox.base_url}/_sandbox/faults",
        json={"path": "/v1/events", "count": 20, "status": 500},
        timeout=10,
    )

    assert "The worker goes on with it later." in terminal.says(
        "stripe", "reconcile", "--since", "1d", exits=1
    )
    assert only(ReconcileRun).finished_at is None


@pytest.mark.parametrize("since", ["yesterday", "5", "3w", "2026-13-01"])
def test_a_since_that_is_none_is_told(terminal: Terminal, since: str) -> None:
    said = terminal.says("stripe", "reconcile", "--since", since, exits=2)

    assert "is neither a day, like 2026-10-31, nor a time back" in said


def add_event(number: int, kind: str, stripe_id: str, event_type: str, ago: timedelta) -> None:
    with writing() as database:
        database.add(
            StripeEvent(
                stripe_event_id=f"evt_{number}", type=event_type, object_kind=kind,
                stripe_object_id=stripe_id,
                is_livemode=False, is_thin=False, disposition="marked", received_at=system_clock() - ago,
            )
        )  # fmt: skip


def test_events_are_replayed_by_type_and_time_each_object_once(app: Flask, terminal: Terminal) -> None:
    add_event(1, "invoice", "in_1", "invoice.paid", timedelta(hours=1))
    add_event(2, "invoice", "in_1", "invoice.paid", timedelta(hours=2))
    add_event(3, "invoice", "in_2", "invoice.created", timedelta(hours=1))
    add_event(4, "invoice", "in_3", "invoice.paid", timedelta(days=3))
    words = ("stripe", "replay", "--type", "invoice.paid", "--since", "1d")

    assert terminal.says(*words, "--dry-run") == "Would look at invoice in_1."
    assert count_of(StripeObject) == 0
    terminal.says(*words)

    ticket = only(StripeObject)
    assert (ticket.stripe_id, ticket.generation) == ("in_1", 1)


def test_what_was_given_up_is_replayed(app: Flask, terminal: Terminal) -> None:
    with writing() as database:
        at = system_clock()
        for number in range(25):
            database.add(
                StripeObject(
                    kind=ObjectKind.REFUND, stripe_id=f"re_{number}", generation=1, applied=0, tries=8,
                    marked_at=at, next_try_at=at, quarantined_at=at if number else None, problem="gave up",
                )
            )  # fmt: skip

    said = terminal.says("stripe", "replay", "--quarantined", "--since", "1h")

    assert "And at 4 others." in said
    assert count_of(StripeObject, quarantined_at=None) == 25
    assert "Nothing is to be looked at." in terminal.says("stripe", "replay", "--quarantined")


def test_replay_without_saying_what_is_refused(app: Flask, terminal: Terminal) -> None:
    assert "Name events" in terminal.says("stripe", "replay", exits=2)
