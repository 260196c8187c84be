"""The page that Stripe sends readers back to: our rows say what happened, not the redirect."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.models.database import writing
from donations.web.filters import on_day
from tests.factories import NOON, make_checkout, make_subscription, make_supporter
from tests.web.readers.conftest import Reader


def a_checkout(status: CheckoutStatus, *, at: datetime | None = None, **columns: Any) -> str:
    """Of nina@example.com, begun now unless said otherwise; its reference."""
    running = runtime.current()
    at = at or running.now()
    with writing() as session:
        supporter = make_supporter(session, running.vault, email="nina@example.com", name="Нина", at=at)
        return make_checkout(session, supporter, status=status, at=at, **columns).reference


def words(page: BeautifulSoup) -> str:
    main = page.find("main")
    assert main is not None
    return " ".join(main.get_text().split())


def test_a_monthly_gift_that_arrived_is_thanked_for_with_its_next_charge(app: Flask, giver: Reader) -> None:
    reference = a_checkout(
        CheckoutStatus.PAID,
        frequency=Frequency.MONTHLY,
        amount=1000,
        charge_amount=1041,
        article="a1",
        at=NOON,
    )

    page = giver.looks(f"/support/thanks/{reference}")

    assert page.h1.get_text() == "Thank you. €10 every month is on its way to our newsroom."
    assert "€10.41 on 22 December 2026, then every month until you cancel" in words(page)
    assert "Your receipt will be sent to n***@…" in words(page)
    assert reference in words(page)
    assert "MOSCOW TIMES" in words(page)
    assert page.find("a", string="Manage your gift")["href"] == "/manage"
    assert page.find(id="offer") is None
    assert page.find("a", string="Back to the article")["href"].endswith("-a1")


def test_a_one_time_gift_has_no_next_charge(app: Flask, giver: Reader) -> None:
    page = giver.looks(f"/support/thanks/{a_checkout(CheckoutStatus.PAID)}?offer=no")

    assert page.h1.get_text() == "Thank you. €50 is on its way to our newsroom."
    assert "Next charge" not in words(page)
    assert "cancel" not in words(page)


@pytest.mark.parametrize("status", CheckoutStatus)
def test_no_state_shows_the_address_or_the_name(app: Flask, giver: Reader, status: CheckoutStatus) -> None:
    response = giver.client.get(f"/support/thanks/{a_checkout(status)}")

    assert "nina@" not in response.text
    assert "example.com" not in response.text
    assert "Нина" not in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [CheckoutStatus.OPEN, CheckoutStatus.PROCESSING])
def test_until_the_outcome_is_known_the_page_looks_again_by_itself_and_by_a_link(
    app: Flask, giver: Reader, status: CheckoutStatus
) -> None:
    path = f"/support/thanks/{a_checkout(status)}"

    response = giver.client.get(path)

    page = BeautifulSoup(response.text, "html.parser")
    assert "bank is confirming" in words(page)
    again = str(page.find("a", string="Check again")["href"])
    assert again.startswith(f"{path}?since=")
    assert response.headers["Refresh"] == f"2; url={again}"
    assert giver.client.get(again).headers["Refresh"].startswith("3; url=")
    assert "Thank you" not in words(page)
    assert "not been charged" not in words(page)


def test_a_queue_that_is_down_does_not_break_the_page(app: Flask, giver: Reader) -> None:
    def fail() -> None:
        raise ConnectionError

    runtime.install(app, replace(runtime.current(), wake_worker=fail))

    assert giver.looks(f"/support/thanks/{a_checkout(CheckoutStatus.OPEN)}")


def test_in_the_end_the_page_waits_to_be_asked(app: Flask, giver: Reader) -> None:
    response = giver.client.get(f"/support/thanks/{a_checkout(CheckoutStatus.PROCESSING)}?looks=10")

    assert "Refresh" not in response.headers
    assert "Check again" in response.text
    assert "by itself" not in response.text


def test_a_gift_agreed_to_begin_later_says_when_and_is_not_called_unconfirmed(
    app: Flask, giver: Reader
) -> None:
    begins_at = runtime.current().now() + timedelta(days=30)
    day = on_day(begins_at)
    columns = {"frequency": Frequency.MONTHLY, "amount": 500, "first_charge_at": begins_at}
    reference = a_checkout(CheckoutStatus.PROCESSING, **columns)

    response = giver.client.get(f"/support/thanks/{reference}")

    page = BeautifulSoup(response.text, "html.parser")
    assert page.h1.get_text() == f"Thank you. €5 every month will begin on {day.rsplit(' ', 1)[0]}."
    assert f"€5 on {day}, then every month until you cancel" in words(page)
    assert "Nothing is taken before that day" in words(page)
    assert "bank is confirming" not in words(page)
    assert page.find("a", string="Manage your gift")["href"] == "/manage"
    assert reference in words(page)
    assert "Refresh" not in response.headers


def test_a_later_gift_that_was_cancelled_before_it_began_promises_nothing(app: Flask, giver: Reader) -> None:
    begins_at = runtime.current().now() + timedelta(days=30)
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault)
        row = make_checkout(
            session,
            supporter,
            status=CheckoutStatus.PROCESSING,
            frequency=Frequency.MONTHLY,
            amount=500,
            first_charge_at=begins_at,
        )
        ends = {"current_period_ends_at": begins_at, "cancels_at": begins_at}
        make_subscription(
            session, supporter, checkout=row, standing=Standing.TRIALING, has_paid=False, amount=500, **ends
        )

    page = giver.looks(f"/support/thanks/{row.reference}")

    assert page.h1.get_text() == "No payment is planned."
    assert "will begin" not in words(page)
    assert giver.client.get(f"/support/thanks/{row.reference}.ics").status_code == 404


@pytest.mark.parametrize("status", [CheckoutStatus.EXPIRED, CheckoutStatus.FAILED, CheckoutStatus.UNPAID])
def test_a_later_gift_that_came_to_nothing_has_not_begun(
    app: Flask, giver: Reader, status: CheckoutStatus
) -> None:
    begins_at = runtime.current().now() + timedelta(days=30)
    columns = {"frequency": Frequency.MONTHLY, "amount": 500, "first_charge_at": begins_at}

    page = giver.looks(f"/support/thanks/{a_checkout(status, **columns)}")

    assert page.h1.get_text() == "You have not been charged."
    assert "Your gift of €5 every month has not begun." in words(page)
    assert "did not go through" not in words(page)


def test_a_later_gift_that_is_not_finished_speaks_of_no_payment(app: Flask, giver: Reader) -> None:
    begins_at = runtime.current().now() + timedelta(days=30)
    columns = {"frequency": Frequency.MONTHLY, "amount": 500, "first_charge_at": begins_at}

    page = giver.looks(f"/support/thanks/{a_checkout(CheckoutStatus.OPEN, **columns)}")

    assert "If you have finished on Stripe’s page" in words(page)
    assert "paid" not in words(page)


@pytest.mark.parametrize("status", [CheckoutStatus.EXPIRED, CheckoutStatus.FAILED, CheckoutStatus.UNPAID])
def test_what_was_not_paid_is_said_and_can_be_tried_again(
    app: Flask, giver: Reader, status: CheckoutStatus
) -> None:
    reference = a_checkout(status, frequency=Frequency.ANNUAL, amount=15000)

    page = giver.looks(f"/support/thanks/{reference}")

    assert page.h1.get_text() == "You have not been charged."
    again = str(page.find("a", string="Try again")["href"])
    assert giver.looks(again).find(id="amount_annual-3").has_attr("checked")


@pytest.mark.parametrize("reference", ["unknown", "%00", "x" * 300, "..%2F", "é"])
def test_a_reference_that_we_never_gave_is_not_found(giver: Reader, reference: str) -> None:
    response = giver.client.get(f"/support/thanks/{reference}")

    assert response.status_code == 404
    assert "We could not find that page" in response.text


@pytest.mark.parametrize(
    "query", ["since=-1", "since=99999999999999999999", "looks=x", "looks=٣", "since=%00"]
)
def test_junk_in_the_address_is_ignored(app: Flask, giver: Reader, query: str) -> None:
    path = f"/support/thanks/{a_checkout(CheckoutStatus.OPEN)}"

    assert giver.client.get(f"{path}?{query}").headers["Refresh"].startswith("2; ")
