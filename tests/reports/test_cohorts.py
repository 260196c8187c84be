"""Every cell of Cohorts equals that of a plain loop over the ledger, and its rows come to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.periods import Period, whole_month
from donations.models.database import reading
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report, Table
from tests.effort import over_histories
from tests.histories import History, live
from tests.slow_ledger import (
    AS_OF,
    DAY,
    Line,
    Slow,
    asked_of,
    cells,
    check_rows,
    local,
    mrr,
    of,
    recurring_histories,
    rows_of,
    table,
    within,
)


def run(session: Session, filters: Filters) -> Report:
    return REPORTS["cohorts"].run(session, filters)


@over_histories(3)
@given(recurring_histories, asked_of, st.integers(0, 100))
def test_every_cell_equals_that_of_a_plain_loop(
    app: Flask, history: History, asked: tuple[Filters, ...], draw: int
) -> None:
    live(history)

    for filters in asked[:2]:
        followed = replace(filters, currency=None, frequency=None, campaign=None)
        with reading() as session:
            report, slow = run(session, filters), Slow.read(session, followed)
            check_people(report, slow)
            check_averages(report, slow, filters)
            check_money(report, slow, filters)
            check_rows(session, report, filters, REPORTS["cohorts"].applies, draw, most=8)
            check_shares(session, report, filters, draw)


def later(month: date, after: int) -> date:
    for _ in range(after):
        month = whole_month(month).last + DAY
    return month


def cohorts_of(filters: Filters) -> list[date]:
    """Two years of months, or those that the period touches."""
    months = [filters.period.last.replace(day=1)]
    while len(months) < 24 or (months[-1] > filters.period.first and len(months) < 36):
        months.append((months[-1] - DAY).replace(day=1))
    return months[::-1]


def is_over(slow: Slow, cohort: date, after: int) -> bool:
    filters = slow.filters
    last = whole_month(later(cohort, after)).last
    is_known = filters.known_on is None or last <= filters.known_on
    return is_known and last <= filters.period.last and last < local(AS_OF, filters)


def began(slow: Slow, cohort: date, code: str | None = None) -> list[Line]:
    days = Period(cohort, min(whole_month(cohort).last, slow.filters.period.last))
    return slow.chosen(of(kind="new", currency=code), within(days))


def after_that(slow: Slow, cohort: date, after: int, code: str | None = None) -> list[Line]:
    last = whole_month(later(cohort, after)).last
    return [each for each in slow.by_cohort[cohort] if each.day <= last and code in {None, each.currency}]


def shown(found: Table) -> list[int]:
    return [int(column.key.removeprefix("after_")) for column in found.columns if "after_" in column.key]


def currencies(slow: Slow) -> list[str]:
    found = {line.currency for cohort in cohorts_of(slow.filters) for line in began(slow, cohort)}
    return sorted(found, key=lambda code: (code != "eur", code))


def check_people(report: Report, slow: Slow) -> None:
    found, months = table(report, "people"), cohorts_of(slow.filters)
    if not currencies(slow):
        assert found.rows == ()
        return
    reached = [after for after in range(37) if is_over(slow, months[0], after)]
    assert shown(found) == [each for each in reached if each <= 6 or each in {9, 12, 18, 24, 36}]
    for row, cohort in zip(cells(found), months, strict=True):
        number = slow.heads(began(slow, cohort)) or 0
        assert (row["cohort"], row["began"]) == (f"{cohort:%b %Y}", number)
        for after in shown(found):
            there = slow.heads(after_that(slow, cohort, after)) or 0
            is_blank = not number or not is_over(slow, cohort, after)
            assert row[f"after_{after}"] == (None if is_blank else Fraction(there, number))


def check_money(report: Report, slow: Slow, filters: Filters) -> None:
    slugs = [each.slug for each in report.tables if each.slug.startswith("mrr-")]
    asked = [code for code in currencies(slow) if filters.currency in {None, code}]
    assert slugs == [f"mrr-{code}" for code in asked]
    for code in asked:
        found = table(report, f"mrr-{code}")
        for row, cohort in zip(cells(found), cohorts_of(slow.filters), strict=True):
            lines = began(slow, cohort, code)
            worth = sum(each.annual for each in lines)
            assert row["began"] == mrr(lines, code)
            for after in shown(found):
                still = sum(each.annual for each in after_that(slow, cohort, after, code))
                is_blank = not worth or not is_over(slow, cohort, after)
                assert row[f"after_{after}"] == (None if is_blank else Fraction(still, worth))


def check_averages(report: Report, slow: Slow, filters: Filters) -> None:
    months = cohorts_of(slow.filters)
    reached = [after for after in range(37) if is_over(slow, months[0], after)] if currencies(slow) else []
    rows = cells(table(report, "average"))
    assert [row["after"] for row in rows] == reached
    for row, after in zip(rows, reached, strict=True):
        over = [each for each in months if is_over(slow, each, after)]
        numbers = [slow.heads(began(slow, each)) or 0 for each in over]
        there = sum(slow.heads(after_that(slow, each, after)) or 0 for each in over)
        assert row["cohorts"] == sum(number > 0 for number in numbers)
        assert (row["began"], row["active"]) == (sum(numbers), there)
        assert row["share"] == (Fraction(there, sum(numbers)) if sum(numbers) else None)
    by_money = cells(table(report, "average-mrr"))
    asked = [code for code in currencies(slow) if filters.currency in {None, code}]
    assert [(row["currency"], row["after"]) for row in by_money] == [(c, n) for c in asked for n in reached]
    for row in by_money:
        code, after = str(row["currency"]), row["after"]
        assert isinstance(after, int)
        over = [each for each in months if is_over(slow, each, after)]
        first = [line for each in over for line in began(slow, each, code)]
        then = [line for each in over for line in after_that(slow, each, after, code)]
        worth, still = (sum(line.annual for line in lines) for lines in (first, then))
        assert (row["began"], row["still"]) == (mrr(first, code), mrr(then, code))
        assert row["share"] == (Fraction(still, worth) if worth else None)


def check_shares(session: Session, report: Report, filters: Filters, draw: int) -> None:
    """A cell is a share: what its rows come to, over what the cohort began with."""
    for found in (each for each in report.tables if shown(each)):
        places = [place for place in found.behind if place[1] != "began"]
        step = max(1, len(places) // 5)
        for number, key in places[draw % step :: step]:
            page = rows_of(session, filters, REPORTS["cohorts"].applies, found.behind[number, key])
            share, first = (
                found.rows[number][found.index_of(key)],
                found.rows[number][found.index_of("began")],
            )
            assert isinstance(share, Fraction)
            if isinstance(first, int):
                assert share == Fraction(sum(int(str(each)) for each in page.total), first)
            else:
                assert isinstance(first, Money)
                (total,) = page.total
                assert isinstance(total, Money)
                # The cell is exact; both that stand for it are rounded to a cent.
                assert abs(share - Fraction(total.amount, first.amount)) <= (1 + share) / first.amount
