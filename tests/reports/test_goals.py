"""Goals: every figure against a plain sum of the rows themselves, and against its own rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from flask import Flask
from hypothesis import given
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.domain.periods import Period, day_bounds, local_day
from donations.jobs import refresh_rollups
from donations.models import Adjustment, Donation, Goal, Movement, Origin, Subscription
from donations.models.database import reading, writing
from donations.reports import goals
from donations.reports.filters import Filters
from donations.reports.table import Report
from donations.runtime import current
from donations.services import origins
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_supporter
from tests.histories import live
from tests.reports.asked import a_day, a_history, asked, assert_rows_add_up, seeds
from tests.reports.test_payment_problems import rounded, table_of


def make_goal(name: str, first_on: date, last_on: date, **columns: object) -> Goal:
    values: dict[str, object] = {
        "campaign": "spring", "currency": "eur", "amount": 10_000, "closed_on": None, "version": 1,
        "created_at": NOON, "changed_at": NOON,
    }  # fmt: skip
    return Goal(name=name, first_on=first_on, last_on=last_on, **(values | columns))


def some_goals(random: Random) -> list[Goal]:
    found: list[Goal] = []
    for number in range(5):
        first_on, last_on = sorted(a_day(random, date(2027, 1, 31)) for _ in range(2))
        found.append(
            make_goal(
                f"Goal {number}", first_on, last_on,
                campaign=random.choice(("spring", "spring", "winter", "autumn")),
                currency=random.choice(("eur", "eur", "usd")),
                amount=random.randint(1, 20_000),
                closed_on=random.choice((None, None, a_day(random, date(2027, 1, 31)))),
            )
        )  # fmt: skip
    return found


def today_of(filters: Filters) -> date:
    today = local_day(filters.as_of, filters.zone)
    return min(today, filters.known_on) if filters.known_on else today


def days_of(goal: Goal, filters: Filters) -> set[date]:
    """Each day that counts so far."""
    last = min(goal.last_on, goal.closed_on or goal.last_on, today_of(filters))
    length = (last - goal.first_on).days + 1
    return {goal.first_on + timedelta(days=number) for number in range(max(0, length))}


def facts(session: Session, goal: Goal, filters: Filters) -> tuple[int, int, int, int]:
    """Gross, refunded, gifts begun and their year's worth, by plain loops."""
    days, zone = days_of(goal, filters), filters.zone
    campaigns = {each.id: each.campaign for each in session.scalars(select(Origin))}
    known_before = None if filters.known_on is None else day_bounds(filters.known_on, zone)[1]

    def is_of(row: Donation | Subscription) -> bool:
        return row.currency == goal.currency and campaigns.get(row.origin_id or 0) == goal.campaign

    def counts(fact: Donation | Adjustment | Movement, at: object) -> bool:
        is_known = known_before is None or fact.recorded_at < known_before
        return is_known and local_day(at, zone) in days  # pyright: ignore

    donations = {each.id: each for each in session.scalars(select(Donation)) if is_of(each)}
    gifts = {each.id for each in session.scalars(select(Subscription)) if is_of(each)}
    begun = [
        line
        for line in session.scalars(select(Movement))
        if line.subscription_id in gifts
        and line.kind in {MovementKind.NEW, MovementKind.REACTIVATED}
        and counts(line, line.occurred_at)
    ]
    refunded = sum(
        each.amount
        for each in session.scalars(select(Adjustment))
        if each.kind is AdjustmentKind.REFUND
        and each.donation_id in donations
        and counts(each, each.occurred_at)
    )
    gross = sum(each.amount for each in donations.values() if counts(each, each.charged_at))
    return gross, refunded, len(begun), sum(line.annual_amount for line in begun)


def wanted(session: Session, filters: Filters) -> list[Goal]:
    return [
        goal
        for goal in session.scalars(select(Goal))
        if filters.currency in (None, goal.currency) and filters.campaign in (None, goal.campaign)
    ]


def assert_goals(session: Session, filters: Filters, report: Report) -> None:
    progress = {str(row[0]): row for row in table_of(report, "progress").rows}
    pledges = {str(row[0]): row for row in table_of(report, "pledges").rows}
    assert progress.keys() == pledges.keys() == {goal.name for goal in wanted(session, filters)}
    for goal in wanted(session, filters):
        gross, refunded, begun, annual = facts(session, goal, filters)
        code, raised = goal.currency, gross - refunded
        assert progress[goal.name][6:] == (
            *(Money(each, code) for each in (goal.amount, gross, refunded, raised)),
            Fraction(raised, goal.amount),
        )
        assert pledges[goal.name][1:] == (code, begun, Money(annual, code))


def assert_pace(session: Session, filters: Filters, report: Report) -> None:
    rows = {str(row[0]): row for row in table_of(report, "pace").rows}
    today = today_of(filters)
    for goal in wanted(session, filters):
        is_closed = goal.closed_on is not None and goal.closed_on <= today
        if is_closed or not goal.first_on <= today <= goal.last_on:
            assert goal.name not in rows
            continue
        gross, refunded, _, _ = facts(session, goal, filters)
        raised, last = gross - refunded, min(goal.last_on, goal.closed_on or goal.last_on)
        gone, left = (today - goal.first_on).days + 1, (last - today).days + 1
        missing, code = max(0, goal.amount - raised), goal.currency
        by_the_end = Fraction(raised * (gone + left - 1), gone)
        assert rows[goal.name][1:] == (
            code, gone, left, Money(missing, code), rounded(Fraction(raised, gone), code),
            rounded(Fraction(missing, left), code), rounded(by_the_end, code),
            "Reached" if not missing else "Yes" if by_the_end >= goal.amount else "No",
        )  # fmt: skip


@over_histories(3)
@given(seeds)
def test_every_figure_is_a_plain_sum_and_its_rows_add_up(app: Flask, random: Random) -> None:
    live(a_history(random))
    with writing() as session:
        session.execute(delete(Goal))
        session.add_all(some_goals(random))
    with reading() as session:
        for filters in (asked(random) for _ in range(10)):
            report = goals.run(session, filters)
            assert_goals(session, filters, report)
            assert_pace(session, filters, report)
            assert_rows_add_up(session, report, filters)


FILTERS = Filters(Period(date(2026, 11, 1), date(2026, 11, 22)), NOON, ZONE)


def test_the_page_says_how_far_the_running_goals_are(app: Flask) -> None:
    with writing() as session:
        spring = origins.find_or_add(session, campaign="spring", article="a1")
        session.add(make_goal("Winter appeal", date(2026, 11, 1), date(2026, 11, 30)))
        session.add(make_goal("Last year", date(2025, 11, 1), date(2025, 11, 30)))
        supporter = make_supporter(session, current().vault)
        make_donation(session, supporter, amount=4000, origin_id=spring)
        make_donation(session, supporter, amount=900, currency="usd", origin_id=spring)
        make_donation(session, supporter, amount=700)
    refresh_rollups.refresh_all(current())

    with reading() as session:
        report = goals.run(session, FILTERS)
        known = goals.run(session, replace(FILTERS, known_on=date(2026, 11, 21)))

    assert report.summary == "1 goal is running. Winter appeal: €40 of €100 (40.0 %), 9 days left."
    assert known.summary == "1 goal is running. Winter appeal: €0 of €100 (0.0 %), 10 days left."
    assert [table.sentence for table in report.tables] == [
        "None of 2 goals are reached.",
        "Of 1 running goal not reached yet, none get there at the pace so far.",
        "No recurring gift began through these campaigns in their days.",
    ]


def test_a_page_without_goals_says_how_to_set_one(app: Flask) -> None:
    refresh_rollups.refresh_all(current())
    with reading() as session:
        report = goals.run(session, FILTERS)

    assert report.summary.startswith("There is no goal to show.")
    assert all(table.rows == () for table in report.tables)
