"""The donations behind a figure are exactly those of its days, in its zone, as known on its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.models import DonationSource, Origin
from donations.models.database import reading, writing
from donations.reports.filters import read_filters
from donations.reports.paging import PAGE_SIZE
from donations.reports.rows import donations
from donations.reports.rows.page import RowsPage
from donations.runtime import current
from tests.factories import NOON, make_donation, make_supporter

ZONE = ZoneInfo("Europe/Amsterdam")
LATE = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
"""Still October in Amsterdam and in UTC, November in Moscow."""


@pytest.fixture
def history(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        spring = Origin(campaign="spring", article="a1", placement="header", variant="")
        plain = Origin(campaign="", article="a2", placement="", variant="")
        session.add_all([spring, plain])
        session.flush()
        make_donation(session, nina, amount=1000, at=LATE, fee=30, origin_id=spring.id,
                      settlement_recorded_at=NOON)  # fmt: skip
        make_donation(session, nina, amount=2000, at=NOON, frequency=Frequency.MONTHLY, origin_id=plain.id)
        make_donation(session, nina, amount=500, currency="usd", at=NOON, source=DonationSource.OFFLINE,
                      stripe_payment_intent_id=None, stripe_charge_id=None)  # fmt: skip
        # $0.72 of $25 for £20 is £0.576.
        make_donation(session, nina, amount=2000, currency="gbp", at=NOON - timedelta(days=365),
                      settlement_currency="usd", settled_amount=2500, fee_amount=72, net_amount=2428,
                      settlement_recorded_at=NOON)  # fmt: skip


def rows(asked: Mapping[str, str], words: Mapping[str, str] | None = None, page: int = 1) -> RowsPage:
    filters = read_filters({"preset": "this-year", **asked}, NOON + timedelta(days=1), ZONE).filters
    with reading() as session:
        return donations.run(session, filters, words or {}, page)


def eur(amount: int) -> Money:
    return Money(amount, "eur")


def test_they_come_to_each_currencys_sum(history: None) -> None:
    page = rows({})

    assert (page.total_rows, page.total) == (3, (eur(3000), Money(500, "usd")))
    assert page.table.sentence == "3 donations come to €30 and $5."
    assert [row[page.table.index_of("amount")] for row in page.table.rows][-1] == eur(1000)


NARROWED: list[tuple[dict[str, str], tuple[Money, ...]]] = [
    ({"from": "2026-10-31", "to": "2026-10-31"}, (eur(1000),)),
    ({"from": "2026-10-31", "to": "2026-10-31", "zone": "Europe/Moscow"}, ()),
    ({"from": "2026-11-01", "to": "2026-11-01", "zone": "Europe/Moscow"}, (eur(1000),)),
    ({"known_on": "2026-10-31"}, (eur(1000),)),
    ({"known_on": "2026-10-31", "zone": "Europe/Moscow"}, ()),
    ({"currency": "usd"}, (Money(500, "usd"),)),
    ({"frequency": "monthly"}, (eur(2000),)),
    ({"campaign": "spring"}, (eur(1000),)),
    ({"campaign": "@none"}, (eur(2000), Money(500, "usd"))),
    ({"campaign": "@none", "article": "a2"}, (eur(2000),)),
    ({"placement": "footer"}, ()),
]


def test_every_filter_narrows_them(history: None) -> None:
    for asked, total in NARROWED:
        assert rows(asked).total == total, asked


LAST_YEAR = {"preset": "last-year"}
SUMMED: list[tuple[dict[str, str], dict[str, str], int, tuple[Money, ...]]] = [
    ({"sum": "fee"}, {}, 3, (eur(30),)),
    ({"sum": "net", "settled": "yes"}, {}, 1, (eur(970),)),
    ({"settled": "no"}, {}, 2, (eur(2000), Money(500, "usd"))),
    ({"settled": "no"}, {"known_on": "2026-11-21"}, 1, (eur(1000),)),
    ({"sum": "fee"}, {"known_on": "2026-11-21"}, 1, ()),
    ({"source": "offline"}, {}, 1, (Money(500, "usd"),)),
    ({"sum": "settled_fee", "settlement_currency": "usd"}, LAST_YEAR, 1, (Money(72, "usd"),)),
    ({"sum": "fee", "settlement_currency": "usd"}, LAST_YEAR, 1, (Money(58, "gbp"),)),
    ({"settlement_currency": "EUR"}, {}, 1, (eur(1000),)),
]


def test_words_choose_what_is_summed_and_what_is_settled(history: None) -> None:
    for words, asked, number, total in SUMMED:
        page = rows(asked, words)

        assert (page.total_rows, page.total) == (number, total), (words, asked)


def test_words_that_are_not_understood_are_named(history: None) -> None:
    page = rows({}, {"sum": "luck", "source": "sky", "settled": "maybe"})

    assert (len(page.problems), page.total_rows) == (3, 3)


def test_all_rows_are_those_of_the_pages(history: None) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        for number in range(PAGE_SIZE):
            make_donation(session, nina, at=NOON - timedelta(minutes=number + 1))
    filters = read_filters({"preset": "this-year"}, NOON, ZONE).filters

    paged = (*rows({}).table.rows, *rows({}, page=2).table.rows)
    with reading() as session:
        assert tuple(donations.stream(session, filters, {})) == paged
    assert rows({}, page=99).table.rows == rows({}, page=2).table.rows


def test_none_are_said_to_be_none(app: Flask) -> None:
    page = rows({})

    assert (page.total_rows, page.total, page.table.sentence) == (0, (), "No donations.")
