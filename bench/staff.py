"""Somebody on the staff who asks for pages, as a browser would, without a network."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from donations import runtime
from donations.models import StaffRole, StaffUser
from donations.models.database import writing
from donations.services.staff_users import hash_password

_PASSWORD = "four words are long enough"  # noqa: S105 - of a database that lasts as long as the measurement
_EMAIL = "bench@example.com"


def logged_in(app: Flask) -> FlaskClient:
    """A client with a login that may see everything."""
    with writing() as session:
        session.add(
            StaffUser(
                email=_EMAIL,
                name="Bench",
                password_hash=hash_password(_PASSWORD, _EMAIL),
                role=StaffRole.ADMIN,
                created_at=runtime.current().now(),
            )
        )
    client = app.test_client()
    page = client.get("/staff/login").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = client.post("/staff/login", data={"csrf_token": token, "email": _EMAIL, "password": _PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
