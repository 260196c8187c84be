"""Renewals: every figure against a plain walk through the gifts themselves, and against its own rows."""

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

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, local_day, nth_charge_on, same_day_year_before
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Donation, PaymentFailure, Subscription
from donations.models.database import reading, writing
from donations.reports import renewals
from donations.reports.filters import Filters
from donations.reports.renewal_success import ENOUGH
from donations.reports.table import Report
from donations.runtime import current
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_subscription, make_supporter
from tests.histories import live
from tests.reports.asked import a_history, asked, assert_rows_add_up, seeds
from tests.reports.test_payment_problems import monthly, rounded, table_of

A_DAY = Period(date(2026, 1, 1), date(2026, 1, 1))
"""Whatever it is: the page looks ahead."""
RECURRING = (Frequency.MONTHLY, Frequency.ANNUAL)
IN_MRR = (Standing.ACTIVE, Standing.TRIALING, Standing.PAST_DUE)
CODES = ("eur", "usd")


def gifts_asked(session: Session, filters: Filters) -> list[Subscription]:
    return [
        gift
        for gift in session.scalars(select(Subscription))
        if gift.ended_at is None
        and filters.currency in (None, gift.currency)
        and filters.frequency in (None, gift.frequency)
    ]


def part_of(gift: Subscription, filters: Filters) -> str:
    """Where a gift stands on the page."""
    today, due_on = today_of(filters), next_charge(gift)
    if gift.cancels_at is not None:
        return "Set to end"
    if gift.first_paid_at is not None and gift.is_collection_paused:
        return "Paused"
    if gift.first_paid_at is None or gift.standing not in IN_MRR:
        return "Not begun, or charges given up"
    if due_on is None or due_on < today:
        return "Next charge is past, or not known"
    return "upcoming" if (due_on - today).days < 90 else "Next charged after these 90 days"


def next_charge(gift: Subscription) -> date | None:
    at, ends_at = gift.current_period_ends_at, gift.cancels_at
    if at is None or gift.is_collection_paused or gift.standing not in IN_MRR:
        return None
    return None if ends_at is not None and ends_at <= at else local_day(at, ZONE)


def today_of(filters: Filters) -> date:
    """In the zone of the books, whatever zone is asked for."""
    return local_day(filters.as_of, ZONE)


def charges(
    session: Session, filters: Filters, first: date, last: date
) -> Iterator[tuple[date, Subscription]]:
    for gift in gifts_asked(session, filters):
        if part_of(gift, filters) == "upcoming":
            due_on = next_charge(gift)
            assert due_on is not None
            for number in range(5):
                day = nth_charge_on(due_on, gift.frequency, number)
                if first <= day <= last:
                    yield day, gift


def rate(session: Session, filters: Filters, frequency: Frequency) -> tuple[int, int, Fraction | None]:
    today = today_of(filters)
    year = Period((same_day_year_before(today) or today - timedelta(days=366)) + timedelta(days=1), today)
    paid = sum(
        each.frequency is frequency
        and local_day(each.charged_at, ZONE) in year
        and filters.currency in (None, each.currency)
        for each in session.scalars(select(Donation))
    )
    failed = sum(
        each.frequency is frequency
        and each.recovered_at is None
        and local_day(each.failed_at, ZONE) in year
        and filters.currency in (None, gift.currency)
        for each, gift in session.execute(
            select(PaymentFailure, Subscription).join(
                Subscription, Subscription.id == PaymentFailure.subscription_id
            )
        )
    )
    return paid, failed, Fraction(paid, paid + failed) if paid + failed >= ENOUGH else None


def frequencies(filters: Filters) -> tuple[Frequency, ...]:
    return tuple(each for each in RECURRING if filters.frequency in (None, each))


def assert_ahead(session: Session, filters: Filters, report: Report) -> None:
    today = today_of(filters)
    for frequency in frequencies(filters):
        success = rate(session, filters, frequency)[2]
        all_due = [each for _, each in charges(session, filters, today, today + timedelta(days=89))]
        codes = {each.currency for each in all_due if each.frequency is frequency}
        wanted: set[tuple[object, ...]] = set()
        for days in (30, 60, 90):
            last = today + timedelta(days=days - 1)
            found = [
                each for _, each in charges(session, filters, today, last) if each.frequency is frequency
            ]
            for code in codes:
                mine = [each for each in found if each.currency == code]
                amount = sum(each.amount for each in mine)
                expected = amount * (1 if success is None else success)
                number = len({each.id for each in mine})
                wanted.add(
                    (
                        f"{days} days",
                        last,
                        code,
                        number,
                        len(mine),
                        Money(amount, code),
                        rounded(expected, code),
                    )
                )
        rows = table_of(report, f"upcoming-{frequency.value}").rows
        assert (set(rows), len(rows)) == (wanted, len(wanted))


def assert_weeks(session: Session, filters: Filters, report: Report) -> None:
    rows = table_of(report, "upcoming-by-week").rows
    today, chances = (
        today_of(filters),
        {each: rate(session, filters, each)[2] for each in frequencies(filters)},
    )
    assert len(rows) in {0, 13, 26}
    for first, last, code, number, monthly_due, annual_due, expected in rows:
        assert isinstance(first, date)
        assert isinstance(last, date)
        found = [each for _, each in charges(session, filters, first, last) if each.currency == code]
        due = {each: sum(gift.amount for gift in found if gift.frequency is each) for each in RECURRING}
        exact = sum(amount * chance_of(chances.get(each)) for each, amount in due.items())
        assert (number, monthly_due, annual_due, expected) == (
            len(found), *(Money(due[each], str(code)) for each in RECURRING), rounded(exact, str(code)),
        )  # fmt: skip
    every_day = {first for first, *_ in rows}
    assert every_day <= {today + timedelta(days=7 * week) for week in range(13)}


def chance_of(success: Fraction | None) -> Fraction:
    return Fraction(1) if success is None else success


def assert_success(session: Session, filters: Filters, report: Report) -> None:
    rows = table_of(report, "historic-success").rows
    assert [row[1:4] for row in rows] == [rate(session, filters, each) for each in frequencies(filters)]


def assert_apart(session: Session, filters: Filters, report: Report) -> None:
    today, gifts = today_of(filters), gifts_asked(session, filters)
    rows = {(row[0], row[1]): row[2:] for row in table_of(report, "not-upcoming").rows}
    parts: dict[tuple[str, str], list[Subscription]] = {}
    for gift in gifts:
        parts.setdefault((part_of(gift, filters), gift.currency), []).append(gift)
    upcoming = sum(len(parts.pop(("upcoming", code), [])) for code in CODES)
    assert rows == {
        (part, code): (
            len(found),
            rounded(sum(map(monthly, found)), code),
            Money(sum(each.amount for each in found if (next_charge(each) or date.min) >= today), code),
        )
        for (part, code), found in parts.items()
    }
    assert upcoming + sum(int(str(row[0])) for row in rows.values()) == len(gifts), "the parts are the whole"


@over_histories(3)
@given(seeds)
def test_every_figure_is_a_plain_walk_and_its_rows_add_up(app: Flask, random: Random) -> None:
    live(a_history(random))
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        for number in range(random.choice((0, ENOUGH - 1, 60))):
            at = NOON - timedelta(days=6 * number)
            make_donation(session, supporter, at=at, frequency=RECURRING[number % 3 == 0])
    refresh_rollups.refresh_all(current())
    with reading() as session:
        for later in (asked(random) for _ in range(10)):
            # In the past, most of their next charges are still to come.
            filters = replace(later, as_of=NOON - timedelta(days=random.randint(0, 200)), period=A_DAY)
            report = renewals.run(session, filters)
            for check in (assert_ahead, assert_weeks, assert_success, assert_apart):
                check(session, filters, report)
            assert_rows_add_up(session, report, filters)


FILTERS = Filters(Period(NOON.date(), NOON.date()), NOON, ZONE)


def test_what_comes_due_is_expected_in_full_while_there_is_not_enough_data(app: Flask) -> None:
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        make_subscription(session, supporter, amount=1000, at=NOON - timedelta(days=20))
        make_donation(session, supporter, amount=1000, frequency=Frequency.MONTHLY)
    refresh_rollups.refresh_all(current())

    with reading() as session:
        report = renewals.run(session, FILTERS)

    assert report.summary == (
        "From today on, whatever period is chosen: 1 charge of recurring gifts comes due in the next 30 "
        "days, and €10 is expected."
    )
    ahead = table_of(report, "upcoming-monthly")
    assert [row[3:] for row in ahead.rows] == [
        (1, number, Money(1000 * number, "eur"), Money(1000 * number, "eur")) for number in (1, 2, 3)
    ]
    assert ahead.notes
    assert table_of(report, "historic-success").rows[0][3:] == (None, "Not enough data")


def test_one_time_gifts_renew_nothing(app: Flask) -> None:
    refresh_rollups.refresh_all(current())
    with reading() as session:
        report = renewals.run(session, replace(FILTERS, frequency=Frequency.ONCE))

    assert [table.slug for table in report.tables] == ["upcoming-by-week", "historic-success", "not-upcoming"]
    assert all(table.rows == () for table in report.tables)
