"""What was taken back, and what net is made of: exactly the lines of a period, each with its sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask

from donations.domain.disputes import DisputeStatus
from donations.domain.money import Money
from donations.domain.refunds import RefundStatus
from donations.models import DonationSource
from donations.models.database import reading, writing
from donations.reports.filters import read_filters
from donations.reports.rows import adjustments, entries
from donations.reports.rows.page import RowsPage
from donations.runtime import current
from donations.services import adjustments as booked
from tests.factories import NOON, ZONE, make_dispute, make_donation, make_refund, make_supporter

EARLIER, LATER = NOON - timedelta(days=40), NOON - timedelta(days=3)


@pytest.fixture
def history(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        failed, disputed = (make_donation(session, nina, amount=1000, at=EARLIER, fee=30) for _ in range(2))
        refund = make_refund(session, failed, amount=400, at=EARLIER)
        refund.status = RefundStatus.FAILED
        booked.book_refund(session, refund, zone=ZONE, now=LATER)
        make_dispute(session, disputed, status=DisputeStatus.LOST, at=LATER)
        cash = make_donation(session, nina, amount=700, currency="usd", at=LATER, fee=0,
                             source=DonationSource.OFFLINE, stripe_payment_intent_id=None,
                             stripe_charge_id=None)  # fmt: skip
        make_refund(session, cash, amount=700, at=NOON)


def eur(amount: int) -> Money:
    return Money(amount, "eur")


def usd(amount: int) -> Money:
    return Money(amount, "usd")


def taken_back(asked: Mapping[str, str], words: Mapping[str, str]) -> RowsPage:
    with reading() as session:
        return adjustments.run(session, read_filters(asked, NOON, ZONE).filters, words, 1)


def lines(asked: Mapping[str, str], words: Mapping[str, str] | None = None) -> RowsPage:
    with reading() as session:
        return entries.run(session, read_filters(asked, NOON, ZONE).filters, words or {}, 1)


YEAR, MONTH = {"preset": "this-year"}, {"preset": "this-month"}
ASKED: list[tuple[dict[str, str], dict[str, str], int, tuple[Money | int, ...]]] = [
    (YEAR, {}, 4, (eur(1000), usd(700))),
    (MONTH, {"kind": "refund"}, 2, (eur(-400), usd(700))),
    (MONTH, {"kind": "dispute"}, 1, (eur(1000),)),
    (YEAR, {"kind": "refund", "sum": "number"}, 3, (1,)),
    (YEAR, {"source": "offline"}, 1, (usd(700),)),
    (YEAR | {"known_on": "2026-11-01"}, {}, 1, (eur(400),)),
    (YEAR | {"frequency": "monthly"}, {}, 0, ()),
]


def test_they_are_narrowed_by_filters_and_words(history: None) -> None:
    for asked, words, number, total in ASKED:
        page = taken_back(asked, words)

        assert (page.total_rows, page.total) == (number, total), (asked, words)


def test_what_was_taken_back_no_more_stands_a_second_time_with_a_minus(history: None) -> None:
    page = taken_back(MONTH, {"currency": "eur"}).table

    named = dict(zip(page.values("kind"), page.values("amount"), strict=True))
    assert named["Refund that failed later"] == eur(-400)
    assert page.values("number").count(-1) == 1


def test_words_that_are_not_understood_are_named(history: None) -> None:
    page = taken_back(YEAR, {"kind": "luck", "sum": "x", "source": "sky"})

    assert (len(page.problems), page.total_rows) == (3, 4)


def test_gifts_fees_refunds_and_disputes_come_to_net(history: None) -> None:
    page = lines(YEAR)

    assert page.total == (eur(2000 - 60 - 1000), usd(0))
    assert page.total_rows == 3 + 3 + 4
    assert {str(each) for each in page.table.values("what")} == {"Gift", "Fee", "Refund", "Lost dispute"}


def test_lines_count_on_their_own_days_and_once_they_are_known(history: None) -> None:
    assert lines(MONTH).total == (eur(400 - 1000), usd(0))
    assert lines(YEAR | {"known_on": "2026-11-01"}).total == (eur(2000 - 60 - 400),)
    assert lines(YEAR, {"source": "offline"}).total == (usd(0),)
