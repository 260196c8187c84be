"""An independent check: the five scenarios of billing-e2e 0.1.0, each on a test clock of its own.

They were written against Stripe's test mode by somebody else (https://pypi.org/project/billing-e2e/),
and are played here as they are, by its own runner, over HTTP.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from billing_e2e.runner import Runner
from billing_e2e.safety import confirm_test_mode
from billing_e2e.scenario import Config, load_scenario

from tests.sandbox.desk import Desk

SCENARIOS = Path(str(files("billing_e2e") / "scenarios"))


def monthly_price(desk: Desk, amount: int) -> str:
    prices = desk.stripe.v1.prices
    return prices.create(
        {
            "currency": "eur",
            "unit_amount": amount,
            "product_data": {"name": "Support The Moscow Times"},
            "recurring": {"interval": "month"},
        }
    ).id


def test_there_are_five_scenarios() -> None:
    assert len(list(SCENARIOS.glob("*.yml"))) == 5


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yml")), ids=lambda path: path.stem)
def test_a_scenario_passes(desk: Desk, path: Path) -> None:
    prices = {"monthly_price": monthly_price(desk, 1000), "upgrade_price": monthly_price(desk, 2500)}
    config = Config(stripe_key="sk_test_desk", vars=prices)
    scenario = load_scenario(path)
    confirm_test_mode(desk.stripe)

    with httpx.Client() as http:
        result = Runner(config, desk.stripe, http).run(scenario)

    assert [f"{step.label}: {step.detail}" for step in result.steps if not step.passed] == []
    assert (result.passed, result.errors, len(result.steps)) == (True, [], len(scenario.steps))
    assert desk.stripe.v1.test_helpers.test_clocks.list().data == []
