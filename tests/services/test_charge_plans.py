"""The charges to come are those of the gift as it goes on, not as it was begun."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.standing import Standing
from donations.models import Checkout
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services.charge_plans import ChargePlan, find_plan
from tests.factories import NOON, ZONE, make_checkout, make_subscription, make_supporter

MONTH = timedelta(days=30)


def plan(**columns: object) -> ChargePlan | None:
    """Of a monthly gift begun on 22 November 2026, whose next charge is on 22 December."""
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        subscription = make_subscription(session, supporter, **columns)  # pyright: ignore[reportArgumentType]
    with reading() as session:
        row = session.get_one(Checkout, subscription.checkout_id)
        return find_plan(session, row, ZONE, NOON + timedelta(hours=1))


def test_twelve_charges_are_known_ahead(app: Flask) -> None:
    found = plan()

    assert found is not None
    assert found.gift == Gift(Money(1000, "eur"), Frequency.MONTHLY)
    assert (found.days[0], found.days[-1], len(found.days)) == (date(2026, 12, 22), date(2027, 11, 22), 12)


@pytest.mark.parametrize(
    "columns",
    [
        {"standing": Standing.CANCELED},
        {"cancels_at": NOON + MONTH},
        {"is_collection_paused": True},
    ],
)
def test_a_gift_that_ends_first_or_is_paused_for_good_has_no_charge_to_come(
    app: Flask, columns: dict[str, object]
) -> None:
    assert plan(**columns) is None


def test_charges_within_a_pause_are_left_out(app: Flask) -> None:
    found = plan(is_collection_paused=True, resumes_at=NOON + timedelta(days=45))

    assert found is not None
    assert found.days[0] == date(2027, 1, 22)


def test_a_gift_that_will_end_has_the_charges_before_its_end(app: Flask) -> None:
    found = plan(cancels_at=NOON + timedelta(days=75))

    assert found is not None
    assert found.days == (date(2026, 12, 22), date(2027, 1, 22))


def plan_before_it_is_known(frequency: Frequency, **columns: object) -> ChargePlan | None:
    """Of a checkout whose subscription was not looked at yet."""
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        row = make_checkout(
            session, supporter, frequency=frequency, amount=1000, charge_amount=1041, **columns
        )
        return find_plan(session, row, ZONE, NOON + timedelta(hours=1))


def test_before_the_subscription_is_known_the_charges_are_those_that_were_agreed(app: Flask) -> None:
    found = plan_before_it_is_known(Frequency.MONTHLY)

    assert found is not None
    assert found.gift == Gift(Money(1041, "eur"), Frequency.MONTHLY)
    assert (found.days[0], found.days[-1], len(found.days)) == (date(2026, 12, 22), date(2027, 11, 22), 12)


def test_a_gift_agreed_to_begin_later_is_charged_on_that_day_first(app: Flask) -> None:
    found = plan_before_it_is_known(Frequency.ANNUAL, first_charge_at=NOON + timedelta(days=9))

    assert found is not None
    assert found.gift.frequency is Frequency.ANNUAL
    assert found.days[:2] == (date(2026, 12, 1), date(2027, 12, 1))


def test_a_gift_given_once_has_no_charge_to_come(app: Flask) -> None:
    assert plan_before_it_is_known(Frequency.ONCE) is None


def test_a_charge_that_falls_today_is_still_to_come(app: Flask) -> None:
    found = plan(current_period_ends_at=NOON + timedelta(hours=2))

    assert found is not None
    assert found.days[0] == date(2026, 11, 22)


def test_the_plan_of_an_annual_gift_is_its_own(app: Flask) -> None:
    found = plan(frequency=Frequency.ANNUAL, amount=5000, currency="usd")

    assert found is not None
    assert found.gift == Gift(Money(5000, "usd"), Frequency.ANNUAL)
    assert found.days[:2] == (date(2027, 11, 22), date(2028, 11, 22))


def test_a_day_that_has_passed_is_no_charge_to_come(app: Flask) -> None:
    """The gift was charged two days ago, and its subscription was not looked at since."""
    found = plan(current_period_ends_at=NOON - timedelta(days=2))

    assert found is not None
    assert found.days[0] > NOON.date()


def test_a_day_has_passed_when_it_has_in_the_reporting_zone(app: Flask) -> None:
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        subscription = make_subscription(session, supporter, current_period_ends_at=NOON)
        row = session.get_one(Checkout, subscription.checkout_id)
        found = find_plan(session, row, ZONE, NOON.replace(hour=23, minute=30))

    assert found is not None
    assert found.days[0] == date(2026, 12, 22)


def test_a_gift_that_began_later_keeps_to_the_day_it_was_agreed_for(app: Flask) -> None:
    first, then = datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        row = make_checkout(session, supporter, frequency=Frequency.MONTHLY, first_charge_at=first)
        make_subscription(session, supporter, checkout=row, current_period_ends_at=then)
        found = find_plan(session, row, ZONE, NOON)

    assert found is not None
    assert found.days[:3] == (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30))
