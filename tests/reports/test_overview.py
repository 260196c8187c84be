"""The overview tells what its figures say, also when there are none or few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from donations import runtime
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing
from donations.models.database import reading, writing
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report, Table
from tests.factories import make_donation, make_refund, make_subscription, make_supporter

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILTERS = Filters(Period(date(2026, 11, 13), date(2026, 11, 22)), NOW, ZoneInfo("Europe/Amsterdam"))


def run(filters: Filters) -> Report:
    with reading() as session:
        return REPORTS["overview"].run(session, filters)


def table(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


def test_an_empty_history_is_told_as_one(app: Flask) -> None:
    report = run(FILTERS)

    assert report.summary == "Nothing was given in these days. Nobody gives regularly."
    assert table(report, "gross-by-currency").rows == (
        ("eur", Money(0, "eur"), Money(0, "eur"), Money(0, "eur"), None, 0, 0),
    )
    assert len(table(report, "gross-by-day-eur").rows) == 10
    assert {each.slug: each.sentence for each in report.tables} == {
        "gross-by-currency": "No donations. In the days before: no donations.",
        "gross-by-frequency": "Nothing was given in EUR.",
        "active-recurring-supporters": "Nobody gives regularly, as many as before.",
        "mrr": "Recurring gifts bring nothing a month. Before: nothing.",
        "refunds": "Nothing was given back.",
        "gross-by-day-eur": "Nothing was given on any of these days.",
    }


def test_annual_gifts_count_a_twelfth_exactly_until_they_are_shown(app: Flask) -> None:
    with writing() as session:
        for _ in range(12):
            supporter = make_supporter(session, runtime.current().vault)
            make_subscription(session, supporter, frequency=Frequency.ANNUAL, amount=1001, at=NOW)

    assert table(run(FILTERS), "mrr").rows[0][1] == Money(1001, "eur")


def test_a_gift_belongs_to_the_day_it_was_in_the_reporting_zone(app: Flask) -> None:
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault)
        make_donation(session, supporter, amount=100, at=datetime(2026, 11, 12, 23, 30, tzinfo=UTC))
        make_donation(session, supporter, amount=10, at=datetime(2026, 11, 12, 22, 30, tzinfo=UTC))

    days = table(run(FILTERS), "gross-by-day-eur").rows

    assert (days[0][0], days[0][2]) == (date(2026, 11, 13), Money(100, "eur"))


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        ((500, 0, 0), "In EUR, one-time gifts brought most: €5 of €5."),
        ((500, 700, 0), "In EUR, monthly gifts brought most: €7 of €12."),
        ((500, 500, 0), "In EUR, no one frequency brought more than the others."),
    ],
)
def test_the_sentence_names_the_strongest_frequency_only_if_there_is_one(
    app: Flask, amounts: tuple[int, ...], sentence: str
) -> None:
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault)
        for frequency, amount in zip(Frequency, amounts, strict=True):
            if amount:
                make_donation(session, supporter, amount=amount, frequency=frequency, at=NOW)

    assert table(run(FILTERS), "gross-by-frequency").sentence == sentence


def test_sentences_of_a_few_gifts_are_in_good_english(app: Flask) -> None:
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault)
        gift = make_subscription(session, supporter, amount=1000, at=NOW)
        donation = make_donation(
            session, supporter, amount=1000, frequency=Frequency.MONTHLY, subscription=gift, at=NOW
        )
        make_refund(session, donation, amount=250, at=NOW)

    report = run(FILTERS)

    assert report.summary == "Readers gave €10 in 1 donation. 1 supporter gives regularly: €10 a month."
    assert [each.sentence for each in report.tables] == [
        "€10 in 1 donation. In the days before: no donations.",
        "In EUR, monthly gifts brought most: €10 of €10.",
        "1 supporter gives regularly, 1 more than before.",
        "Recurring gifts bring €10 a month. Before: nothing.",
        "€2.50 given back in 1 refund.",
        "Something was given on 1 day of 10; the most in one day was €10, on 22 November 2026.",
    ]


def test_a_period_that_is_over_is_told_in_the_past(app: Flask) -> None:
    over = replace(FILTERS, period=Period(date(2026, 10, 1), date(2026, 10, 31)))

    assert run(over).summary.endswith("When the period ended, nobody gave regularly.")


def test_every_figure_has_its_definition(app: Flask) -> None:
    report = run(FILTERS)

    assert all(each.definitions for each in report.tables)


def test_only_refunds_that_succeeded_are_given_back(app: Flask) -> None:
    with writing() as session:
        donation = make_donation(
            session, make_supporter(session, runtime.current().vault), amount=1000, at=NOW
        )
        for status in RefundStatus:
            make_refund(session, donation, amount=100, status=status, at=NOW)

    row = table(run(FILTERS), "refunds").rows[0]

    assert (row[1], row[4]) == (Money(100, "eur"), 1)


def test_who_gave_regularly_is_reckoned_at_the_end_of_the_period(app: Flask) -> None:
    with writing() as session:
        vault = runtime.current().vault
        for began, ended in ((20, 5), (20, 4), (20, None), (5, None), (20, 12)):
            make_subscription(
                session,
                make_supporter(session, vault),
                standing=Standing.ACTIVE if ended is None else Standing.CANCELED,
                amount=1000,
                at=NOW - timedelta(days=began),
                ended_at=None if ended is None else NOW - timedelta(days=ended),
            )
    over = replace(FILTERS, period=Period(date(2026, 11, 10), date(2026, 11, 12)))

    report = run(over)

    assert table(report, "mrr").rows[0][1] == Money(3000, "eur")
    assert table(report, "active-recurring-supporters").rows == ((3, 4, -1),)
