"""The signed number in each form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from donations.web.readers.nonce import OLDEST_SECONDS, new_token, nonce_in
from tests.web.readers.conftest import Reader

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EXPIRED = "This form was open for a long time. Please check your choices and send it again."


def test_each_page_carries_another_nonce(reader: Reader) -> None:
    assert len({reader.nonce() for _ in range(5)}) == 5


def test_a_nonce_holds_for_two_hours(page_app: Flask) -> None:
    with page_app.app_context(), time_machine.travel(NOON, tick=False) as clock:
        token = new_token()
        nonce = nonce_in(token)

        clock.shift(timedelta(seconds=OLDEST_SECONDS))
        assert nonce_in(token) == nonce is not None
        clock.shift(timedelta(seconds=1))
        assert nonce_in(token) is None


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "é" + t[1:], lambda _: "a.b.c"]
)
def test_a_nonce_that_we_did_not_sign_is_none(page_app: Flask, forge: object) -> None:
    assert callable(forge)
    with page_app.app_context():
        token = str(forge(new_token()))

        assert nonce_in(token) is None
        assert nonce_in("") is None
        assert nonce_in(None) is None


def test_a_nonce_signed_for_another_application_is_none(page_app: Flask) -> None:
    with page_app.app_context():
        token = new_token()
        page_app.secret_key = "another-secret-key-of-thirty-two-characters"

        assert nonce_in(token) is None


@pytest.mark.parametrize("token", ["forged", "IjEi.aaaa.bbbb"])
def test_a_stale_form_is_shown_again_with_its_values_and_a_fresh_nonce(reader: Reader, token: str) -> None:
    page = reader.is_shown(nonce=token, name="Нина", cover_fees="yes")

    assert EXPIRED in page.find(id="error-summary").get_text()
    assert page.find(id="email")["value"] == "nina@example.com"
    assert page.find(id="name")["value"] == "Нина"
    assert page.find(id="cover_fees").has_attr("checked")
    fresh = page.find("input", {"name": "nonce"})["value"]
    assert fresh != token
    with reader.client.application.app_context():
        assert nonce_in(fresh) is not None


def test_the_page_with_a_nonce_is_never_cached(reader: Reader) -> None:
    assert reader.client.get("/support").headers["Cache-Control"] == "no-store"
