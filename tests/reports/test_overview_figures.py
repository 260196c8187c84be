"""The overview's figures equal those of a plain loop over every row of a random history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donations import runtime
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing, counts_toward_mrr, is_terminal
from donations.models.database import reading, writing
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report, Row, Table
from tests.factories import make_donation, make_refund, make_subscription, make_supporter
from tests.forgetting import forget_everything

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PERIOD = Period(date(2026, 11, 13), date(2026, 11, 22))
FILTERS = Filters(PERIOD, NOW, ZONE)

moments = st.integers(0, 30 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
currencies = st.sampled_from(["eur", "usd", "jpy"])
frequencies = st.sampled_from(Frequency)


@dataclass(frozen=True)
class Gift:
    amount: int
    currency: str
    frequency: Frequency
    at: datetime
    refund: tuple[int, RefundStatus, datetime] | None


@dataclass(frozen=True)
class Recurring:
    supporter: int
    amount: int
    currency: str
    frequency: Frequency
    standing: Standing
    at: datetime
    has_paid: bool
    is_paused: bool
    lasted: timedelta


gifts = st.builds(
    Gift,
    st.integers(1, 10_000),
    currencies,
    frequencies,
    moments,
    st.none() | st.tuples(st.just(1), st.sampled_from(RefundStatus), moments),
)
recurrings = st.builds(
    Recurring,
    st.integers(0, 3),
    st.integers(1, 10_000),
    currencies,
    st.sampled_from([Frequency.MONTHLY, Frequency.ANNUAL]),
    st.sampled_from(Standing),
    moments,
    st.booleans(),
    st.booleans(),
    st.integers(0, 20).map(lambda days: timedelta(days=days)),
)
filters_of = st.builds(
    lambda currency, frequency, days: replace(
        FILTERS,
        currency=currency,
        frequency=frequency,
        period=Period(PERIOD.first - timedelta(days=days), PERIOD.last - timedelta(days=days)),
    ),
    st.none() | currencies,
    st.none() | frequencies,
    st.integers(0, 10),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(gifts, max_size=12), st.lists(recurrings, max_size=8), filters_of)
def test_every_figure_equals_that_of_a_plain_loop(
    app: Flask, given_: list[Gift], recurring: list[Recurring], filters: Filters
) -> None:
    with writing() as session:
        write(session, given_, recurring)

    report = run(filters)

    kept = [g for g in given_ if matches(g, filters)]
    check_gross(report, kept, filters)
    check_refunds(report, kept, filters)
    check_recurring(report, [r for r in recurring if matches(r, filters)], filters)


def write(session: Session, given_: list[Gift], recurring: list[Recurring]) -> None:
    forget_everything(session)
    vault = runtime.current().vault
    people = [make_supporter(session, vault) for _ in range(4)]
    for gift in given_:
        row = make_donation(
            session,
            people[0],
            amount=gift.amount,
            currency=gift.currency,
            frequency=gift.frequency,
            at=gift.at,
        )
        if gift.refund is not None:
            amount, status, at = gift.refund
            make_refund(session, row, amount=amount, status=status, at=at)
    for each in recurring:
        ended = each.at + each.lasted if is_terminal(each.standing) else None
        make_subscription(
            session,
            people[each.supporter],
            standing=each.standing,
            frequency=each.frequency,
            amount=each.amount,
            currency=each.currency,
            at=each.at,
            has_paid=each.has_paid,
            is_collection_paused=each.is_paused,
            ended_at=ended,
        )


def matches(row: Gift | Recurring, filters: Filters) -> bool:
    return filters.currency in {None, row.currency} and filters.frequency in {None, row.frequency}


def run(filters: Filters) -> Report:
    with reading() as session:
        return REPORTS["overview"].run(session, filters)


def table(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


def local(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def check_gross(report: Report, kept: list[Gift], filters: Filters) -> None:
    in_period = [g for g in kept if local(g.at) in filters.period]
    in_previous = [g for g in kept if local(g.at) in filters.previous]
    for row in table(report, "gross-by-currency").rows:
        compare(
            row,
            1,
            [g for g in in_period if g.currency == row[0]],
            [g for g in in_previous if g.currency == row[0]],
        )
    names = {"One-time": Frequency.ONCE, "Monthly": Frequency.MONTHLY, "Annual": Frequency.ANNUAL}
    for row in table(report, "gross-by-frequency").rows:
        key = (row[0], names[str(row[1])])
        compare(
            row,
            2,
            [g for g in in_period if (g.currency, g.frequency) == key],
            [g for g in in_previous if (g.currency, g.frequency) == key],
        )
    shown = {row[0] for row in table(report, "gross-by-currency").rows}
    assert {g.currency for g in in_period + in_previous} <= shown
    for code in shown:
        days = table(report, f"gross-by-day-{code}").rows
        assert [row[0] for row in days] == list(filters.period.days())
        for row in days:
            mine = [g.amount for g in in_period if g.currency == code and local(g.at) == row[0]]
            then = [g.amount for g in in_previous if g.currency == code and local(g.at) == row[4]]
            assert row[2:4] == (Money(sum(mine), str(code)), len(mine))
            assert row[5] == Money(sum(then), str(code))


def compare(row: Row, at: int, now: list[Gift], before: list[Gift]) -> None:
    code = str(row[0])
    taken, earlier = sum(g.amount for g in now), sum(g.amount for g in before)
    assert row[at:] == (
        Money(taken, code),
        Money(earlier, code),
        Money(taken - earlier, code),
        Fraction(taken - earlier, earlier) if earlier else None,
        len(now),
        len(before),
    )


def check_refunds(report: Report, kept: list[Gift], filters: Filters) -> None:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for gift in kept:
        if gift.refund is None or gift.refund[1] is not RefundStatus.SUCCEEDED:
            continue
        for position, period in enumerate((filters.period, filters.previous)):
            found[gift.currency][position] += (local(gift.refund[2]) in period) * gift.refund[0]
    for row in table(report, "refunds").rows:
        code = str(row[0])
        assert row[1:3] == (Money(found[code][0], code), Money(found[code][1], code))
    assert {code for code, sums in found.items() if any(sums)} <= {
        str(row[0]) for row in table(report, "refunds").rows
    }


def check_recurring(report: Report, recurring: list[Recurring], filters: Filters) -> None:
    def counts(row: Recurring, moment: datetime) -> bool:
        if not row.has_paid or row.at > moment:
            return False
        if is_terminal(row.standing):
            return row.at + row.lasted > moment
        return counts_toward_mrr(row.standing, row.is_paused, row.has_paid)

    def monthly(code: object, moment: datetime) -> int:
        mine = [r for r in recurring if r.currency == code and counts(r, moment)]
        return round(sum((Fraction(r.amount, r.frequency.months or 1) for r in mine), Fraction(0)))

    moments_ = (filters.moment, filters.previous_moment)
    for row in table(report, "mrr").rows:
        now, before = (monthly(row[0], moment) for moment in moments_)
        assert row[1:4] == tuple(Money(each, str(row[0])) for each in (now, before, now - before))
    people = [len({r.supporter for r in recurring if counts(r, moment)}) for moment in moments_]
    assert table(report, "active-recurring-supporters").rows == (
        (people[0], people[1], people[0] - people[1]),
    )
