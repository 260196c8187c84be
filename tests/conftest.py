"""What every test may ask for: a database of each kind, and an application on it that lives in real time."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from donations.app import create_app
from donations.runtime import system_clock
from tests.databases import PostgresTemplate, SqliteTemplate, temporary_folder
from tests.quick_apps import (
    compile_addresses_once,
    compile_statements_once,
    compile_templates_once,
    hash_passwords_cheaply,
)

# Thirteen hours behind UTC, where nobody lives: neither a noon nor a late evening falls there on the day that
# it does in Amsterdam, so what is reckoned by the computer's own zone is noticed.
os.environ["TZ"] = "NOWHERE+13"
time.tzset()

ALL_KINDS: Final = ("sqlite", "postgresql")
KINDS: Final = (
    tuple(os.environ.get("TEST_DATABASES", "").split(",")) if os.environ.get("TEST_DATABASES") else ALL_KINDS
)
"""Which databases tests run on: all, unless `TEST_DATABASES` names fewer, as runs of mutants do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys last: their site, worker and browser stay up until the end of the run."""
    items.sort(key=lambda item: "journeys" in item.path.parts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Which databases were left out; and at the end of `make prove`, the figures of its proofs."""
    if set(KINDS) != set(ALL_KINDS):
        terminalreporter.write_line(f"Only on {', '.join(KINDS)}, as TEST_DATABASES says.", yellow=True)
    if config.option.markexpr != "prove":
        return
    for report in terminalreporter.getreports("passed"):
        for name, seen in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {seen}")


@pytest.fixture(scope="session", autouse=True)
def _quick_apps() -> None:
    compile_templates_once()
    compile_addresses_once()
    compile_statements_once()
    hash_passwords_cheaply()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[SqliteTemplate]:
    folder = temporary_folder()
    yield SqliteTemplate(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    folder = temporary_folder()
    template = PostgresTemplate(folder)
    yield template
    template.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database; a test that touches it runs once on each kind."""
    name = {"sqlite": "sqlite_template", "postgresql": "postgres_template"}[request.param]
    with request.getfixturevalue(name).fresh() as url:
        yield url


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """As in development, with everything under the test's own folder."""
    base = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance"), "PORT": "8000"})
    return replace(base, database_url=database_url, stripe_calls_per_second=1_000_000)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application inside its context, so that `reading()` and `writing()` work in the test."""
    app = create_app(config, now=system_clock)
    with app.app_context():
        yield app
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
