"""Whole months are read from their own sums and the rest by day: together what the days alone say."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.jobs import refresh_rollups
from donations.models.database import db, reading, writing
from donations.reports import sums
from donations.reports.filters import Filters
from donations.runtime import current
from donations.services import movements, origins
from tests.factories import ZONE, make_donation, make_subscription, make_supporter

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 20)
AS_OF = datetime(2026, 6, 20, 12, tzinfo=UTC)
READS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (sums.money_by, ("currency",)),
    (sums.money_by, ("month", "currency", "frequency")),
    (sums.money_by, ("campaign", "currency")),
    (sums.money_by, ("month", "article")),
    (sums.gifts_by, ("amount", "currency")),
    (sums.movements_by, ("currency", "kind")),
    (sums.movements_by, ("campaign", "month")),
)
NARROWED: tuple[dict[str, Any], ...] = (
    {},
    {"currency": "eur"},
    {"frequency": Frequency.MONTHLY},
    {"campaign": "spring"},
    {"campaign": ""},
)


@pytest.fixture
def history(app: Flask) -> None:
    dice = random.Random(20)
    with writing() as session:
        for number in range(40):
            _write(session, dice, number)
    refresh_rollups.refresh_all(current())


def _write(session: Session, dice: random.Random, number: int) -> None:
    """At noon on any day, and every other one on the first or the last of a month."""
    day = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days + 1))
    if number % 2:
        day = day.replace(day=1) - timedelta(days=number % 4 // 2)
    at = datetime(max(day, FIRST).year, max(day, FIRST).month, max(day, FIRST).day, 12, tzinfo=UTC)
    origin = origins.find_or_add(session, campaign=dice.choice(["spring", "autumn"]), article="a1")
    supporter = make_supporter(session, current().vault)
    came = {"origin_id": dice.choice([origin, None]), "currency": dice.choice(["eur", "usd"])}
    make_donation(session, supporter, amount=dice.choice([500, 1000]), at=at, **came)
    if number % 3 == 0:
        gift = make_subscription(session, supporter, at=at, **came)
        movements.book(session, gift, zone=ZONE, now=at)


def read(filters: Filters) -> list[dict[tuple[Any, ...], Any]]:
    with reading() as session:
        return [each(session, filters, filters.period, *keys) for each, keys in READS]


def test_any_days_come_to_what_their_days_say(history: None) -> None:
    dice, compared = random.Random(5), 0
    for _ in range(30):
        length = dice.choice([1, 27, 31, 59, 90, 171])
        first = FIRST + timedelta(days=dice.randrange(0, max(1, 171 - length)))
        last = min(LAST, first + timedelta(days=length - 1))
        for narrowed in NARROWED:
            filters = Filters(Period(first, last), AS_OF, ZONE, **narrowed)
            by_day = replace(filters, known_on=AS_OF.date())
            compared += sum(map(len, read(filters)))
            assert read(filters) == read(by_day), (first, last, narrowed)
    assert compared > 1_000


def test_what_stood_is_what_its_days_say_by_origin_too(history: None) -> None:
    days = [date(2026, 1, 31), date(2026, 3, 14), date(2026, 4, 30), LAST]
    for narrowed in NARROWED:
        filters = Filters(Period(FIRST, LAST), AS_OF, ZONE, **narrowed)
        by_day = replace(filters, known_on=AS_OF.date())
        with reading() as session:
            for keys in (("currency",), ("campaign", "currency")):
                found = sums.movements_between(session, filters, days, *keys)
                assert found == sums.movements_between(session, by_day, days, *keys)
                assert found


def test_a_year_is_read_from_months_and_at_most_two_parts_of_them(history: None) -> None:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    filters = Filters(Period(date(2026, 1, 5), date(2026, 5, 3)), AS_OF, ZONE)
    with reading() as session:
        sums.money_by(session, filters, filters.period, "campaign", "currency")

    asked = [each for each in said if "SELECT" in each]
    assert ["month_money_by_origin" in each for each in asked] == [True, False]
    assert asked[1].count("BETWEEN") == 2
