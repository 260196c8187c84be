"""Campaigns and articles: every figure is what the rows say, reckoned the slow and obvious way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from sqlalchemy import update
from sqlalchemy.orm import Session

from donations.domain.conversion import Step, wilson
from donations.domain.money import Money
from donations.models import Supporter
from donations.models.database import db, reading, writing
from donations.models.rollups import RollupState
from donations.reports.campaigns import APPLIES, run
from donations.reports.figures import adds_up, words_behind
from donations.reports.filters import Filters, read_filters
from donations.reports.rows.registry import ROWS
from donations.reports.table import Report, Table
from donations.runtime import current
from donations.services.rollups.target import zones_of
from tests import factories
from tests.effort import over_histories
from tests.reports.campaign_history import (
    FILTERS,
    HISTORIES,
    ZONE,
    History,
    live,
    money,
    steps,
    usual,
    values,
)


@pytest.fixture
def people(app: Flask) -> list[Supporter]:
    with writing() as session:
        session.execute(update(RollupState).values(zones=",".join(zone.key for zone in zones_of(ZONE))))
        return [factories.make_supporter(session, current().vault) for _ in range(3)]


@contextmanager
def undone() -> Iterator[Session]:
    with db.sessionmaker() as session:
        yield session
        session.rollback()


def table(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


@given(history=HISTORIES, filters=FILTERS)
@over_histories(6)
def test_every_figure_is_what_the_rows_say_and_opens_to_them(
    people: list[Supporter], history: History, filters: Filters
) -> None:
    with undone() as session:
        live(session, history, people)

        report = run(session, filters)

        assert_steps(report, history, filters)
        assert_money(report, money(session, filters))
        assert_values(report, values(session, filters))
        assert_rows_add_up(session, report, filters)


def assert_steps(report: Report, history: History, filters: Filters) -> None:
    together = steps(history, filters).get((), Counter())
    assert table(report, "conversion").values("number") == tuple(together[step] for step in Step)
    for name, none in (("campaign", "No campaign"), ("article", "No article"), ("placement", "No placement")):
        shown = table(report, f"conversion-by-{name}")
        drawn = [step for step in Step if step in {column.key for column in shown.columns}]
        found = {
            (key or none, *(numbers[step] for step in drawn))
            for (key,), numbers in steps(history, filters, name).items()
            if any(numbers[step] for step in drawn)
        }
        wanted = {(label(key), *numbers) for key, *numbers in found}
        assert set(zip(*(shown.values(key) for key in (name, *drawn)), strict=True)) == wanted
        assert_shares(shown)
    variants = table(report, "variants")
    assert {*zip(*(variants.values(key) for key in ("variant", "support", "paid")), strict=True)} == {
        (variant, numbers[Step.SUPPORT], numbers[Step.PAID])
        for (_, variant), numbers in steps(history, filters, "campaign", "variant").items()
        if variant and (numbers[Step.SUPPORT] or numbers[Step.PAID])
    }


def label(key: str) -> str:
    return "NATO Will Never Give Up on Dialogue With… (a1)" if key == "a1" else key


def assert_shares(shown: Table) -> None:
    keys = ("support", "paid", "paid_of_support", "low", "high")
    for visits, paid, *shares in zip(*(shown.values(key) for key in keys), strict=True):
        assert isinstance(visits, int)
        assert isinstance(paid, int)
        is_share = 0 < visits >= paid
        interval = wilson(paid, visits) if is_share else None
        wanted = [Fraction(paid, visits), interval.low, interval.high] if interval else [None] * 3
        assert shares == wanted


def assert_money(report: Report, found: dict[tuple[str, str], list[int]]) -> None:
    shown = {(row[0], row[1]): row[2:] for row in table(report, "received-by-campaign").rows}
    assert shown == {
        (campaign or "No campaign", code): (
            donations,
            Money(gross, code),
            Money(fees, code),
            pending,
            Money(refunded, code),
            Money(disputed, code),
            Money(gross - fees - refunded - disputed, code),
            Money(round(Fraction(annual, 12)), code),
        )
        for (campaign, code), (donations, gross, fees, pending, refunded, disputed, annual) in found.items()
    }


def assert_values(report: Report, found: dict[tuple[str, str], list[int]]) -> None:
    shown = {(row[0], row[1]): row[2:] for row in table(report, "article-value").rows}
    assert shown == {
        (label(article), code): (
            people,
            Money(gross, code),
            Money(net, code),
            Money(round(Fraction(annual, 12)), code),
        )
        for (article, code), (people, gross, net, annual) in found.items()
    }


def assert_rows_add_up(session: Session, report: Report, filters: Filters) -> None:
    """Each figure opens to rows that come to it."""
    for shown in report.tables:
        for (number, key), behind in shown.behind.items():
            words = words_behind(filters, APPLIES, behind)
            entry = ROWS[behind.of]
            narrowed = read_filters(words, filters.as_of, ZONE)
            others = {name: word for name, word in words.items() if name in entry.words}
            page = entry.run(session, narrowed.filters, others, 1)
            figure = shown.rows[number][shown.index_of(key)]
            assert (narrowed.problems, page.problems) == ((), ())
            assert adds_up(figure, page), (shown.slug, number, key, figure, page.total, page.total_rows)


def test_an_empty_page_says_so(people: list[Supporter]) -> None:
    with reading() as session:
        report = run(session, usual())

    assert report.summary == "Nobody saw the appeal or the page where readers give in these days."
    assert table(report, "variants").sentence == "No link named a variant in these days."
    assert table(report, "article-value").sentence == "No article has brought a supporter yet."
    assert table(report, "conversion").values("number") == (0, 0, 0, 0)
