"""Who has lapsed, against the last gift of each supporter, read from the rows."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.periods import Period
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Donation, Subscription
from donations.models.database import reading, writing
from donations.reports import lapsed
from donations.reports.filters import Filters
from donations.reports.table import Report, Row
from donations.runtime import current
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_subscription, make_supporter
from tests.histories import History, histories, live
from tests.reports.rows_behind import disagreements

DAYS = [date(2026, 11, 22), date(2027, 3, 31), date(2028, 2, 29), date(2030, 12, 31), date(2032, 1, 1)]
NAMES = ["13 to 18", "18 to 24", "24 to 36", "36 to 60", "60"]
Last = list[tuple[date, str]]
"""Of each supporter who gave: the day of the last gift, and whether they are recurring, former or once."""


def asked_on(today: date, zone: str = ZONE.key) -> Filters:
    """With a period that makes no difference."""
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    return Filters(Period(date(2026, 1, 1), date(2026, 1, 31)), noon, ZoneInfo(zone))


def last_gifts(session: Session) -> Last:
    found: defaultdict[int, list[date]] = defaultdict(list)
    for donation in session.scalars(select(Donation)):
        found[donation.supporter_id].append(donation.charged_on)
    gifts: defaultdict[int, list[Subscription]] = defaultdict(list)
    for gift in session.scalars(select(Subscription)):
        if gift.first_paid_at is not None:
            gifts[gift.supporter_id].append(gift)
    return [(max(days), kind_of(gifts[each])) for each, days in found.items()]


def kind_of(gifts: list[Subscription]) -> str:
    if any(gift.ended_at is None for gift in gifts):
        return "recurring"
    return "former" if gifts else "once"


def ago(today: date, months: int) -> date:
    """The same day so many months before, or the last of a shorter month."""
    year, month = today.year, today.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def row(name: str, last: Last, is_in: Callable[[date], bool]) -> Row:
    kinds = [kind for day, kind in last if kind != "recurring" and is_in(day)]
    return (name, len(kinds), kinds.count("former"), kinds.count("once"))


def everyone(last: Last, year: int) -> list[Row]:
    numbers = {
        "Gave this year": len([day for day, _ in last if day.year == year]),
        "Not this year, recurring gift goes on": len(
            [day for day, kind in last if day.year < year and kind == "recurring"]
        ),
        "LYBUNT: last year, not this": len(
            [day for day, kind in last if day.year == year - 1 and kind != "recurring"]
        ),
        "SYBUNT: earlier, neither last year nor this": len(
            [day for day, kind in last if day.year < year - 1 and kind != "recurring"]
        ),
    }
    assert sum(numbers.values()) == len(last)
    return [(name, number, Fraction(number, len(last))) for name, number in numbers.items()] if last else []


def by_month(last: Last, year: int) -> list[Row]:
    days = [date(year - 1, month, 1) for month in range(1, 13)]
    rows = [row(f"{day:%B %Y}", last, lambda each, day=day: each.replace(day=1) == day) for day in days]
    return rows if any(each[1] for each in rows) else []


def by_year(last: Last, year: int) -> list[Row]:
    earliest = min((day.year for day, _ in last), default=year)
    years = range(year - 2, earliest - 1, -1)
    rows = [row(str(each), last, lambda day, each=each: day.year == each) for each in years]
    return rows if any(each[1] for each in rows) else []


def overdue(last: Last, today: date) -> list[Row]:
    ends = [ago(today, months) for months in (13, 18, 24, 36, 60)]
    begins = [*ends[1:], date.min]
    rows = [
        row(f"{name} months ago", last, lambda day, begin=begin, end=end: begin < day <= end)
        for name, begin, end in zip(NAMES, begins, ends, strict=True)
    ]
    rows[-1] = ("60 months ago and more", *rows[-1][1:])
    return rows if any(each[1] for each in rows) else []


def rows_of(report: Report, slug: str) -> list[Row]:
    return list(next(each for each in report.tables if each.slug == slug).rows)


@over_histories(5)
@given(histories, st.sampled_from(DAYS), st.sampled_from([ZONE.key, "Europe/Moscow"]))
def test_every_figure_is_what_last_gifts_say_and_opens_to_its_rows(
    app: Flask, history: History, today: date, zone: str
) -> None:
    live(history)
    asked = asked_on(today, zone)

    with reading() as session:
        report, last = lapsed.run(session, asked), last_gifts(session)
        assert rows_of(report, "everyone") == everyone(last, today.year)
        assert rows_of(report, "lybunt") == by_month(last, today.year)
        assert rows_of(report, "sybunt") == by_year(last, today.year)
        assert rows_of(report, "overdue") == overdue(last, today)
        assert disagreements(session, report, asked, lapsed.APPLIES) == []


def sentences(today: date = DAYS[0]) -> dict[str, str]:
    with reading() as session:
        report = lapsed.run(session, asked_on(today))
    return {"summary": report.summary} | {table.slug: table.sentence for table in report.tables}


def test_before_anybody_gave_each_sentence_says_so(app: Flask) -> None:
    refresh_rollups.refresh_all(current())

    assert sentences() == {
        "summary": "On 22 November 2026, nobody who gave in an earlier year is missing.",
        "everyone": "Nobody has given yet.",
        "lybunt": "No supporters gave in 2025, and not since.",
        "sybunt": "No supporters gave last in 2024 or earlier.",
        "overdue": "No supporters gave last on 22 October 2025 or before.",
    }


def test_whoever_gives_regularly_is_missed_by_nobody_until_that_ends(app: Flask) -> None:
    december = datetime(2025, 12, 5, 12, tzinfo=UTC)
    with writing() as session:
        annual = make_supporter(session, current().vault)
        gift = make_subscription(session, annual, at=december)
        make_donation(session, annual, at=december)
        make_donation(session, make_supporter(session, current().vault), at=december - timedelta(days=90))
    refresh_rollups.refresh_all(current())
    told = sentences()
    with writing() as session:
        gift = session.merge(gift)
        gift.standing, gift.ended_at = Standing.CANCELED, NOON
    refresh_rollups.refresh_all(current())

    assert told["lybunt"] == (
        "1 supporter gave in 2025, and not since. The most in one month: 1, in September 2025."
    )
    assert sentences()["lybunt"].startswith("2 supporters gave in 2025, and not since.")
    assert sentences()["overdue"] == "1 supporter gave last on 22 October 2025 or before."


def test_a_gift_is_overdue_from_the_day_on_which_it_is_13_months_old(app: Flask) -> None:
    with writing() as session:
        make_donation(
            session, make_supporter(session, current().vault), at=datetime(2026, 1, 31, 12, tzinfo=UTC)
        )
    refresh_rollups.refresh_all(current())

    assert sentences(date(2027, 2, 28))["overdue"].startswith("No supporters")
    assert sentences(date(2027, 3, 1))["overdue"].startswith("1 supporter")
