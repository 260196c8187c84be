"""The staff's pages with a clock that tests move, and someone who logs in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Config
from donations import runtime
from donations.app import create_app
from donations.jobs import refresh_rollups
from donations.models import (
    Disposition,
    StaffRole,
    StaffSession,
    StaffUser,
    StripeEvent,
    StripeObject,
    Supporter,
)
from donations.models.database import db, writing
from donations.models.vault import Vault
from donations.runtime import system_clock
from donations.services import workers
from donations.services.staff_logins import LASTS_AT_MOST
from donations.services.staff_users import hash_password
from tests.factories import NOON, make_supporter
from tests.fakes import FakeGateway

PASSWORD = "four words are long enough"
FOR_FINANCE_AND_ADMINS = pytest.mark.parametrize(
    ("role", "status"),
    [
        (StaffRole.VIEWER, 403),
        (StaffRole.SUPPORTER_CARE, 403),
        (StaffRole.FINANCE, 200),
        (StaffRole.ADMIN, 200),
    ],
)
"""What each role gets of a page that is for finance and admins."""


@dataclass
class Clock:
    """Stands still until a test moves it."""

    instant: datetime = NOON + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.instant

    def moves(self, **by: float) -> None:
        self.instant += timedelta(**by)


class Browser(FlaskClient):
    """Each request in a context of its own, as on a server: what one puts into `g` is gone at the next.

    Without it, requests would share the context that the test holds open for its own queries.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **options)


@dataclass
class Desk:
    """A member of staff with a browser."""

    client: FlaskClient

    def sees(self, path: str, status: int = 200) -> BeautifulSoup:
        response = self.client.get(path)
        assert response.status_code == status, (path, response.status, response.headers.get("Location"))
        return BeautifulSoup(response.text, "html.parser")

    def sends(self, path: str, form_on: str, **fields: str) -> TestResponse:
        """Post with the token that the page `form_on` carries."""
        token = self.sees(form_on).find("input", {"name": "csrf_token"})
        assert token is not None
        return self.client.post(path, data={"csrf_token": str(token["value"])} | fields)

    def logs_in(
        self, email: str = "editor@example.com", password: str = PASSWORD, **fields: str
    ) -> TestResponse:
        return self.sends("/staff/login", "/staff/login", email=email, password=password, **fields)

    def logs_out(self) -> TestResponse:
        return self.sends("/staff/logout", "/staff")

    def is_logged_in(self) -> bool:
        return self.client.get("/staff").status_code == 200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    app = create_app(config, gateway=FakeGateway(), wake_worker=lambda: None)
    app.test_client_class = Browser
    with app.app_context():
        runtime.install(app, replace(runtime.current(), now=clock))
        with writing() as session:
            # Somebody works: every page would say otherwise that nobody does.
            workers.note_alive(session, "worker", NOON, system_clock())
        yield app
        db.engine.dispose()


@pytest.fixture
def vault(app: Flask) -> Vault:
    return runtime.current().vault


@pytest.fixture
def desk(app: Flask) -> Desk:
    """With an admin's account, not logged in."""
    add_staff()
    return Desk(app.test_client())


@pytest.fixture
def editor(desk: Desk, clock: Clock) -> Desk:
    """Logged in."""
    open_session(desk, "editor@example.com", clock())
    return desk


@pytest.fixture
def logged_in_as(app: Flask, clock: Clock) -> Callable[[StaffRole], Desk]:
    def log_in(role: StaffRole) -> Desk:
        desk = Desk(app.test_client())
        add_staff(f"{role.value}@example.com", role)
        open_session(desk, f"{role.value}@example.com", clock())
        return desk

    return log_in


def add_staff(email: str = "editor@example.com", role: StaffRole = StaffRole.ADMIN) -> None:
    with writing() as session:
        session.add(
            StaffUser(
                email=email,
                name="Anna Petrova",
                role=role,
                password_hash=_hashed(),
                is_active=True,
                created_at=NOON,
            )
        )


def open_session(desk: Desk, email: str, now: datetime) -> None:
    """As a login does, without the work of comparing a password, which other tests prove."""
    token = secrets.token_urlsafe(32)
    with writing() as session:
        session.add(
            StaffSession(
                token_hash=hashlib.sha256(token.encode()).digest(),
                staff_user_id=session.scalars(select(StaffUser.id).where(StaffUser.email == email)).one(),
                created_at=now,
                last_seen_at=now,
                expires_at=now + LASTS_AT_MOST,
            )
        )
    desk.client.set_cookie("staff", token)


@cache
def _hashed() -> str:
    return hash_password(PASSWORD, "somebody@example.com")


@pytest.fixture
def nadia(vault: Vault, desk: Desk) -> Supporter:
    with writing() as session:
        return make_supporter(
            session, vault, email="nadia@example.com", name="Nadia", at=NOON - timedelta(days=50)
        )


def page_of(desk: Desk, supporter: Supporter) -> str:
    return desk.sees(f"/staff/supporters/{supporter.reference}").get_text(" ", strip=True)


def add_event(
    session: Session, number: int, kind: str, type_: str, stripe_id: str, **columns: object
) -> None:
    values: dict[str, object] = {
        "stripe_event_id": f"evt_{number}",
        "type": type_,
        "object_kind": kind,
        "stripe_object_id": stripe_id,
        "is_livemode": False,
        "is_thin": False,
        "disposition": Disposition.MARKED,
        "received_at": NOON,
    }
    session.add(StripeEvent(**(values | columns)))


def add_ticket(session: Session, kind: str, stripe_id: str, **columns: object) -> None:
    values: dict[str, object] = {
        "kind": kind,
        "stripe_id": stripe_id,
        "generation": 2,
        "applied": 1,
        "marked_at": NOON,
        "tries": 0,
        "next_try_at": NOON + timedelta(minutes=30),
    }
    session.add(StripeObject(**(values | columns)))


def take_in() -> None:
    """As the worker does within seconds: lists are read from sums."""
    refresh_rollups.refresh_all(runtime.current())
