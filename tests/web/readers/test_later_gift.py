"""After a gift given once: a monthly gift that begins a month later, with a yes and a no of equal weight."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.models import Checkout
from donations.models.database import writing
from donations.runtime import current
from tests.factories import make_subscription, make_supporter
from tests.fakes import FakeGateway
from tests.sync.desk import count_of, only
from tests.web.readers.conftest import Reader
from tests.web.readers.test_thanks import a_checkout, words


@pytest.fixture
def reference(app: Flask) -> str:
    """€50 given once, now, by nina@example.com."""
    return a_checkout(CheckoutStatus.PAID, article="a1", placement="article-end")


def offer_on(page: BeautifulSoup) -> Tag | None:
    return page.select_one("section.offer")


def nonce_on(page: BeautifulSoup) -> str:
    return str(page.select_one(".offer [name=nonce]")["value"])


def press(giver: Reader, reference: str, nonce: str | None = None, **headers: str) -> Any:
    nonce = nonce or nonce_on(giver.looks(f"/support/thanks/{reference}"))
    return giver.client.post(f"/support/thanks/{reference}/monthly", data={"nonce": nonce}, headers=headers)


def test_yes_and_no_are_two_buttons_that_look_the_same(giver: Reader, reference: str) -> None:
    page = giver.looks(f"/support/thanks/{reference}")

    yes, no = page.select(".offer .button")
    assert yes.get_text().startswith("Give €5 every month from ")
    assert no.get_text() == "No, thank you"
    assert yes["class"] == no["class"]


def test_yes_opens_a_session_that_charges_nothing_before_the_day_named(
    giver: Reader, reference: str, gateway: FakeGateway
) -> None:
    response = press(giver, reference)

    second = only(Checkout, frequency=Frequency.MONTHLY)
    first = only(Checkout, frequency=Frequency.ONCE)
    (parameters,) = gateway.created.values()
    assert response.status_code == 303
    assert response.location == second.stripe_url
    assert (second.supporter_id, second.gift_amount, second.currency) == (first.supporter_id, 500, "eur")
    assert (second.article, second.placement) == ("a1", "article-end")
    assert parameters["subscription_data"]["trial_end"] == second.first_charge_at.timestamp()
    assert parameters["customer_email"] == "nina@example.com"
    assert parameters["success_url"].startswith(f"http://127.0.0.1:8000/support/thanks/{second.reference}?")
    assert parameters["cancel_url"].startswith(f"http://127.0.0.1:8000/support/thanks/{reference}?")


def test_pressed_twice_it_opens_one_session(giver: Reader, reference: str) -> None:
    nonce = nonce_on(giver.looks(f"/support/thanks/{reference}"))

    answers = [press(giver, reference, nonce) for _ in range(2)]

    assert len({answer.location for answer in answers}) == 1
    assert count_of(Checkout, frequency=Frequency.MONTHLY) == 1


def test_no_shows_the_page_without_the_offer_and_stores_nothing(giver: Reader, reference: str) -> None:
    no = giver.looks(f"/support/thanks/{reference}").find("a", string="No, thank you")

    response = giver.client.get(str(no["href"]))

    page = BeautifulSoup(response.text, "html.parser")
    assert page.h1.get_text().startswith("Thank you.")
    assert offer_on(page) is None
    assert "Set-Cookie" not in response.headers
    assert count_of(Checkout) == 1


def test_the_page_does_not_tell_whether_its_giver_gives_regularly_already(
    giver: Reader, reference: str
) -> None:
    before = words(giver.looks(f"/support/thanks/{reference}"))
    with writing() as session:
        make_subscription(session, make_supporter(session, current().vault, email="nina@example.com"))

    assert words(giver.looks(f"/support/thanks/{reference}")) == before


@pytest.mark.parametrize(
    ("status", "frequency"),
    [
        (CheckoutStatus.PAID, Frequency.MONTHLY),
        (CheckoutStatus.PAID, Frequency.ANNUAL),
        (CheckoutStatus.OPEN, Frequency.ONCE),
        (CheckoutStatus.PROCESSING, Frequency.ONCE),
        (CheckoutStatus.EXPIRED, Frequency.ONCE),
    ],
)
def test_it_is_offered_only_after_a_gift_given_once_was_received(
    app: Flask, giver: Reader, status: CheckoutStatus, frequency: Frequency
) -> None:
    other = a_checkout(status, frequency=frequency)

    assert offer_on(giver.looks(f"/support/thanks/{other}")) is None
    assert press(giver, other, giver.nonce()).location == f"/support/thanks/{other}"
    assert count_of(Checkout) == 1


def test_a_form_that_was_open_too_long_is_shown_again_and_opens_nothing(
    giver: Reader, reference: str
) -> None:
    response = press(giver, reference, "altered")

    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422
    assert "This form was open for a long time" in page.select_one(".error-summary").get_text()
    assert press(giver, reference, nonce_on(page)).status_code == 303


def test_a_form_of_another_sites_page_is_refused(giver: Reader, reference: str) -> None:
    assert press(giver, reference, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    ("problem", "is_same_form"),
    [
        (StripeUnavailable(was_answered=False), True),
        (StripeUnavailable(was_answered=True), False),
        (StripeRefused(code="down"), False),
    ],
)
def test_with_stripe_down_the_offer_can_be_taken_again(
    giver: Reader, reference: str, gateway: FakeGateway, problem: Exception, is_same_form: bool
) -> None:
    nonce = nonce_on(giver.looks(f"/support/thanks/{reference}"))
    gateway.raising.append(problem)

    response = press(giver, reference, nonce)

    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 503
    assert "You have not been charged. We could not reach our payment provider" in words(page)
    assert (nonce_on(page) == nonce) is is_same_form
    assert press(giver, reference, nonce_on(page)).status_code == 303


@pytest.mark.parametrize("reference", ["unknown", "%00"])
def test_an_unknown_reference_is_not_found(app: Flask, giver: Reader, reference: str) -> None:
    assert press(giver, reference, giver.nonce()).status_code == 404
