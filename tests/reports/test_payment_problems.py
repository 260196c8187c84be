"""Payment problems: every figure against a plain count of the rows themselves, and against its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from flask import Flask
from hypothesis import given
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.disputes import DisputeStatus
from donations.domain.money import Money
from donations.domain.movements import ChurnCause
from donations.domain.periods import Period, local_day, whole_month
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Dispute, Donation, Movement, PaymentFailure, Subscription
from donations.models.database import reading, writing
from donations.reports import payment_problems
from donations.reports.filters import Filters
from donations.reports.table import Report, Row, Table
from donations.runtime import current
from donations.services import movements
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_subscription, make_supporter
from tests.histories import live
from tests.reports.asked import a_history, asked, assert_rows_add_up, seeds

TIME = timedelta(days=30)


def table_of(report: Report, slug: str) -> Table:
    return next(table for table in report.tables if table.slug == slug)


def failures(session: Session, filters: Filters, period: Period) -> list[PaymentFailure]:
    return [
        failure
        for failure, gift in session.execute(
            select(PaymentFailure, Subscription).join(
                Subscription, Subscription.id == PaymentFailure.subscription_id
            )
        )
        if local_day(failure.failed_at, filters.zone) in period
        and filters.currency in (None, gift.currency)
        and filters.frequency in (None, failure.frequency)
    ]


def counted(session: Session, filters: Filters, period: Period) -> dict[str, int | Fraction | None]:
    """By plain loops over the failures themselves."""
    today = local_day(filters.as_of, filters.zone)
    found = failures(session, filters, period)
    old = [each for each in found if (today - local_day(each.failed_at, filters.zone)).days > 30]
    young = [each for each in found if each not in old]
    recovered = [each for each in old if each.recovered_at is not None]
    in_time = [each for each in recovered if each.recovered_at - each.failed_at <= TIME]  # pyright: ignore
    return {
        "failed": len(found),
        "judged": len(old),
        "rate": Fraction(len(in_time), len(old)) if old else None,
        "in_time": len(in_time),
        "later": len(recovered) - len(in_time),
        "given_up": sum(each.given_up_at is not None for each in old),
        "owed": sum(each.recovered_at is None and each.given_up_at is None for each in old),
        "pending": len(young),
        "pending_recovered": sum(each.recovered_at is not None for each in young),
        "needed_confirmation": sum(each.needed_confirmation for each in found),
    }


def months_of(filters: Filters) -> Iterator[Period]:
    last = filters.period.last
    first = min(
        filters.period.first.replace(day=1), date(last.year - 1 + last.month // 12, last.month % 12 + 1, 1)
    )
    while first <= last:
        yield Period(first, min(whole_month(first).last, last))
        first = whole_month(first).last + timedelta(days=1)


def as_columns(table: Table, figures: dict[str, int | Fraction | None]) -> Row:
    return tuple(figures[column.key] for column in table.columns[1:])


def assert_failures(session: Session, filters: Filters, report: Report) -> None:
    table = table_of(report, "failed-payments")
    spans = (filters.period, filters.previous)
    assert [row[1:] for row in table.rows] == [
        as_columns(table, counted(session, filters, span)) for span in spans
    ]
    for slug in ("recovery-rate-by-month", "failed-payments-by-month"):
        table = table_of(report, slug)
        assert [row[1:] for row in table.rows] == [
            as_columns(table, counted(session, filters, month)) for month in months_of(filters)
        ]
    for _, failed, *parts in table.rows:
        assert sum(int(str(each)) for each in parts) == failed, "the parts are the whole"


def assert_at_risk(session: Session, filters: Filters, report: Report) -> None:
    found: dict[str, list[Subscription]] = {}
    for gift in session.scalars(select(Subscription)):
        is_asked = filters.currency in (None, gift.currency) and filters.frequency in (None, gift.frequency)
        is_failing = gift.standing is Standing.PAST_DUE and gift.first_paid_at is not None
        if is_asked and is_failing and not gift.is_collection_paused:
            found.setdefault(gift.currency, []).append(gift)
    assert set(table_of(report, "failing-now").rows) == {
        (code, len(gifts), rounded(sum(map(monthly, gifts)), code)) for code, gifts in found.items()
    }


def monthly(gift: Subscription) -> Fraction:
    return Fraction(gift.amount, gift.frequency.months or 0)


def rounded(exact: Fraction | int, code: str) -> Money:
    return Money(round(exact), code)


def lost(session: Session, filters: Filters, period: Period, code: str) -> tuple[int, Money, int | None]:
    lines = [
        line
        for line in session.scalars(select(Movement).where(Movement.cause == ChurnCause.PAYMENT_FAILURE))
        if line.currency == code
        and local_day(line.occurred_at, filters.zone) in period
        and filters.frequency in (None, line.frequency)
    ]
    people = -sum(line.supporters_in_currency for line in lines)
    mrr = sum((Fraction(-line.annual_amount, 12) for line in lines), Fraction(0))
    return len(lines), rounded(mrr, code), people if filters.frequency is None else None


def assert_lost(session: Session, filters: Filters, report: Report) -> None:
    shown = {str(row[0]): row[1:] for row in table_of(report, "lost-to-failed-payments").rows}
    for code in ("eur", "usd"):
        now, before = (lost(session, filters, span, code) for span in (filters.period, filters.previous))
        if filters.currency in (None, code) and (now[0] or before[0]):
            assert shown[code] == now + before
        else:
            assert code not in shown


def disputes(session: Session, filters: Filters, period: Period, code: str) -> list[Dispute]:
    query = select(Dispute, Donation).join(Donation, Donation.id == Dispute.donation_id)
    return [
        dispute
        for dispute, donation in session.execute(query)
        if dispute.currency == code
        and local_day(dispute.opened_at, filters.zone) in period
        and filters.currency in (None, code)
        and filters.frequency in (None, donation.frequency)
    ]


def assert_disputes(session: Session, filters: Filters, report: Report) -> None:
    shown = {str(row[0]): row for row in table_of(report, "disputes").rows}
    for code in ("eur", "usd", "jpy"):
        now, before = (disputes(session, filters, span, code) for span in (filters.period, filters.previous))
        gone = [each for each in now if each.status is DisputeStatus.LOST]
        won = [each for each in now if each.status is DisputeStatus.WON]
        amount, amount_gone = (Money(sum(each.amount for each in found), code) for found in (now, gone))
        lost_before = sum(each.status is DisputeStatus.LOST for each in before)
        is_any = bool(now or before)
        assert shown.get(code) == ((
            code, len(now), amount, len(now) - len(gone) - len(won), len(won), len(gone), amount_gone,
            len(before), lost_before,
        ) if is_any else None)  # fmt: skip


@over_histories(3)
@given(seeds)
def test_every_figure_is_a_plain_count_and_its_rows_add_up(app: Flask, random: Random) -> None:
    live(a_history(random))
    with reading() as session:
        for filters in (asked(random) for _ in range(10)):
            report = payment_problems.run(session, filters)
            for check in (assert_failures, assert_at_risk, assert_lost, assert_disputes):
                check(session, filters, report)
            assert_rows_add_up(session, report, filters)


QUIET = Filters(Period(date(2026, 11, 1), date(2026, 11, 22)), NOON, ZONE)


def test_a_page_without_any_problem_says_so(app: Flask) -> None:
    refresh_rollups.refresh_all(current())
    with reading() as session:
        report = payment_problems.run(session, QUIET)

    assert report.summary == (
        "No payment of a recurring gift failed in these days. No recurring gift is past due now."
    )
    assert [table.rows for table in report.tables[3:]] == [(), (), ()]


def test_a_failure_keeps_its_rhythm_when_its_gift_changes(app: Flask) -> None:
    """And sentences tell what is pending from what is not."""
    with writing() as session:
        gift = make_subscription(
            session, make_supporter(session, current().vault), at=NOON - timedelta(days=90)
        )
        movements.book(session, gift, zone=ZONE, now=NOON)
        for number, days in enumerate((60, 50, 5)):
            session.add(failure_of(gift, number, days))
    refresh_rollups.refresh_all(current())
    with writing() as session:
        changed = session.scalars(select(Subscription)).one()
        changed.frequency, changed.amount = type(changed.frequency).ANNUAL, 9000
        recovered = session.scalars(select(PaymentFailure).order_by(PaymentFailure.id)).first()
        assert recovered is not None
        recovered.recovered_at = recovered.failed_at + timedelta(days=2)
    refresh_rollups.refresh_all(current())

    asked_for = replace(QUIET, period=Period(date(2026, 9, 1), date(2026, 11, 22)), frequency=gift.frequency)
    with reading() as session:
        report = payment_problems.run(session, asked_for)

    assert report.tables[0].sentence == (
        "3 payments of recurring gifts failed in these days. 1 of the 2 that failed at least 30 days ago was "
        "recovered within 30 days (50.0 %). 1 is pending, younger than 30 days; none of it recovered already."
    )
    assert refresh_rollups.differences(current(), lambda *_: None) == ()


def failure_of(gift: Subscription, number: int, days: int) -> PaymentFailure:
    at = NOON - timedelta(days=days)
    return PaymentFailure(
        stripe_invoice_id=f"in_{number}", subscription_id=gift.id, frequency=gift.frequency, failed_at=at,
        failed_on=at.date(), needed_confirmation=False,
    )  # fmt: skip
