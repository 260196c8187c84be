"""What may be logged is a list, and an exception is told without the values that it held."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from config import Config, Environment
from donations.logs import configure_logging, keep_allowed


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return replace(Config.from_env({"INSTANCE_DIR": str(tmp_path)}), environment=Environment.PRODUCTION)


def test_a_field_that_is_not_listed_is_dropped_and_named() -> None:
    kept = keep_allowed(None, "info", {"event": "sent", "status": 200, "email": "nina@example.com"})

    assert kept == {"event": "sent", "status": 200, "dropped_fields": ["email"]}


def test_an_exception_is_told_by_place_and_class_without_message_or_values(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(config)

    def fail(address: str) -> None:
        raise ValueError(f"cannot send to {address}")

    try:
        fail("nina@example.com")
    except ValueError:
        structlog.get_logger().exception("failed")

    line = capsys.readouterr().err
    assert "nina" not in line
    told = json.loads(line)["exception"]
    assert told.startswith("builtins.ValueError")
    assert "test_logs.py" in told
