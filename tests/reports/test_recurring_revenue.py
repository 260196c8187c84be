"""Every figure of Recurring equals that of a plain loop over the ledger, and its rows come to it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.standing import Standing
from donations.models import Subscription
from donations.models.database import reading
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report
from tests.effort import over_histories
from tests.histories import History, live
from tests.slow_euros import check_euros, store_rates
from tests.slow_ledger import (
    DAY,
    KINDS,
    Slow,
    asked_of,
    cells,
    check_rows,
    gifts,
    lines_of_step,
    months_of,
    mrr,
    of,
    recurring_histories,
    table,
    until,
    within,
)


def run(session: Session, filters: Filters) -> Report:
    return REPORTS["recurring"].run(session, filters)


@over_histories(4)
@given(recurring_histories, asked_of, st.integers(0, 100))
def test_every_figure_equals_that_of_a_plain_loop(
    app: Flask, history: History, asked: tuple[Filters, ...], draw: int
) -> None:
    live(history)
    store_rates()

    for filters in asked:
        with reading() as session:
            report, slow = run(session, filters), Slow.read(session, filters)
            check_line(report, slow)
            check_steps(report, slow)
            check_causes(report, slow)
            check_switches(report, slow)
            check_rates(report, slow)
            check_months(report, slow)
            check_euros(report, slow)
            check_at_risk(report, session, filters)
            check_rows(session, report, filters, REPORTS["recurring"].applies, draw, most=15)


def check_line(report: Report, slow: Slow) -> None:
    period, rows = slow.filters.period, cells(table(report, "mrr"))
    days = list(period.days())
    if len(days) > 92:
        days = [day for day in days if (day + DAY).day == 1 or day == period.last]
    assert [(row["currency"], row["day"]) for row in rows] == [
        (code, day) for code in slow.currencies for day in days
    ]
    for row in rows:
        code, day = str(row["currency"]), row["day"]
        assert isinstance(day, date)
        lines = slow.chosen(of(currency=code), until(day))
        assert (row["mrr"], row["supporters"], row["gifts"]) == (
            mrr(lines, code), slow.heads(lines, code), gifts(lines),
        )  # fmt: skip


def check_steps(report: Report, slow: Slow) -> None:
    slugs = [each.slug for each in report.tables if each.slug.startswith("movements-")]
    assert [slug for slug in slugs if slug != "movements-in-euro"] == [
        f"movements-{c}" for c in slow.currencies
    ]
    by_money = [row for code in slow.currencies for row in cells(table(report, f"movements-{code}"))]
    by_people = cells(table(report, "supporters"))
    steps = ["Opening", *KINDS, "Closing"]
    assert [row["step"] for row in by_people] == (steps if slow.currencies else [])
    assert [(row["currency"], row["step"]) for row in by_money] == [
        (code, step) for code in slow.currencies for step in steps
    ]
    for period, suffix in ((slow.filters.period, ""), (slow.filters.previous, "_before")):
        for row in by_money:
            code = str(row["currency"])
            lines = lines_of_step(slow, str(row["step"]), period, code)
            assert row[f"mrr{suffix}"] == mrr(lines, code)
            assert row[f"supporters{suffix}"] == slow.heads(lines, code)
            assert row[f"gifts{suffix}"] == gifts(lines)
        for row in by_people:
            lines = lines_of_step(slow, str(row["step"]), period, None)
            assert row[f"supporters{suffix}"] == slow.heads(lines)
            assert row[f"gifts{suffix}"] == gifts(lines)
            numbers = [each[f"gifts{suffix}"] for each in by_people]
            assert sum(int(str(each)) for each in numbers[:-1]) == numbers[-1]
    assert not any("do not add up" in each.sentence for each in report.tables)


def check_causes(report: Report, slow: Slow) -> None:
    names = {"Voluntary": "voluntary", "Payment failure": "payment_failure", "Dispute": "dispute"}
    rows = cells(table(report, "causes"))
    assert [(row["currency"], row["cause"]) for row in rows] == [
        (code, name) for code in slow.currencies for name in names
    ]
    for row in rows:
        code, cause = str(row["currency"]), names[str(row["cause"])]
        churned, before = (
            slow.chosen(of(currency=code, cause=cause, kind="churned"), within(period))
            for period in (slow.filters.period, slow.filters.previous)
        )
        lowered = slow.chosen(of(currency=code, cause=cause, kind="downgraded"), within(slow.filters.period))
        people, people_before = slow.heads(churned, code), slow.heads(before, code)
        assert row["churned"] == -mrr(churned, code)
        assert row["churned_before"] == -mrr(before, code)
        assert row["supporters"] == (None if people is None else -people)
        assert row["supporters_before"] == (None if people_before is None else -people_before)
        assert row["gifts"] == -gifts(churned)
        assert row["paused"] == len([each for each in churned if each.annual == 0])
        assert row["downgraded"] == -mrr(lowered, code)
    for code in slow.currencies:
        whole = lines_of_step(slow, "Churned", slow.filters.period, code)
        parts = [row["gifts"] for row in rows if row["currency"] == code]
        assert sum(int(str(part)) for part in parts) == -gifts(whole)


def check_switches(report: Report, slow: Slow) -> None:
    found = {}
    for row in cells(table(report, "switches")):
        tag = str(row["switch"]).lower().replace(" ", "_")
        found[row["currency"], tag] = (row["gifts"], row["mrr"], row["gifts_before"], row["mrr_before"])
    for code in slow.currencies:
        for tag in ("switched_to_annual", "switched_to_monthly"):
            now, before = (
                slow.chosen(of(currency=code, tag=tag), within(period))
                for period in (slow.filters.period, slow.filters.previous)
            )
            expected = (
                sum(each.number for each in now), mrr(now, code),
                sum(each.number for each in before), mrr(before, code),
            )  # fmt: skip
            assert found.pop((code, tag), (0, Money(0, code)) * 2) == expected
    assert found == {}


def check_rates(report: Report, slow: Slow) -> None:
    last = slow.filters.period.last
    days = Period(last - 29 * DAY, last)
    rows = cells(table(report, "churn-rate"))
    scopes = [None, *(slow.currencies if len(slow.currencies) > 1 else [])] if slow.currencies else []
    assert [row["currency"] for row in rows] == scopes
    for row, code in zip(rows, scopes, strict=True):
        active = slow.chosen(of(currency=code), until(days.first - DAY))
        new = slow.chosen(of(currency=code, kind="new"), within(days))
        churned = slow.chosen(of(currency=code, kind="churned"), within(days))
        for noun, rate in (("gifts", "churn_rate_of_gifts"), ("supporters", "churn_rate")):
            if noun == "supporters" and not slow.counts_people:
                assert row[noun] is None
                assert row[rate] is None
                continue
            there, came, gone = (
                gifts(lines) if noun == "gifts" else slow.heads(lines, code) or 0
                for lines in (active, new, churned)
            )
            assert (row[noun], row[f"new_{noun}"], row[f"churned_{noun}"]) == (there, came, -gone)
            assert row[rate] == (Fraction(-gone, there + came) if there + came > 0 else None)
    for row in cells(table(report, "quick-ratio")):
        code = str(row["currency"])
        for period, suffix in ((slow.filters.period, ""), (slow.filters.previous, "_before")):
            came, gone = (
                [line for kind in kinds for line in lines_of_step(slow, kind, period, code)]
                for kinds in (("New", "Reactivated", "Upgraded"), ("Downgraded", "Churned"))
            )
            assert row[f"gained{suffix}"] == mrr(came, code)
            assert row[f"lost{suffix}"] == -mrr(gone, code)
            won, lost = sum(each.annual for each in came), -sum(each.annual for each in gone)
            assert row[f"ratio{suffix}"] == (Fraction(won, lost) if lost > 0 else None)


def check_months(report: Report, slow: Slow) -> None:
    months = months_of(slow.filters.period)
    rows = cells(table(report, "months"))
    assert [(row["currency"], row["month"]) for row in rows] == [
        (code, f"{month.first:%b %Y}") for code in slow.currencies for month in months
    ]
    for number, row in enumerate(rows):
        code = str(row["currency"])
        for step in ["Opening", *KINDS, "Closing"]:
            lines = lines_of_step(slow, step, months[number % len(months)], code)
            assert row[step.lower()] == mrr(lines, code)
    if not slow.counts_people:
        assert "supporter-months" not in {each.slug for each in report.tables} or not slow.currencies
        return
    rows = cells(table(report, "supporter-months"))
    for row, month in zip(rows, months if slow.currencies else [], strict=True):
        people = {
            step: slow.heads(lines_of_step(slow, step, month, None))
            for step in ["Opening", *KINDS, "Closing"]
        }
        assert {step: row[step.lower()] for step in people} == people
        days = Period(month.last - 29 * DAY, month.last)
        there = (slow.heads(slow.chosen(until(days.first - DAY))) or 0) + (
            slow.heads(slow.chosen(of(kind="new"), within(days))) or 0
        )
        gone = -(slow.heads(slow.chosen(of(kind="churned"), within(days))) or 0)
        assert row["churn_rate"] == (Fraction(gone, there) if there > 0 else None)


def check_at_risk(report: Report, session: Session, filters: Filters) -> None:
    gifts_ = [
        row
        for row in session.scalars(select(Subscription))
        if row.ended_at is None
        and row.first_paid_at is not None
        and filters.currency in {None, row.currency}
        and filters.frequency in {None, row.frequency}
    ]
    rows = {row["currency"]: row for row in cells(table(report, "at-risk"))}
    for code in {each.currency for each in gifts_} | rows.keys():
        mine = [each for each in gifts_ if each.currency == code]
        unpaused = [each for each in mine if not each.is_collection_paused]
        groups = {
            "risk": [each for each in unpaused if each.standing is Standing.PAST_DUE],
            "ending": [
                each
                for each in unpaused
                if each.cancels_at is not None and each.standing is not Standing.UNPAID
            ],
            "paused": [each for each in mine if each.is_collection_paused],
        }
        for group, found in groups.items():
            annual = sum(each.amount * (12 if each.frequency is Frequency.MONTHLY else 1) for each in found)
            row = rows.get(code, {})
            assert row.get(f"{group}_gifts", 0) == len(found)
            assert row.get(f"{group}_mrr", Money(0, str(code))) == Money(
                round(Fraction(annual, 12)), str(code)
            )
