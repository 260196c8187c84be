"""A reader with a mailbox: asks for a link, reads the letter, opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import Config
from donations import runtime
from donations.app import create_app
from donations.jobs.link_requests import match_requests
from donations.models import OutboxMessage, Supporter
from donations.models.database import db, reading, writing
from donations.services import magic_links
from donations.services.outbox import Letter
from tests.factories import NOON, make_supporter
from tests.fakes import FakeGateway

NINA = "nina@example.com"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


@dataclass
class Owner:
    """Someone who manages what they give, in a browser without JavaScript."""

    app: Flask
    client: FlaskClient
    answer: TestResponse | None = field(default=None, repr=False)

    def opens(self, path: str, **how: Any) -> BeautifulSoup:
        self.answer = self.client.get(path, **how)
        return self.page

    @property
    def page(self) -> BeautifulSoup:
        assert self.answer is not None
        return BeautifulSoup(self.answer.text, "html.parser")

    @property
    def words(self) -> str:
        main = self.page.find("main")
        assert main is not None
        return " ".join(main.get_text().split())

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def goes_to(self) -> str:
        assert self.answer is not None
        return self.answer.headers.get("Location", "")

    def sends(self, action: str, fields: dict[str, str] | None = None, **how: Any) -> TestResponse:
        """The form on the page that leads to `action`, with its hidden fields and these."""
        form = next(each for each in self.page.find_all("form") if each["action"] == action)
        hidden = {str(each["name"]): str(each["value"]) for each in form.find_all("input", type="hidden")}
        self.answer = self.client.post(action, data=hidden | (fields or {}), **how)
        return self.answer

    def asks(self, email: str = NINA, then: str | None = None, **how: Any) -> TestResponse:
        self.opens("/manage" if then is None else f"/manage?then={then}")
        return self.sends("/manage", {"email": email}, **how)

    def token(self) -> str:
        """What the letter carries that this reader has just asked for."""
        running = runtime.current()
        match_requests(running)
        with writing() as session:
            row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
            assert row is not None, "no letter was ordered"
            letter = Letter(row.id, row.kind, row.cause, row.supporter_id, row.message_id, row.tries, {})
            return magic_links.compose_link(session, letter, running.now())

    def enters(self, token: str) -> TestResponse:
        self.opens(f"/manage/open/{token}")
        return self.sends(f"/manage/open/{token}")

    def logs_in(self, email: str = NINA) -> None:
        self.asks(email)
        self.enters(self.token())
        assert self.status == 303


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(config: Config, gateway: FakeGateway, clock: Clock) -> Iterator[Flask]:
    app = create_app(config, gateway=gateway, wake_worker=lambda: None)
    with app.app_context():
        runtime.install(app, replace(runtime.current(), now=clock))
        yield app
        db.engine.dispose()


@pytest.fixture
def owner(app: Flask) -> Owner:
    return Owner(app, app.test_client())


@pytest.fixture
def nina(app: Flask) -> Supporter:
    with writing() as session:
        return make_supporter(session, runtime.current().vault, email=NINA, name="Nina")


def rows(model: type[Any]) -> list[Any]:
    with reading() as session:
        return list(session.scalars(select(model)).all())
