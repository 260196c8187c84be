"""The same pages for a reader of Russian: grammar, figures, dates, errors, and the way to Stripe and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.models import Checkout
from donations.models.database import reading
from donations.web.errors import PAGES, error_page
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.web.readers.conftest import GOOD, Reader
from tests.web.readers.test_support import varying
from tests.web.readers.test_thanks import a_checkout, words

RUSSIAN = {"Accept-Language": "ru"}


def sent(reader: Reader, **fields: str) -> Any:
    """A form sent by a browser that speaks Russian and keeps no cookies."""
    form = GOOD | {"nonce": reader.nonce()} | fields
    return reader.client.post("/support", data={k: v for k, v in form.items() if v}, headers=RUSSIAN)


def shown(reader: Reader, **fields: str) -> BeautifulSoup:
    response = sent(reader, **fields)
    assert response.status_code == 422
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        (
            "once-2",
            [
                "Добавить 1,02 €, чтобы редакция получила 50 € целиком.",
                "Ваше пожертвование: 50 €, один раз",
                "Пожертвовать 50 €",
                "50 € сегодня, и больше ничего не спишется.",
            ],
        ),
        (
            "monthly-2",
            [
                "Добавить 0,41 €, чтобы редакция получила 10 € целиком.",
                "Ваше пожертвование: 10 € в месяц, пока вы не отмените",
                "Жертвовать 10 € в месяц",
                "10 € сегодня, затем 22-го числа каждого месяца по 10 €, пока вы не отмените. "
                "Отменить можно онлайн в любой момент.",
            ],
        ),
        (
            "annual-2",
            [
                "Добавить 1,78 €, чтобы редакция получила 100 € целиком.",
                "Ваше пожертвование: 100 € в год, пока вы не отмените",
                "Жертвовать 100 € в год",
                "100 € сегодня, затем по 100 € каждый год 22 ноября, пока вы не отмените. "
                "Отменить можно онлайн в любой момент.",
            ],
        ),
    ],
)
@time_machine.travel("2026-11-22T12:00Z", tick=False)
def test_each_frequency_has_its_own_sentences(reader: Reader, key: str, texts: list[str]) -> None:
    assert varying(reader.looks("/support?lang=ru"), key) == texts


@time_machine.travel("2026-01-31T12:00Z", tick=False)
def test_the_last_day_of_short_months_is_spoken_of(reader: Reader) -> None:
    terms = varying(reader.looks("/support?lang=ru"), "monthly-2")[-1]

    assert "31-го числа каждого месяца (в коротких месяцах — в последний день) по 10 €" in terms


def test_the_share_that_stripe_keeps_is_written_as_russian_writes_it(reader: Reader) -> None:
    assert "около 1,5\u00a0% и ещё 0,25\u00a0€" in reader.looks("/support?lang=ru").get_text()


@pytest.mark.parametrize("path", ["/?lang=ru", "/support?lang=ru"])
def test_the_seeds_own_words_stay_english_and_are_marked_so(reader: Reader, path: str) -> None:
    page = reader.looks(path)

    for text in page.find_all(string=lambda text: "independent, English-language news source" in text):
        assert text.find_parent(lang=True)["lang"] == "en"
    (heading,) = (each for each in page.find_all(["h1", "h2"]) if "Independent journalism" in each.get_text())
    assert heading.find_parent(lang="en") is not None or heading.get("lang") == "en"


def test_on_an_english_page_nothing_needs_that_mark(reader: Reader) -> None:
    assert reader.looks("/").main.find(lang=True) is None


def test_the_safety_notice_is_in_both_languages_on_both_pages(reader: Reader) -> None:
    for language in ("en", "ru"):
        notices = reader.looks(f"/support?lang={language}").select(".safety > div")
        assert [each["lang"] for each in notices] == ["en", "ru"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"currency": "xxx"}, "Выберите валюту"),
        ({"frequency": ""}, "Выберите, как вы хотите пожертвовать"),
        ({"amount_monthly": ""}, "Выберите сумму или введите другую"),
        ({"amount_monthly": "other", "other_amount": "1"}, "Введите сумму не меньше 2\u00a0€"),
        ({"amount_monthly": "other", "other_amount": "10.50"}, "Отделите центы запятой, например 10,50"),
        ({"email": "nina"}, "Введите адрес электронной почты, например name@example.com"),
        ({"name": "x" * 101}, "Сократите имя: не больше 100 символов"),
        (
            {"nonce": "old"},
            "Эта форма была открыта слишком долго. Проверьте свой выбор и отправьте её ещё раз.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_russian(reader: Reader, fields: dict[str, str], sentence: str) -> None:
    page = shown(reader, **fields)

    assert page.title.get_text().startswith("Ошибка: ")
    assert sentence in page.find(id="error-summary").get_text()


def test_above_the_most_the_page_says_where_to_write(reader: Reader) -> None:
    page = shown(reader, amount_monthly="other", other_amount="1001")

    assert "напишите нам" in page.find(id="error-summary").get_text()
    assert page.select_one(".other-amount a")["href"] == "mailto:support@themoscowtimes.com"


def test_an_amount_from_a_link_is_written_with_a_comma_and_goes_on_in_links_with_a_point(
    reader: Reader,
) -> None:
    page = reader.looks("/support?lang=ru&frequency=once&amount=77.50&currency=usd")

    assert page.find(id="other_amount")["value"] == "77,50"
    assert page.find("label", {"for": "other_amount"}).get_text() == "Другая сумма, долларов США ($)"
    query = parse_qs(urlsplit(str(page.select(".currency")[0]["href"])).query)
    assert (query["amount"], query["lang"]) == (["77.50"], ["ru"])


def test_the_form_and_stripes_page_and_the_ways_back_are_in_the_readers_language(
    giver: Reader, gateway: FakeGateway
) -> None:
    assert sent(giver, amount_monthly="other", other_amount="12,50 €").status_code == 303

    (parameters,) = gateway.created.values()
    with reading() as session:
        row = session.scalars(select(Checkout)).one()
    assert (row.gift_amount, row.locale, parameters["locale"]) == (1250, "ru", "ru")
    assert parameters["success_url"].endswith(f"/support/thanks/{row.reference}?lang=ru")
    assert parameters["cancel_url"].endswith(f"/support?back={row.reference}&lang=ru")


def test_a_form_opened_by_an_address_with_a_language_is_answered_in_it(reader: Reader) -> None:
    action = reader.looks("/support?lang=ru").select_one(".giving")["action"]

    assert action == "/support?lang=ru"
    assert "Выберите валюту" in reader.client.post(str(action), data={"nonce": "x"}).text


def test_a_wrong_slug_leads_on_in_the_language_of_the_address(reader: Reader) -> None:
    assert reader.client.get("/articles/mistyped-a1?lang=ru").location.endswith("-a1?lang=ru")


def test_thanks_are_said_with_the_next_charge(app: Flask, giver: Reader) -> None:
    reference = a_checkout(
        CheckoutStatus.PAID, frequency=Frequency.MONTHLY, amount=1000, charge_amount=1041, at=NOON
    )

    page = giver.looks(f"/support/thanks/{reference}?lang=ru")

    assert page.h1.get_text() == "Спасибо! Ваше пожертвование уже на пути в редакцию: 10\u00a0€ в месяц."
    assert "22 декабря 2026 года — 10,41 €, затем каждый месяц, пока вы не отмените" in words(page)
    assert "10,41 €, чтобы мы получили 10 € целиком" in words(page)


def test_while_the_outcome_is_open_the_page_looks_again_in_its_language(app: Flask, giver: Reader) -> None:
    path = f"/support/thanks/{a_checkout(CheckoutStatus.OPEN)}?lang=ru"

    response = giver.client.get(path)

    again = str(BeautifulSoup(response.text, "html.parser").find("a", string="Проверить ещё раз")["href"])
    assert parse_qs(urlsplit(again).query)["lang"] == ["ru"]
    assert response.headers["Refresh"] == f"2; url={again}"


@pytest.mark.parametrize("status", sorted(PAGES))
def test_every_error_page_is_all_russian(page_app: Flask, status: int) -> None:
    with page_app.test_request_context("/?lang=ru"):
        page = BeautifulSoup(error_page(status).get_data(as_text=True), "html.parser")

    assert page.select_one(".error-code").get_text() == f"Ошибка {status}"
    said = " ".join(page.main.stripped_strings).replace("Stripe", "")
    assert not any("a" <= each.lower() <= "z" for each in said), said
