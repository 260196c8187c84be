"""The rows behind payment problems and renewals: what their words mean, and what is said of other words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import PaymentFailure
from donations.models.database import reading, writing
from donations.reports.filters import read_filters
from donations.reports.rows.page import RowsPage
from donations.reports.rows.registry import ROWS
from donations.reports.table import RowsOf
from donations.runtime import current
from donations.services import movements
from tests.factories import NOON, ZONE, make_dispute, make_donation, make_subscription, make_supporter

FILTERS = read_filters({"preset": "this-year"}, NOON, ZONE).filters


def rows(of: RowsOf, words: Mapping[str, str]) -> RowsPage:
    with reading() as session:
        return ROWS[of].run(session, FILTERS, words, 1)


@pytest.fixture
def history(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        make_dispute(session, make_donation(session, nina, amount=900))
        make_subscription(session, nina, amount=500, at=NOON - timedelta(days=20))
        make_subscription(session, nina, amount=700, at=NOON - timedelta(days=60))
        annual = make_subscription(
            session, nina, amount=9000, frequency=Frequency.ANNUAL, at=NOON - timedelta(days=300)
        )
        failing = make_subscription(
            session, nina, amount=300, standing=Standing.PAST_DUE, at=NOON - timedelta(days=5)
        )
        for gift in (annual, failing):
            movements.book(session, gift, zone=ZONE, now=NOON)
        session.add(
            PaymentFailure(
                stripe_invoice_id="in_1", subscription_id=failing.id, frequency=failing.frequency,
                failed_at=NOON, failed_on=NOON.date(), needed_confirmation=True,
            )
        )  # fmt: skip
    refresh_rollups.refresh_all(current())


WITHIN = {"due_from": "2026-11-22", "due_to": "2027-01-31"}
MEANT: list[tuple[RowsOf, dict[str, str], int, tuple[Money | int, ...]]] = [
    (RowsOf.SUBSCRIPTIONS, {}, 4, ()),
    (RowsOf.SUBSCRIPTIONS, {"state": "counted", "sum": "mrr"}, 4, (Money(2250, "eur"),)),
    (RowsOf.SUBSCRIPTIONS, {"state": "failing", "sum": "amount"}, 1, (Money(300, "eur"),)),
    # One on the 2nd and one on the 17th of December and January, one on 26 January.
    (RowsOf.SUBSCRIPTIONS, WITHIN | {"sum": "charges"}, 3, (5,)),
    (RowsOf.SUBSCRIPTIONS, WITHIN | {"sum": "charged"}, 3, (Money(10_600, "eur"),)),
    (RowsOf.SUBSCRIPTIONS, {"next_before": "2026-11-22"}, 1, ()),
    (RowsOf.SUBSCRIPTIONS, {"next_after": "2026-12-02"}, 2, ()),
    (RowsOf.FAILURES, {"confirmation": "no"}, 0, ()),
    (RowsOf.FAILURES, {"confirmation": "yes", "outcome": "open"}, 1, ()),
    (RowsOf.DISPUTES, {"outcome": "open"}, 1, (Money(900, "eur"),)),
    (RowsOf.DISPUTES, {"outcome": "lost"}, 0, ()),
    (RowsOf.MOVEMENTS, {"movement": "new,upgraded", "sum": "annual"}, 2, (Money(12_600, "eur"),)),
    (RowsOf.MOVEMENTS, {"sum": "gifts"}, 2, (2,)),
    (RowsOf.MOVEMENTS, {"sum": "supporters"}, 1, (1,)),
]


def test_words_choose_the_rows_and_what_is_summed(history: None) -> None:
    for of, words, number, total in MEANT:
        page = rows(of, words)

        assert (page.problems, page.total_rows, page.total) == ((), number, total), (of, words)


NONSENSE: list[tuple[RowsOf, dict[str, str], int]] = [
    (RowsOf.SUBSCRIPTIONS, {"sum": "luck", "state": "happy", "ending": "maybe", "next_after": "soon"}, 4),
    (RowsOf.SUBSCRIPTIONS, {"due_from": "now"}, 1),
    (RowsOf.SUBSCRIPTIONS, {"due_from": "2026-11-20", "due_to": "2026-11-30"}, 1),
    (RowsOf.SUBSCRIPTIONS, {"due_from": "2026-11-23", "due_to": "9999-12-31"}, 1),
    (RowsOf.FAILURES, {"outcome": "luck", "confirmation": "maybe"}, 2),
    (RowsOf.DISPUTES, {"outcome": "luck"}, 1),
    (RowsOf.MOVEMENTS, {"sum": "luck", "movement": "new,old"}, 2),
]


def test_words_that_are_not_understood_are_named_and_narrow_nothing(history: None) -> None:
    for of, words, problems in NONSENSE:
        page = rows(of, words)

        assert (len(page.problems), page.total_rows) == (problems, rows(of, {}).total_rows), (of, words)


def test_all_rows_are_those_of_the_page(history: None) -> None:
    for of in (RowsOf.SUBSCRIPTIONS, RowsOf.FAILURES, RowsOf.DISPUTES):
        with reading() as session:
            assert tuple(ROWS[of].stream(session, FILTERS, {})) == rows(of, {}).table.rows
