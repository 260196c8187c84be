"""What Recurring and Cohorts say above their tables, for a history that can be reckoned in the head."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Subscription
from donations.models.database import reading, writing
from donations.models.rollups import DayMovement
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report
from donations.runtime import current
from donations.services import movements
from tests.factories import NOON, ZONE, make_subscription, make_supporter
from tests.slow_ledger import cells, table

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
FILTERS = Filters(OCTOBER, NOON, ZONE)


def at(month: int, day: int) -> datetime:
    return NOON.replace(month=month, day=day)


def run(filters: Filters = FILTERS, slug: str = "recurring") -> Report:
    with reading() as session:
        return REPORTS[slug].run(session, filters)


def begins(when: datetime, **columns: object) -> int:
    with writing() as session:
        row = make_subscription(session, make_supporter(session, current().vault), at=when, **columns)
        movements.book(session, row, zone=ZONE, now=when)
        return row.id


def changes(gift: int, when: datetime, **values: object) -> None:
    with writing() as session:
        row = session.get_one(Subscription, gift)
        was = row.frequency
        for name, value in values.items():
            setattr(row, name, value)
        movements.book(session, row, zone=ZONE, now=when, was=was)


def ends(gift: int, when: datetime, reason: str, learnt: datetime | None = None) -> None:
    changes(gift, learnt or when, standing=Standing.CANCELED, ended_at=when, end_reason=reason)


@pytest.fixture
def autumn(app: Flask) -> None:
    """In August two begin with €10 a month, and one with $60 a year. In October one goes annual, one
    leaves, one comes; the one in dollars pauses, and ends in November."""
    goes_annual, leaves = (begins(at(8, 3)) for _ in range(2))
    in_dollars = begins(at(8, 5), amount=6000, currency="usd", frequency=Frequency.ANNUAL)
    changes(goes_annual, at(10, 2), frequency=Frequency.ANNUAL, amount=10_000)
    ends(leaves, at(10, 3), "payment_failed")
    begins(at(10, 4), amount=2500)
    changes(in_dollars, at(10, 5), is_collection_paused=True)
    ends(in_dollars, at(11, 6), "cancellation_requested")
    refresh_rollups.refresh_all(current())


def said(report: Report, slug: str) -> str:
    return table(report, slug).sentence


def test_the_page_says_who_gives_and_what_moved(autumn: None) -> None:
    report = run()

    assert report.summary == (
        "At the end of 31 October 2026 2 supporters gave regularly: €33.33 a month. "
        "Net −1 supporter since 1 October 2026."
    )
    assert said(report, "supporters") == "Net −1 supporter: 3 + 1 new − 1 paused − 1 churned = 2."
    assert said(report, "movements-eur") == (
        "It grew by €13.33 to €33.33: €20 + €25 new − €1.67 downgraded − €10 churned = €33.33."
    )
    assert said(report, "movements-usd") == "It fell by $5 to $0: $5 − $5 paused = $0."
    assert said(report, "causes") == "1 supporter's last gift ended: 1 because charges failed."
    assert said(report, "switches") == "1 gift switched to annual, which took €1.67 a month."
    assert said(report, "churn-rate") == "From 2 to 31 October 2026, 1 of 4 supporters churned: 25.0 %."
    assert said(report, "quick-ratio") == (
        "In EUR, 2.1 times as much came as went. In USD nothing came and nothing went."
    )
    assert said(report, "supporter-months") == (
        "Aug 2026 was best: 3 supporters more at its end than when it began."
    )


def test_an_end_while_paused_is_told_and_takes_nothing_away(autumn: None) -> None:
    november = run(replace(FILTERS, period=Period(date(2026, 11, 1), date(2026, 11, 22)), currency="usd"))

    (voluntary, *_) = cells(table(november, "causes"))
    assert (voluntary["churned"], voluntary["supporters"], voluntary["paused"]) == (Money(0, "usd"), 0, 1)
    assert said(november, "movements-usd") == "It stayed at $0: nothing moved."


def test_the_page_says_so_where_its_figures_do_not_add_up(autumn: None) -> None:
    with writing() as session:
        session.execute(update(DayMovement).where(DayMovement.kind == "churned").values(kind="vanished"))

    report = run()

    for slug in ("supporters", "movements-eur"):
        assert "do not add up" in said(report, slug)
        assert "donations reports rebuild" in said(report, slug)
    assert "Oct 2026 do not add up" in said(report, "months")
    assert "do not add up" not in said(report, "movements-usd")


def test_people_are_left_out_where_a_filter_cuts_through_them(autumn: None) -> None:
    report = run(replace(FILTERS, frequency=Frequency.MONTHLY))

    assert report.summary.startswith("At the end of 31 October 2026 1 recurring gift counted: €25 a month.")
    assert {row["supporters"] for row in cells(table(report, "supporters"))} == {None}
    assert (
        said(report, "supporters") == "1 recurring gift at the end: 2 + 1 new − 1 downgraded − 1 churned = 1."
    )
    assert any("People are not counted" in note for note in table(report, "supporters").notes)
    assert "supporter-months" not in {each.slug for each in report.tables}


def test_there_is_something_to_say_where_there_is_nothing(app: Flask) -> None:
    refresh_rollups.refresh_all(current())
    once = run(replace(FILTERS, frequency=Frequency.ONCE))
    for slug in ("recurring", "cohorts"):
        report = run(slug=slug)

        assert report.summary
        for each in report.tables:
            assert each.rows == ()
            assert each.sentence.endswith(".")
    assert run().summary == "Nobody has given regularly yet."
    assert once.summary.startswith("One-time gifts are no recurring revenue")


def test_cohorts_say_who_stayed_and_of_how_few(autumn: None) -> None:
    report = run(slug="cohorts")

    assert report.summary == (
        "Of those who began to give regularly, 100.0 % still gave a month later. That is of only 3 people."
    )
    left = "In EUR, 100.0 % of what cohorts began with was still given a month later."
    assert said(report, "mrr-eur") == left
    (august,) = [row for row in cells(table(report, "people")) if row["cohort"] == "Aug 2026"]
    assert (august["began"], august["after_0"], august["after_1"]) == (3, 1, 1)


def test_a_month_that_is_not_over_has_no_cell(autumn: None) -> None:
    as_known = run(replace(FILTERS, known_on=date(2026, 10, 30)), "cohorts")

    (august,) = [row for row in cells(table(as_known, "people")) if row["cohort"] == "Aug 2026"]
    assert (august["after_1"], august["after_2"]) == (1, None)
    (october,) = [row for row in cells(table(run(slug="cohorts"), "people")) if row["cohort"] == "Oct 2026"]
    assert (october["began"], october["after_0"], october["after_1"]) == (1, 1, None)


def test_what_was_learnt_late_changes_nothing_that_was_known_before(autumn: None) -> None:
    late = begins(at(9, 1), amount=500)
    ends(late, at(9, 20), "payment_failed", learnt=at(10, 9))
    refresh_rollups.refresh_all(current())
    september = replace(FILTERS, period=Period(date(2026, 9, 1), date(2026, 9, 30)))

    now, then = run(september), run(replace(september, known_on=date(2026, 9, 30)))

    assert said(now, "movements-eur") == "It stayed at €20: €20 + €5 new − €5 churned = €20."
    assert said(then, "movements-eur") == "It grew by €5 to €25: €20 + €5 new = €25."
