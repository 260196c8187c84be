"""Readers' pages, with and without a database behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from donations.app import create_app
from donations.models.database import db
from donations.runtime import system_clock
from tests.fakes import FakeGateway

GOOD = {
    "currency": "eur",
    "frequency": "monthly",
    "amount_monthly": "10",
    "email": "nina@example.com",
}


@dataclass
class Reader:
    """Someone with a browser that has neither JavaScript nor cookies."""

    client: FlaskClient

    def looks(self, path: str) -> BeautifulSoup:
        response = self.client.get(path)
        assert response.status_code == 200, response.status
        return BeautifulSoup(response.text, "html.parser")

    def nonce(self) -> str:
        field = self.looks("/support").find("input", {"name": "nonce"})
        assert field is not None
        return str(field["value"])

    def sends(self, nonce: str | None = None, headers: Any = None, **fields: str) -> TestResponse:
        """Send the form as GOOD, with other or more fields; an empty value takes one away."""
        form = GOOD | {"nonce": nonce or self.nonce()} | fields
        return self.client.post("/support", data={k: v for k, v in form.items() if v}, headers=headers)

    def is_shown(self, **fields: str) -> BeautifulSoup:
        """The page that follows a form with something wrong in it."""
        response = self.sends(**fields)
        assert response.status_code == 422, response.status
        return BeautifulSoup(response.text, "html.parser")


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def app(config: Config, gateway: FakeGateway) -> Iterator[Flask]:
    app = create_app(config, gateway=gateway, wake_worker=lambda: None, now=system_clock)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def giver(app: Flask) -> Reader:
    """With a database, for what is stored."""
    return Reader(app.test_client())


@pytest.fixture
def page_app(tmp_path: Path) -> Flask:
    """Its database has no tables: what works here asks nothing of them."""
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance")})
    return create_app(config, gateway=FakeGateway(), wake_worker=lambda: None, now=system_clock)


@pytest.fixture
def reader(page_app: Flask) -> Reader:
    return Reader(page_app.test_client())
