"""The sums that reports read, under each filter, against the rows that they are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.domain.refunds import RefundStatus
from donations.jobs import refresh_rollups
from donations.models.database import reading, writing
from donations.reports import sums
from donations.reports.filters import Filters
from donations.reports.sum_values import MoneySums
from donations.runtime import current
from donations.services import adjustments, movements, origins
from tests.factories import ZONE, make_donation, make_refund, make_subscription, make_supporter

MIDNIGHT = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
"""31 March in Amsterdam, 1 April in Moscow."""
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FILTERS = Filters(MARCH, datetime(2026, 11, 22, tzinfo=UTC), ZONE)


@pytest.fixture
def history(app: Flask) -> None:
    with writing() as session:
        write(session)
    refresh_rollups.refresh_all(current())


def write(session: Session) -> None:
    supporter = make_supporter(session, current().vault)
    spring = origins.find_or_add(session, campaign="spring", article="a1")
    donation = make_donation(session, supporter, amount=5000, at=MIDNIGHT, fee=100, origin_id=spring)
    make_donation(session, supporter, amount=700, currency="usd", at=MIDNIGHT - timedelta(days=3))
    refund = make_refund(session, donation, amount=2000, at=MIDNIGHT)
    refund.status = RefundStatus.FAILED
    adjustments.book_refund(session, refund, zone=ZONE, now=MIDNIGHT + timedelta(days=40))
    monthly = make_subscription(session, supporter, at=MIDNIGHT - timedelta(days=20), origin_id=spring)
    movements.book(session, monthly, zone=ZONE, now=MIDNIGHT - timedelta(days=20))
    monthly.frequency, monthly.amount = Frequency.ANNUAL, 10_000
    movements.book(session, monthly, zone=ZONE, now=MIDNIGHT, was=Frequency.MONTHLY)


def money(filters: Filters, *keys: str) -> dict[tuple[object, ...], MoneySums]:
    with reading() as session:
        return sums.money_by(session, filters, filters.period, *keys)


def test_a_day_is_one_of_the_zone_that_is_asked_for(history: None) -> None:
    in_moscow = replace(FILTERS, zone=ZoneInfo("Europe/Moscow"))

    assert money(FILTERS, "currency")[("eur",)].gross == 5000
    assert ("eur",) not in money(in_moscow, "currency")


def test_a_refund_that_failed_later_still_stands_as_it_was_known(history: None) -> None:
    april = replace(FILTERS, known_on=date(2026, 4, 30))
    until_june = replace(FILTERS, period=Period(date(2026, 3, 1), date(2026, 6, 30)))

    assert money(april, "currency")[("eur",)].net == 5000 - 100 - 2000
    assert money(until_june, "currency")[("eur",)].net == 5000 - 100


def test_where_gifts_came_from_can_be_asked_for_and_grouped_by(history: None) -> None:
    spring, nowhere = replace(FILTERS, campaign="spring"), replace(FILTERS, campaign="")

    assert money(FILTERS, "campaign", "currency").keys() == {("spring", "eur"), ("", "usd")}
    assert money(spring)[()].gross == 5000
    assert money(nowhere)[()].gross == 700
    assert money(replace(FILTERS, campaign="autumn"))[()] == MoneySums()


def test_a_change_of_rhythm_leaves_the_one_and_joins_the_other(history: None) -> None:
    by_frequency = replace(FILTERS, frequency=Frequency.MONTHLY)
    with reading() as session:
        stood = sums.stood_on(session, FILTERS, MARCH.last, "frequency")
        monthly = sums.movements_by(session, by_frequency, MARCH, "kind")
        whole = sums.stood_on(session, FILTERS, MARCH.last)[()]

    assert {key: (each.gifts, each.annual) for key, each in stood.items()} == {
        ("monthly",): (0, 0),
        ("annual",): (1, 10_000),
    }
    assert {key: each.annual for key, each in monthly.items()} == {("new",): 12_000, ("downgraded",): -12_000}
    assert (whole.annual, whole.supporters, whole.lines) == (10_000, 1, 2)


def test_months_are_summed_by_their_first_day(history: None) -> None:
    year = replace(FILTERS, period=Period(date(2025, 6, 1), date(2026, 5, 31)))

    found = money(year, "month", "currency")

    assert {key: each.gross for key, each in found.items()} == {
        (date(2026, 3, 1), "eur"): 5000,
        (date(2026, 3, 1), "usd"): 700,
        (date(2026, 5, 1), "eur"): 0,
    }, "in May the refund came back"
    by_days = replace(year, known_on=date(2026, 11, 22))
    assert found == money(by_days, "month", "currency"), "the sums of months are those of their days"


def test_people_are_not_counted_where_a_filter_cuts_through_them(history: None) -> None:
    with reading() as session:
        whole = sums.stood_on(session, FILTERS, MARCH.last)[()]

    assert sums.heads(whole, FILTERS) == 1
    assert sums.heads(whole, replace(FILTERS, currency="eur")) == 1
    assert sums.heads(whole, replace(FILTERS, frequency=Frequency.MONTHLY)) is None
    assert sums.heads(whole, replace(FILTERS, campaign="spring")) is None
