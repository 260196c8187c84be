"""The monthly gift that is offered after a gift given once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.models import Checkout
from donations.models.database import writing
from donations.runtime import current
from donations.services.checkouts import Origin
from donations.services.later_gifts import LaterGift, attempt_to_give_later, find_offer
from tests.factories import NOON, ZONE, make_checkout, make_supporter


def given(at: datetime = NOON, **columns: object) -> Checkout:
    with writing() as session:
        supporter = make_supporter(session, current().vault, email="nina@example.com", name="Nina")
        return make_checkout(session, supporter, status=CheckoutStatus.PAID, at=at, **columns)  # pyright: ignore[reportArgumentType]


def offer(row: Checkout, now: datetime | None = None) -> LaterGift | None:
    return find_offer(row, current().offers, ZONE, now or row.created_at)


@pytest.mark.parametrize(
    ("given_at", "begins_at"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 12, 24, 12, tzinfo=UTC)),
        (datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)),
        (datetime(2028, 1, 31, 12, tzinfo=UTC), datetime(2028, 2, 29, 12, tzinfo=UTC)),
        # Noon in Amsterdam on both sides of summer time.
        (datetime(2027, 3, 10, 11, tzinfo=UTC), datetime(2027, 4, 10, 10, tzinfo=UTC)),
        # 00:30 on 1 February in Amsterdam.
        (datetime(2027, 1, 31, 23, 30, tzinfo=UTC), datetime(2027, 2, 28, 23, 30, tzinfo=UTC)),
    ],
)
def test_it_begins_a_month_after_the_gift_at_the_same_time_of_day(
    app: Flask, given_at: datetime, begins_at: datetime
) -> None:
    found = offer(given(given_at.replace(microsecond=123)))

    assert found == LaterGift(Gift(Money(500, "eur"), Frequency.MONTHLY), begins_at)


@pytest.mark.parametrize(
    ("received_at", "begins_at"),
    [
        (datetime(2027, 2, 25, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)),
        (datetime(2027, 2, 25, 13, tzinfo=UTC), datetime(2027, 3, 31, 11, tzinfo=UTC)),
        (datetime(2027, 4, 29, 12, tzinfo=UTC), datetime(2027, 5, 31, 11, tzinfo=UTC)),
    ],
)
def test_after_a_slow_debit_it_begins_on_the_first_such_day_that_is_three_days_ahead(
    app: Flask, received_at: datetime, begins_at: datetime
) -> None:
    row = given(datetime(2027, 1, 31, 12, tzinfo=UTC), ended_at=received_at)

    found = offer(row, received_at)

    assert found is not None
    assert found.first_charge_at == begins_at


def test_an_old_link_to_the_thanks_offers_nothing(app: Flask) -> None:
    row = given(ended_at=NOON + timedelta(hours=1))

    assert offer(row, NOON + timedelta(hours=25)) is not None
    assert offer(row, NOON + timedelta(hours=25, seconds=1)) is None


def test_it_is_the_smallest_monthly_amount_in_the_currency_of_the_gift(app: Flask) -> None:
    found = offer(given(currency="gbp"))

    assert found is not None
    assert found.gift.money == Money(400, "gbp")


@pytest.mark.parametrize("columns", [{"frequency": Frequency.MONTHLY}, {"currency": "jpy"}])
def test_nothing_is_offered_after_a_recurring_gift_or_in_a_currency_we_dont_offer(
    app: Flask, columns: dict[str, object]
) -> None:
    assert offer(given(**columns)) is None


def test_the_attempt_is_of_the_same_supporter_and_origin_and_leads_back_to_the_first_thanks(
    app: Flask,
) -> None:
    row = given(article="a1", campaign="independent-journalism", utm_source="newsletter")
    found = offer(row)
    assert found is not None

    with writing() as session:
        attempt = attempt_to_give_later(
            session, current().vault, row.reference, found, nonce="form-1", locale="ru"
        )

    assert (attempt.email, attempt.gift, attempt.charge) == ("nina@example.com", found.gift, found.gift.money)
    assert attempt.origin == Origin(article="a1", campaign="independent-journalism", utm_source="newsletter")
    assert (attempt.first_charge_at, attempt.follows) == (found.first_charge_at, row.reference)
