"""Commands as a person runs them, on a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from config import Config
from donations import runtime
from donations.cli import main
from donations.gateway.client import StripeGateway
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings


@dataclass
class Terminal:
    """Runs `donations …` in this process, with the environment of a checkout that was set up."""

    environment: dict[str, str]

    def runs(self, *words: str, typing: str | None = None, exits: int = 0) -> Result:
        result = CliRunner().invoke(main, words, input=typing, env=self.environment)
        said = (result.output, result.exception)
        assert result.exit_code == exits, said
        assert result.exception is None or isinstance(result.exception, SystemExit), said
        return result

    def says(self, *words: str, typing: str | None = None, exits: int = 0) -> str:
        """In one line: how wide the terminal is makes no difference."""
        return " ".join(self.runs(*words, typing=typing, exits=exits).output.split())


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """Sends its events nowhere: what the commands ask of Stripe is what is looked at."""
    with SandboxServer(Settings(data_dir=tmp_path_factory.mktemp("sandbox"), port=0)) as server:
        yield server


@pytest.fixture
def terminal(app: Flask, config: Config, sandbox: SandboxServer) -> Terminal:
    gateway = StripeGateway("sk_test_sandbox", sandbox.base_url)
    runtime.install(app, replace(runtime.current(), gateway=gateway))
    return Terminal(_environment(config, sandbox.base_url))


def _environment(config: Config, stripe_at: str) -> dict[str, str]:
    folder: Path = config.instance_dir
    return {
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": config.database_url,
        "QUEUE_URL": "memory://",
        "STRIPE_API_BASE": stripe_at,
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
    }
