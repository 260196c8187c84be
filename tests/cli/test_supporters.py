"""`donations supporters export` and `erase`, as staff run them when a supporter asks."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import requests
from flask import Flask

from donations import runtime
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot, SubscriptionSnapshot
from donations.models import Erasure, StripeObject, Subscription, Supporter
from donations.models.database import writing
from donations.services import checkouts
from donations.services.checkouts import Attempt, Origin
from tests.cli.conftest import Terminal
from tests.factories import make_donation, make_subscription, make_supporter
from tests.sync.desk import Desk, count_of, only

ADDRESS = "nadia@example.com"
CARD = {"cardNumber": "4242424242424242", "cardExpiry": "12 / 40", "cardCvc": "123"}


@pytest.fixture
def nadia(app: Flask) -> Supporter:
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault, email=ADDRESS, name="Надя")
        make_donation(session, supporter)
    return supporter


def gives_monthly_at_the_sandbox() -> Subscription:
    """Paid on the hosted page, and looked at."""
    current = runtime.current()
    gift = Gift(Money(1500, "eur"), Frequency.MONTHLY)
    attempt = Attempt(gift, gift.money, ADDRESS, "Nadia", False, Origin(), "nonce", "en")
    with writing() as session:
        opening = checkouts.open_checkout(
            session, current.vault, attempt, public_base_url="http://127.0.0.1:9", now=current.now()
        )
    opened = current.gateway.create_checkout_session(opening.parameters, opening.idempotency_key)
    assert opened.url is not None
    requests.post(opened.url, data=CARD, allow_redirects=False, timeout=10).raise_for_status()
    paid = current.gateway.fetch(ObjectKind.CHECKOUT_SESSION, opened.id)
    assert isinstance(paid, CheckoutSessionSnapshot)
    Desk().apply(paid)
    Desk().apply(current.gateway.fetch(ObjectKind.SUBSCRIPTION, paid.subscription_id or ""))
    return only(Subscription)


def status_at_stripe(stripe_id: str) -> str:
    snapshot = runtime.current().gateway.fetch(ObjectKind.SUBSCRIPTION, stripe_id)
    assert isinstance(snapshot, SubscriptionSnapshot)
    return snapshot.status


@pytest.mark.parametrize("by", ["email", "stdin", "reference"])
def test_an_export_is_json_on_stdout(terminal: Terminal, nadia: Supporter, by: str) -> None:
    who = {
        "email": ("--email", " Nadia@Example.com"),
        "stdin": ("--email", "-"),
        "reference": ("--reference", nadia.reference),
    }

    result = terminal.runs("supporters", "export", *who[by], typing=f"{ADDRESS}\n")

    told = json.loads(result.stdout)
    assert (told["supporter"]["email"], told["supporter"]["name"]) == (ADDRESS, "Надя")
    assert len(told["donations"]) == 1


def test_an_export_to_a_file_is_its_owners_alone(
    terminal: Terminal, nadia: Supporter, tmp_path: Path
) -> None:
    output = tmp_path / "nadia.json"
    output.write_text("x" * 100_000)
    output.chmod(0o644)

    said = terminal.says("supporters", "export", "--reference", nadia.reference, "--output", str(output))

    assert "which only you may read" in said
    assert ADDRESS not in said
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert json.loads(output.read_text())["supporter"]["email"] == ADDRESS


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
    terminal: Terminal, nadia: Supporter, tmp_path: Path
) -> None:
    output = tmp_path / "no" / "such" / "folder.json"

    said = terminal.says(
        "supporters", "export", "--reference", nadia.reference, "--output", str(output), exits=1
    )

    assert "cannot be written: No such file or directory" in said


def test_what_does_not_open_is_told_in_a_sentence(terminal: Terminal, nadia: Supporter) -> None:
    with writing() as session:
        session.get_one(Supporter, nadia.id).email_sealed = b"\x01tampered with"

    said = terminal.says("supporters", "export", "--reference", nadia.reference, exits=1)

    assert "is the master key configured" in said


@pytest.mark.parametrize("verb", ["export", "erase"])
@pytest.mark.parametrize(
    ("who", "why", "code"),
    [
        (("--email", "nobody@example.com"), "no supporter with this address", 1),
        (("--reference", "nobody"), "no supporter with this reference", 1),
        (("--email", "not an address"), "Enter an email address", 1),
        ((), "either --email or --reference", 2),
        (("--email", ADDRESS, "--reference", "x"), "either --email or --reference", 2),
    ],
)
def test_who_is_not_found_is_told_in_a_sentence(
    terminal: Terminal, verb: str, who: tuple[str, ...], why: str, code: int
) -> None:
    said = terminal.says("supporters", verb, *who, exits=code)

    assert why in said


def test_a_dry_run_says_what_would_be_and_does_nothing(terminal: Terminal, nadia: Supporter) -> None:
    with writing() as session:
        make_subscription(session, session.get_one(Supporter, nadia.id))

    said = terminal.says("supporters", "erase", "--email", ADDRESS, "--dry-run")

    assert "Stripe would delete 1 customer; 1 recurring gift would end at once." in said
    assert "In the accounts, without a name, would stay 1 donation." in said
    assert "What cannot be erased" in said
    assert ADDRESS not in said
    assert count_of(Erasure) == 0
    assert only(Supporter).erased_at is None


@pytest.mark.parametrize("answer", ["", "n", "y", "YES please"])
def test_nothing_is_erased_unless_yes_is_typed(terminal: Terminal, nadia: Supporter, answer: str) -> None:
    said = terminal.says("supporters", "erase", "--email", ADDRESS, typing=f"{answer}\n", exits=1)

    assert "Nothing was erased." in said
    assert count_of(Erasure) == 0


def test_whoever_types_yes_erases_at_once_and_again_changes_nothing(
    terminal: Terminal, nadia: Supporter
) -> None:
    said = terminal.says("supporters", "erase", "--email", "-", typing=f"{ADDRESS}\nyes\n")
    assert said.endswith("Erased.")
    erased = only(Supporter)

    again = terminal.says("supporters", "erase", "--reference", nadia.reference, "--yes")

    assert "was erased on" in again
    assert only(Supporter).email_index == erased.email_index
    assert only(Erasure).finished_at is not None
    assert "no supporter with this address" in terminal.says(
        "supporters", "erase", "--email", ADDRESS, exits=1
    )


def test_erasing_ends_the_gift_at_stripe_and_has_that_looked_at(terminal: Terminal) -> None:
    gift = gives_monthly_at_the_sandbox()
    assert status_at_stripe(gift.stripe_subscription_id) == "active"

    terminal.says("supporters", "erase", "--email", ADDRESS, "--yes")

    assert status_at_stripe(gift.stripe_subscription_id) == "canceled"
    assert only(StripeObject, stripe_id=gift.stripe_subscription_id).applied == 0


def test_while_stripe_is_away_the_wish_is_kept(terminal: Terminal, nadia: Supporter) -> None:
    with writing() as session:
        make_subscription(session, session.get_one(Supporter, nadia.id))
    terminal.environment["STRIPE_API_BASE"] = "http://127.0.0.1:9"

    said = terminal.says("supporters", "erase", "--email", ADDRESS, "--yes", exits=1)

    assert "The worker goes on with it by itself" in said
    assert (only(Erasure).tries, only(Erasure).finished_at) == (1, None)
    assert only(Supporter).erased_at is None


def test_the_help_warns_of_addresses_on_the_command_line(terminal: Terminal) -> None:
    said = terminal.says("supporters", "erase", "--help")

    assert "stays in the shell's history" in said
