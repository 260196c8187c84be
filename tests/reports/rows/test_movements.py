"""The lines behind a figure of recurring revenue are those that it is made of, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.standing import Standing
from donations.models.database import reading, writing
from donations.reports.filters import read_filters
from donations.reports.paging import PAGE_SIZE
from donations.reports.rows import movements as rows_of_movements
from donations.reports.rows.page import RowsPage
from donations.runtime import current
from donations.services import movements
from tests.factories import NOON, ZONE, make_subscription, make_supporter

WEEK = timedelta(days=7)


@pytest.fixture
def history(app: Flask) -> None:
    """Nina begins in April, switches to annual, pauses, and ends; Ivan begins twice in October."""
    with writing() as session:
        nina, ivan = (make_supporter(session, current().vault) for _ in range(2))
        april = NOON.replace(month=4, day=10)
        gift = make_subscription(session, nina, at=april)
        movements.book(session, gift, zone=ZONE, now=april)
        gift.frequency, gift.amount = Frequency.ANNUAL, 10_000
        movements.book(session, gift, zone=ZONE, now=april + WEEK, was=Frequency.MONTHLY)
        gift.is_collection_paused = True
        movements.book(session, gift, zone=ZONE, now=april + 2 * WEEK)
        gift.standing, gift.ended_at = Standing.CANCELED, april + 3 * WEEK
        movements.book(session, gift, zone=ZONE, now=april + 10 * WEEK)
        for currency in ("eur", "usd"):
            row = make_subscription(session, ivan, at=NOON.replace(month=10), currency=currency, amount=700)
            movements.book(session, row, zone=ZONE, now=NOON.replace(month=10))


def rows(words: Mapping[str, str], asked: Mapping[str, str] | None = None, page: int = 1) -> RowsPage:
    filters = read_filters({"preset": "this-year", **(asked or {})}, NOON, ZONE).filters
    with reading() as session:
        return rows_of_movements.run(session, filters, words, page)


def eur(amount: int) -> Money:
    return Money(amount, "eur")


def test_they_come_to_what_is_summed(history: None) -> None:
    assert rows({}).total == (eur(700), Money(700, "usd"))
    assert rows({"sum": "gifts"}).total == (2,)
    assert rows({"sum": "supporters"}).total == (1,)
    assert rows({"sum": "supporters"}, {"currency": "usd"}).total == (1,)
    assert (rows({"sum": "lines"}).total, rows({"sum": "lines"}).total_rows) == ((), 6)


def test_only_lines_that_move_the_sum_stand_there(history: None) -> None:
    page = rows({"sum": "supporters"})

    assert [row[page.table.index_of("movement")] for row in page.table.rows] == ["New", "Paused", "New"]
    assert page.table.sentence == "3 movements come to 1."


CHOSEN: list[tuple[dict[str, str], dict[str, str], tuple[Money | int, ...]]] = [
    ({"movement": "new", "sum": "mrr"}, {"currency": "eur"}, (eur(1700),)),
    ({"movement": "new,downgraded"}, {"currency": "eur"}, (eur(1533),)),
    ({"tag": "switched_to_annual"}, {}, (eur(-167),)),
    ({"cause": "voluntary"}, {}, ()),
    ({"until": "2026-04-20"}, {"preset": "last-7-days"}, (eur(833),)),
    ({"cohort": "2026-04", "after": "0"}, {"preset": "last-7-days"}, (eur(0),)),
    ({"cohort": "2026-04..2026-10", "after": "0", "sum": "gifts"}, {}, (2,)),
    ({"cohort": "2026-04", "movement": "new"}, {}, (eur(1000),)),
    ({"cohort": "2026-04"}, {"preset": "last-30-days"}, ()),
    ({}, {"frequency": "monthly"}, (eur(700), Money(700, "usd"))),
    ({"tag": "switched_to_annual"}, {"frequency": "monthly"}, (eur(-1000),)),
    ({"tag": "switched_to_annual"}, {"frequency": "annual"}, (eur(833),)),
    ({}, {"known_on": "2026-04-12"}, (eur(1000),)),
    ({}, {"campaign": "spring"}, ()),
]


def test_every_word_narrows_them(history: None) -> None:
    for words, asked, total in CHOSEN:
        page = rows(words, asked)

        assert (page.total, page.problems) == (total, ()), (words, asked)


def test_an_end_that_moved_nothing_is_found_by_its_word(history: None) -> None:
    page = rows({"sum": "lines", "movement": "churned", "ended": "while-paused"})

    assert page.total_rows == 1
    assert page.table.rows[0][page.table.index_of("why")] == "Voluntary"


NONSENSE = {
    "sum": "luck", "movement": "new,sideways", "cause": "weather", "tag": "x", "ended": "badly",
    "until": "9999-99-99", "cohort": "2026-13", "after": "٣",
}  # fmt: skip


def test_words_that_are_not_understood_are_named(history: None) -> None:
    page = rows(NONSENSE)

    assert (len(page.problems), page.total) == (len(NONSENSE), (eur(700), Money(700, "usd")))
    for cohort in ("2026-10..2026-04", "1900-01..2099-12", "2026-04..", "..", "0001-01"):
        assert rows({"cohort": cohort, "until": "0001-01-01", "after": "999"}).problems
    assert rows({"until": "2026-04-20", "after": "3"}).total == (eur(833),)


def test_all_rows_are_those_of_the_pages(history: None) -> None:
    with writing() as session:
        for number in range(PAGE_SIZE):
            when = NOON - timedelta(hours=number)
            row = make_subscription(session, make_supporter(session, current().vault), at=when)
            movements.book(session, row, zone=ZONE, now=when)
    filters = read_filters({"preset": "this-year"}, NOON, ZONE).filters

    paged = (*rows({}).table.rows, *rows({}, page=2).table.rows)
    with reading() as session:
        assert tuple(rows_of_movements.stream(session, filters, {})) == paged
    assert len(paged) == PAGE_SIZE + 5
