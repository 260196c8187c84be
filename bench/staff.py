"""Somebody on the staff who asks for pages, as a browser would, without a network."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from donations import runtime
from donations.models import StaffRole
from donations.models.database import writing
from donations.services.staff_users import create_staff_user, find_staff_user

_PASSWORD = "four words are long enough"  # noqa: S105 - of a database that lasts as long as the measurement
_EMAIL = "bench@example.com"


def logged_in(app: Flask) -> FlaskClient:
    """A client with a login that may see everything."""
    with writing() as session:
        # A database that is kept for another run has had its measurer before.
        if find_staff_user(session, _EMAIL) is None:
            now = runtime.current().now()
            create_staff_user(session, _EMAIL, "Bench", StaffRole.ADMIN, _PASSWORD, now)
    client = app.test_client()
    page = client.get("/staff/login").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = client.post("/staff/login", data={"csrf_token": token, "email": _EMAIL, "password": _PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
