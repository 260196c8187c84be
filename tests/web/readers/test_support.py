"""The support page as it is looked at: prefilled by links, right without JavaScript."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from donations.content.offers import load_offers
from donations.paths import STATIC
from donations.services.checkouts import Origin
from donations.web.readers.choices import Choices
from donations.web.readers.support_page import SupportPage, support_page
from tests.web.readers.conftest import Reader

BOOK = load_offers()


def checked(page: BeautifulSoup) -> list[str]:
    return [str(each["id"]) for each in page.find_all("input", checked=True)]


def varying(page: BeautifulSoup, key: str) -> list[str]:
    """The texts for one tile, as they read with the fee and without it."""
    texts = []
    for each in page.select(f".varies-{key}"):
        for hidden in each.select(".covered"):
            hidden.decompose()
        texts.append(" ".join(each.get_text().split()))
    return texts


def page_on(app: Flask, today: date) -> SupportPage:
    with app.test_request_context():
        return support_page(Choices("eur"), Origin(), BOOK, today, "en", kept={})


def test_monthly_and_the_default_amounts_are_preselected_and_nothing_else(reader: Reader) -> None:
    assert checked(reader.looks("/support")) == [
        "frequency-monthly",
        "amount_once-2",
        "amount_monthly-2",
        "amount_annual-2",
    ]


def test_amount_frequency_and_until_you_cancel_stand_in_and_around_the_button(reader: Reader) -> None:
    fees, summary, button, terms = varying(reader.looks("/support"), "monthly-2")

    assert fees == "Add €0.41 so the full €10 reaches the newsroom."
    assert summary == "Your gift: €10 every month, until you cancel"
    assert button == "Give €10 every month"
    assert terms.startswith("€10 today, then €10 on the ")
    # Which day it is, and so whether some months are too short for it, depends on today.
    until = r"( \(the last day of shorter months\))? until you cancel\. Cancel online at any time\.$"
    assert re.search(f" of each month{until}", terms)


def test_with_the_fee_covered_the_texts_name_what_is_charged(reader: Reader) -> None:
    button = reader.looks("/support").select_one(".submit .button .varies-monthly-2 .covered")

    assert button is not None
    assert button.get_text() == "€10.41"


def test_without_has_the_page_says_less_and_nothing_wrong(reader: Reader) -> None:
    page = reader.looks("/support")
    for hidden in page.find_all(hidden=True):
        hidden.decompose()

    assert page.select_one(".submit .button").get_text(strip=True) == "Give"
    assert [each.get_text(strip=True) for each in page.select(".amounts-name")] == [
        "One-time",
        "Monthly",
        "Annual",
    ]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("frequency=once", "frequency-once"),
        ("frequency=annual&amount=150", "amount_annual-3"),
        ("frequency=once&amount=77", "amount_once-other"),
        ("currency=gbp&amount=12", "amount_monthly-3"),
        ("campaign=small-gifts&amount=2", "amount_monthly-1"),
    ],
)
def test_a_link_prefills_the_form(reader: Reader, link: str, expected: str) -> None:
    assert expected in checked(reader.looks(f"/support?{link}"))


def test_another_amount_from_a_link_stands_in_its_field_with_its_currency(reader: Reader) -> None:
    page = reader.looks("/support?frequency=once&amount=77.50&currency=usd")

    assert page.find(id="other_amount")["value"] == "77.50"
    assert page.find("label", {"for": "other_amount"}).get_text() == "Another amount in US dollars ($)"
    assert page.find("input", {"name": "currency"})["value"] == "usd"


def test_the_origin_travels_in_hidden_fields_and_links(reader: Reader) -> None:
    origin = {
        "article": "a1",
        "placement": "article-end",
        "campaign": "spring",
        "variant": "b",
        "utm_source": "newsletter",
        "utm_term": "независимая пресса",
    }

    page = reader.looks("/support?" + "&".join(f"{k}={v}" for k, v in origin.items()))

    hidden = {each["name"]: each["value"] for each in page.find_all("input", type="hidden")}
    assert hidden.items() >= origin.items()
    for link in page.select(".currency, #nudge"):
        assert dict(parse_qsl(urlsplit(str(link["href"])).query)).items() >= origin.items()


@pytest.mark.parametrize(
    "junk", ["x" * 101, "a@b.example", "<b>", '"quoted"', "%00", "a%0Ab", "  ", "%F0%9F%92%B8"]
)
def test_junk_in_the_origin_is_left_out(reader: Reader, junk: str) -> None:
    page = reader.looks(f"/support?utm_source={junk}")

    assert page.find("input", {"name": "utm_source"}) is None


def test_the_currency_links_keep_frequency_and_the_tile_in_the_same_place(reader: Reader) -> None:
    page = reader.looks("/support?frequency=once&amount=25")

    queries = [dict(parse_qsl(urlsplit(str(each["href"])).query)) for each in page.select(".currency")]
    assert queries == [
        {"currency": "eur", "frequency": "once", "amount": "25"},
        {"currency": "usd", "frequency": "once", "amount": "25"},
        {"currency": "gbp", "frequency": "once", "amount": "20"},
    ]
    assert page.select(".currency")[0]["aria-current"] == "true"


def test_the_currency_links_keep_an_amount_of_ones_own(reader: Reader) -> None:
    page = reader.looks("/support?frequency=annual&amount=77")

    link = page.select(".currency")[2]
    assert "amount_annual-other" in checked(reader.looks(str(link["href"])))


def test_the_nudge_is_seen_with_one_time_only_and_leads_to_the_least_monthly_amount(reader: Reader) -> None:
    page = reader.looks("/support?currency=gbp")

    (nudge,) = page.select(".nudge")
    assert nudge.get_text(strip=True) == "Could you give £4 a month instead?"
    assert nudge.has_attr("hidden")
    css = (STATIC / "css" / "readers.css").read_text(encoding="utf-8")
    assert re.findall(r"([^{}\n]+\.nudge) \{ display: block; \}", css) == [
        "  .giving:has(#frequency-once:checked) .nudge"
    ]
    assert "amount_monthly-1" in checked(reader.looks(str(nudge.a["href"])))


def test_the_safety_notice_stands_before_the_button_in_both_languages(reader: Reader) -> None:
    page = reader.looks("/support").get_text()

    english = page.index("use a card or bank there, please do not donate")
    russian = page.index("пожалуйста, не делайте пожертвование")
    assert english < russian < page.index("Your gift:")


def test_the_bank_statement_is_named(reader: Reader) -> None:
    assert "Your bank statement will show “MOSCOW TIMES”" in reader.looks("/support").get_text()


@pytest.mark.parametrize(
    ("day", "is_late", "day_of_year"),
    [(date(2026, 11, 28), False, "28 November"), (date(2028, 2, 29), True, "29 February")],
)
def test_the_last_days_of_a_month_are_spoken_of(
    page_app: Flask, day: date, is_late: bool, day_of_year: str
) -> None:
    page = page_on(page_app, day)

    assert (page.is_late_in_month, page.day_of_year) == (is_late, day_of_year)


def test_every_tile_has_its_texts_and_a_rule_that_shows_them(reader: Reader) -> None:
    page = reader.looks("/support")
    css = (STATIC / "css" / "readers.css").read_text(encoding="utf-8")

    for tile in page.select(".amounts input"):
        key = str(tile["id"]).removeprefix("amount_")
        assert f":has(#{tile['id']}:checked) .varies-{key}" in css
        assert len(page.select(f".varies-{key}")) == 4
