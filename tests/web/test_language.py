"""The language of a page: from the address, then the reader's choice, then the browser, then English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, url_for
from flask.testing import FlaskClient

from config import Config
from donations.app import create_app
from donations.domain.errors import AmountTooSmall, InvalidEmail
from donations.domain.money import Money
from donations.web.language import gettext, ngettext, said
from tests.fakes import FakeGateway

RUSSIAN_BROWSER = {"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.8"}


@pytest.fixture
def page_app(tmp_path: Path) -> Flask:
    """Its database has no tables: what works here asks nothing of them."""
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance")})
    return create_app(config, gateway=FakeGateway(), wake_worker=lambda: None)


@pytest.fixture
def reader(page_app: Flask) -> Iterator[FlaskClient]:
    """A browser that keeps cookies."""
    with page_app.test_client() as client:
        yield client


def language_of(reader: FlaskClient, path: str, **headers: str) -> str:
    page = BeautifulSoup(reader.get(path, headers=headers).text, "html.parser")
    assert page.html is not None
    return str(page.html["lang"])


@pytest.mark.parametrize(
    ("path", "chosen", "browser", "language"),
    [
        ("/support", None, None, "en"),
        ("/support", None, "de,fr;q=0.5", "en"),
        ("/support", None, "ru-RU,en;q=0.8", "ru"),
        ("/support", None, "de, ru;q=0.7, en;q=0.3", "ru"),
        ("/support", None, "en, ru;q=0.9", "en"),
        ("/support", None, "ru;q=0", "en"),
        ("/support", "ru", "en", "ru"),
        ("/support", "en", "ru", "en"),
        ("/support", "kk", "ru", "ru"),
        ("/support?lang=ru", "en", "en", "ru"),
        ("/support?lang=en", "ru", "ru", "en"),
        ("/support?lang=ru-RU", None, "en", "ru"),
        ("/support?lang=kk", "ru", "en", "ru"),
        ("/support?lang=", None, "ru", "ru"),
    ],
)
def test_the_address_counts_before_the_choice_and_that_before_the_browser(
    reader: FlaskClient, path: str, chosen: str | None, browser: str | None, language: str
) -> None:
    if chosen:
        reader.set_cookie("language", chosen)

    assert language_of(reader, path, **({"Accept-Language": browser} if browser else {})) == language


@pytest.mark.parametrize("path", ["/no-such-page", "/articles/none-a9", "/language/kk"])
def test_an_error_speaks_the_readers_language(reader: FlaskClient, path: str) -> None:
    assert language_of(reader, path, **RUSSIAN_BROWSER) == "ru"


@pytest.mark.parametrize("path", ["/staff/login", "/staff/login?lang=ru", "/staff/no-such-page"])
def test_pages_of_the_staff_are_english_whatever_the_browser_says(reader: FlaskClient, path: str) -> None:
    reader.set_cookie("language", "ru")

    page = BeautifulSoup(reader.get(path, headers=RUSSIAN_BROWSER).text, "html.parser")

    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.select(".languages") == []


@pytest.mark.parametrize("path", ["/", "/support?lang=ru", "/no-such-page?lang=ru"])
def test_nobody_who_only_looks_is_given_a_cookie(reader: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in reader.get(path, headers=RUSSIAN_BROWSER).headers


def test_a_page_that_is_cached_varies_by_all_that_chooses_its_language(reader: FlaskClient) -> None:
    response = reader.get("/")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Vary"] == "Accept-Language, Cookie"


def test_every_page_leads_to_itself_in_each_language(reader: FlaskClient) -> None:
    page = BeautifulSoup(reader.get("/support?frequency=once&amount=77&lang=ru").text, "html.parser")

    links = page.select(".languages a")
    assert [(each.get_text(), each["lang"], each["hreflang"]) for each in links] == [
        ("English", "en", "en"),
        ("Русский", "ru", "ru"),
    ]
    assert [each.get("aria-current") for each in links] == [None, "true"]
    there = reader.get(str(links[0]["href"])).location
    assert there == "/support?frequency=once&amount=77&lang=en"


def test_the_choice_is_kept_by_a_cookie_and_said_in_the_address(reader: FlaskClient) -> None:
    response = reader.get("/language/ru?next=/support?lang=en")

    assert (response.status_code, response.location) == (303, "/support?lang=ru")
    cookie = reader.get_cookie("language")
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site, cookie.path) == ("ru", True, "Lax", "/")
    assert language_of(reader, "/", **{"Accept-Language": "en"}) == "ru"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "support",
        "//evil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:a=b",
        "/%09/evil.example",
        " /support",
    ],
)
def test_the_language_link_leads_nowhere_else(reader: FlaskClient, elsewhere: str) -> None:
    response = reader.get(f"/language/ru?next={elsewhere}")

    assert (response.status_code, response.location) == (303, "/?lang=ru")


def test_a_language_in_the_address_goes_along_in_our_links_but_not_to_others(page_app: Flask) -> None:
    with page_app.test_request_context("/support?lang=ru-RU"):
        assert url_for("readers.support", back="x") == "/support?back=x&lang=ru"
        assert url_for("staff.login") == "/staff/login"
        assert url_for("static", filename="a.css") == "/static/a.css"
    with page_app.test_request_context("/support", headers=RUSSIAN_BROWSER):
        assert url_for("readers.support") == "/support"


def test_a_page_that_only_takes_forms_is_not_come_back_to(reader: FlaskClient) -> None:
    page = BeautifulSoup(reader.post("/no-such-page?lang=ru").text, "html.parser")

    assert [str(each["href"]) for each in page.select(".languages a")] == [
        "/language/en?next=/?lang%3Dru",
        "/language/ru?next=/?lang%3Dru",
    ]


def test_an_error_is_said_with_its_values_as_the_page_writes_them(page_app: Flask) -> None:
    too_small = AmountTooSmall(Money(250, "eur"))

    with page_app.test_request_context("/?lang=ru"):
        assert said(too_small) == "Введите сумму не меньше 2,50\u00a0€"
    with page_app.test_request_context("/"):
        assert said(too_small) == "Enter an amount of €2.50 or more" == str(too_small)
        assert said(InvalidEmail()) == str(InvalidEmail())


def test_outside_of_a_request_sentences_are_english(page_app: Flask) -> None:
    with page_app.app_context():
        assert gettext("Thank you") == "Thank you"


@pytest.mark.parametrize(("count", "words"), [(1, "1 payment of €2"), (2, "2 payments of €2")])
def test_a_sentence_that_counts_has_its_form(page_app: Flask, count: int, words: str) -> None:
    with page_app.test_request_context("/"):
        said_so = ngettext(
            "%(num)s payment of %(sum)s", "%(num)s payments of %(sum)s", count, sum=Money(200, "eur")
        )

    assert said_so == words
