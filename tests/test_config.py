"""The configuration names everything that is wrong, and production invents nothing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from config import Config, ConfigError

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "DONATIONS_ENV": "production",
    "DATABASE_URL": "postgresql:///donations",
    "SECRET_KEY": "s" * 40,
    "MASTER_KEYS": f"2026b:{KEY},2026a:{KEY}",
    "PUBLIC_BASE_URL": "https://donate.example.com",
    "STRIPE_SECRET_KEY": "rk_test_123",
    "STRIPE_WEBHOOK_SECRETS": "whsec_new, whsec_old",
}


def problems_of(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    return str(caught.value)


def test_development_starts_with_an_empty_environment(tmp_path: Path) -> None:
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path)})

    assert config.uses_sandbox
    assert config.stripe_api_base == "http://127.0.0.1:12111"
    assert config.database_url.startswith("sqlite:///")


def test_secrets_that_development_invents_are_the_same_at_the_next_start(tmp_path: Path) -> None:
    environ = {"INSTANCE_DIR": str(tmp_path)}

    first, second = Config.from_env(environ), Config.from_env(environ)

    assert first == second
    assert (tmp_path / "development-secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "SECRET_KEY",
        "MASTER_KEYS",
        "PUBLIC_BASE_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRETS",
    ],
)
def test_production_refuses_to_start_without_each_of_its_secrets(name: str) -> None:
    environ = {key: value for key, value in PRODUCTION.items() if key != name}

    assert f"{name} is required in production." in problems_of(environ)


def test_production_starts_when_everything_is_there() -> None:
    config = Config.from_env(PRODUCTION)

    assert config.is_production
    assert [key.id for key in config.master_keys] == ["2026b", "2026a"]
    assert config.stripe_webhook_secrets == ("whsec_new", "whsec_old")
    assert config.stripe_page_origins == ("https://checkout.stripe.com", "https://billing.stripe.com")
    assert config.development_staff_password is None


def test_every_problem_is_named_at_once() -> None:
    told = problems_of({"DONATIONS_ENV": "production", "PORT": "eighty", "REPORT_TIMEZONE": "Mars/Olympus"})

    for name in ("PORT", "REPORT_TIMEZONE", "SECRET_KEY", "MASTER_KEYS", "STRIPE_SECRET_KEY", "DATABASE_URL"):
        assert name in told


def test_a_number_out_of_its_range_is_told_with_the_range(tmp_path: Path) -> None:
    told = problems_of({"INSTANCE_DIR": str(tmp_path), "PROXY_HOPS": "many", "SANDBOX_PORT": "0"})

    assert "PROXY_HOPS must be a number from 0 to 5" in told
    assert "SANDBOX_PORT must be a number from 1 to 65535" in told


@pytest.mark.parametrize("text", ["ops", "a@b@example.com", "ops@example.com, more@example.com"])
def test_alerts_go_to_one_address_or_to_nobody(text: str) -> None:
    assert "ALERT_EMAIL must be one email address" in problems_of(PRODUCTION | {"ALERT_EMAIL": text})
    assert Config.from_env(PRODUCTION).alert_email == ""
    assert Config.from_env(PRODUCTION | {"ALERT_EMAIL": "ops@example.com"}).alert_email == "ops@example.com"


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc"])
def test_a_live_key_is_refused_in_test_mode(key: str, tmp_path: Path) -> None:
    told = problems_of({"INSTANCE_DIR": str(tmp_path), "STRIPE_SECRET_KEY": key})

    assert "A live key is refused in test mode." in told
    assert key not in told


def test_a_real_key_without_a_webhook_secret_leaves_the_endpoint_closed(tmp_path: Path) -> None:
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path), "STRIPE_SECRET_KEY": "sk_test_abc"})

    assert config.stripe_webhook_secrets == ()
    assert not config.uses_sandbox


@pytest.mark.parametrize(
    "text", ["nocolon", "id:!!!", f"id:{base64.b64encode(b'short').decode()}", f"a:{KEY},a:{KEY}"]
)
def test_a_master_key_that_is_no_key_is_refused(text: str) -> None:
    assert "MASTER_KEYS must" in problems_of(PRODUCTION | {"MASTER_KEYS": text})


def test_secrets_do_not_show_when_the_configuration_is_printed() -> None:
    printed = repr(Config.from_env(PRODUCTION))

    assert not any(secret in printed for secret in ("s" * 40, KEY, "rk_test_123", "whsec_new"))
