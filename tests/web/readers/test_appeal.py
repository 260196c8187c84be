"""The appeal can be hidden on one device: only when asked for, and it comes back when asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from tests.web.readers.conftest import Reader
from tests.web.readers.test_article import PATH
from tests.web.readers.test_thanks import a_checkout, words

HIDDEN_MARK = "Show the appeal again"


def hide(reader: Reader, nonce: str | None = None, **headers: str) -> TestResponse:
    return reader.client.post("/appeal/hide", data={"nonce": nonce or reader.nonce()}, headers=headers)


def press(reader: Reader, page: BeautifulSoup, button: str) -> TestResponse:
    """Send the form that has this button, as it stands."""
    form = page.find("button", string=button).find_parent("form")
    fields = {str(each["name"]): str(each["value"]) for each in form.find_all("input")}
    return reader.client.post(str(form["action"]), data=fields)


@pytest.mark.parametrize("path", ["/", PATH])
def test_hidden_the_appeal_gives_way_to_one_quiet_line(reader: Reader, path: str) -> None:
    hide(reader)

    page = reader.looks(path)

    assert page.select_one(".appeal") is None
    assert "Thank you for your support." in words(page)
    assert page.h1.get_text() in words(page)


def test_the_cookie_says_nothing_but_that_and_lasts_thirty_days(reader: Reader) -> None:
    cookie = hide(reader).headers["Set-Cookie"]

    assert cookie.startswith("appeal=hidden; ")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=2592000", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_over_https_it_is_bound_to_the_host(page_app: Flask, reader: Reader) -> None:
    with page_app.app_context():
        running = runtime.current()
        config = replace(running.config, public_base_url="https://give.example.com")
        runtime.install(page_app, replace(running, config=config))

    cookie = hide(reader).headers["Set-Cookie"]

    assert cookie.startswith("__Host-appeal=hidden; ")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_an_article_without_its_appeal_is_kept_by_no_cache_and_one_with_it_by_all(reader: Reader) -> None:
    shown = reader.client.get("/").headers
    hide(reader)
    hidden = reader.client.get("/").headers

    assert shown["Cache-Control"] == "public, max-age=60"
    assert hidden["Cache-Control"] == "no-store"
    assert "Cookie" in shown["Vary"]
    assert "Cookie" in hidden["Vary"]


def test_another_cookie_or_value_hides_nothing(reader: Reader) -> None:
    reader.client.set_cookie("appeal", "shown")

    response = reader.client.get("/")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert HIDDEN_MARK not in response.text


def test_it_is_shown_again_from_the_article(reader: Reader) -> None:
    hide(reader)

    response = press(reader, reader.looks(PATH), HIDDEN_MARK)

    assert (response.status_code, response.location) == (303, PATH)
    assert reader.looks("/").select_one(".appeal") is not None
    assert reader.client.get_cookie("appeal") is None


def test_the_thanks_offer_both_ways_and_lead_back_to_themselves(app: Flask, giver: Reader) -> None:
    path = f"/support/thanks/{a_checkout(CheckoutStatus.PAID)}"
    asked = giver.client.get(path)

    hidden = press(
        giver, giver.looks(f"{path}?offer=no"), "Hide the appeal under articles on this device for 30 days"
    )
    shown = press(giver, giver.looks(path), HIDDEN_MARK)

    assert "Set-Cookie" not in asked.headers
    assert hidden.location == f"{path}?offer=no"
    assert shown.location == path
    assert giver.client.get_cookie("appeal") is None


@pytest.mark.parametrize("action", ["/appeal/hide", "/appeal/show"])
def test_a_form_that_is_not_ours_changes_nothing(reader: Reader, action: str) -> None:
    foreign = reader.client.post(
        action, data={"nonce": reader.nonce()}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    forged = reader.client.post(action, data={"nonce": "forged"})

    assert (foreign.status_code, forged.status_code) == (403, 400)
    assert "Set-Cookie" not in {*foreign.headers.keys(), *forged.headers.keys()}


@pytest.mark.parametrize("field", [{"reference": "//evil.example"}, {"article": "//evil.example"}, {}])
def test_a_form_leads_to_pages_of_ours_only(reader: Reader, field: dict[str, str]) -> None:
    response = reader.client.post("/appeal/show", data={"nonce": reader.nonce(), **field})

    assert response.location == "/"
