"""Stripe's own command line makes things happen here with `stripe trigger`, as it does at Stripe.

The program is npm's `@stripe/cli`, used by developers only: `.ci/run` puts it below `.tool/`, and
`STRIPE_CLI` names another one. Without it these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.desk import Desk

INSTALLED = Path(__file__).parents[2] / ".tool" / "node_modules" / "@stripe"
REQUIRED = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
    "charge.refunded",
    "charge.dispute.created",
)
ALSO = (
    "billing_portal.session.created",
    "charge.captured",
    "charge.dispute.closed",
    "customer.deleted",
    "customer.subscription.updated",
    "invoice.deleted",
    "invoice.voided",
    "payment_intent.canceled",
    "payment_intent.requires_action",
    "payment_method.detached",
    "payment_method.updated",
    "product.deleted",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
)


@pytest.fixture(scope="module")
def program() -> Path:
    named = os.environ.get("STRIPE_CLI")
    found = [Path(named)] if named else sorted(INSTALLED.glob("cli-*/bin/stripe"))
    if not found or not found[0].is_file():
        pytest.skip("Stripe's CLI is not here: npm install --prefix .tool --no-save @stripe/cli@1.52.0")
    return found[0]


@pytest.mark.parametrize("event", [*REQUIRED, *ALSO])
def test_a_trigger_succeeds_and_its_event_is_there(
    desk: Desk, program: Path, tmp_path: Path, event: str
) -> None:
    command = [
        program, "trigger", event, "--api-base", desk.server.base_url, "--api-key", "sk_test_trigger",
    ]  # fmt: skip

    ran = subprocess.run(
        command,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "STRIPE_CLI_TELEMETRY_OPTOUT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert event in desk.event_types()


def test_a_trigger_that_is_refused_fails(desk: Desk, program: Path, tmp_path: Path) -> None:
    """So that the proof above can fail at all."""
    desk.control("faults", path="/v1/customers", count=0, status=500)

    ran = subprocess.run(
        [
            program,
            "trigger",
            "customer.created",
            "--api-base",
            desk.server.base_url,
            "--api-key",
            "sk_test_x",
        ],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "STRIPE_CLI_TELEMETRY_OPTOUT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode != 0
    assert "customer.created" not in desk.event_types()
