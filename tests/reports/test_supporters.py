"""Every figure about supporters against what each of them gave, read year by year from the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, MovementKind
from donations.domain.periods import Period, local_day
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Donation, Movement, Subscription, Supporter
from donations.models.database import reading, writing
from donations.reports import supporters
from donations.reports.filters import Compare, Filters
from donations.reports.table import Report, Table
from donations.runtime import current
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_supporter
from tests.histories import History, histories, live
from tests.reports.rows_behind import disagreements

LATER = [2025, 2026, 2027, 2029, 2033]
"""Years in which to look back: the histories end in 2026."""
periods = st.builds(
    lambda year, first, last: Period(date(year, min(first, last), 1), date(year, max(first, last), 28)),
    st.sampled_from(LATER),
    st.integers(1, 12),
    st.integers(1, 12),
)
filters = st.builds(
    lambda period, zone, compare, currency, known_on: Filters(
        period=period,
        as_of=datetime(max(period.last.year, 2026), 12, 30, tzinfo=NOON.tzinfo),
        zone=ZoneInfo(zone),
        compare=compare,
        currency=currency,
        frequency=Frequency.MONTHLY if currency else None,
        known_on=known_on,
        campaign="spring" if known_on else None,
        is_usual_zone=zone == ZONE.key,
    ),
    periods,
    st.sampled_from([ZONE.key, "Europe/Moscow", "UTC"]),
    st.sampled_from(Compare),
    st.sampled_from([None, "eur"]),
    st.sampled_from([None, date(2026, 3, 1)]),
)


def table_of(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


def giving_years(session: Session) -> list[list[int]]:
    """Of each supporter who gave, the years in which they did."""
    years: defaultdict[int, set[int]] = defaultdict(set)
    for donation in session.scalars(select(Donation)):
        years[donation.supporter_id].add(donation.charged_on.year)
    return [sorted(each) for each in years.values()]


def lifecycle(session: Session, year: int) -> tuple[int, ...]:
    found: Counter[str] = Counter()
    for years in giving_years(session):
        so_far = [each for each in years if each <= year]
        if not so_far:
            continue
        if so_far[-1] == year:
            found["gave"] += 1
            before = so_far[-2] if len(so_far) > 1 else None
            found["new" if before is None else "again" if before == year - 1 else "back"] += 1
        else:
            ago = year - so_far[-1]
            found["lapsed" if ago == 1 else "deep" if ago <= 5 else "lost"] += 1
    return tuple(found[name] for name in ("gave", "new", "again", "back", "lapsed", "deep", "lost"))


def retention(session: Session, year: int) -> tuple[int | Fraction | None, ...]:
    gave = [years for years in giving_years(session) if year - 1 in years]
    cells: list[int | Fraction | None] = []
    for those in (
        gave,
        [years for years in gave if years[0] == year - 1],
        [years for years in gave if years[0] < year - 1],
    ):
        kept = len([years for years in those if year in years])
        cells += [len(those), kept, Fraction(kept, len(those)) if those else None]
    return tuple(cells)


def kinds(session: Session) -> Counter[str]:
    found: Counter[str] = Counter()
    for supporter in session.scalars(select(Supporter)):
        of_them = Subscription.supporter_id == supporter.id
        paid = [each for each in session.scalars(select(Subscription).where(of_them)) if each.first_paid_at]
        gave = session.scalars(select(Donation).where(Donation.supporter_id == supporter.id)).first()
        if any(each.ended_at is None for each in paid):
            found["Recurring"] += 1
        else:
            found["Recurring, ended" if paid else "One-time only" if gave else "Never paid"] += 1
    return found


def states(session: Session) -> dict[str, list[Subscription]]:
    found: dict[str, list[Subscription]] = {"Active": [], "Failing": [], "Paused": [], "Waiting": []}
    for each in session.scalars(select(Subscription)):
        if each.ended_at is not None:
            continue
        if each.first_paid_at is None:
            found["Waiting"].append(each)
        elif each.is_collection_paused or each.standing is Standing.PAUSED:
            found["Paused"].append(each)
        elif each.standing is Standing.PAST_DUE:
            found["Failing"].append(each)
        else:
            found["Active" if each.standing in {Standing.ACTIVE, Standing.TRIALING} else "Waiting"].append(
                each
            )
    return found


def moved(session: Session, period: Period, zone: ZoneInfo) -> tuple[int, ...]:
    lines = [
        each for each in session.scalars(select(Movement)) if local_day(each.occurred_at, zone) in period
    ]
    return (
        len([each for each in lines if each.kind is MovementKind.NEW]),
        len([each for each in lines if each.kind is MovementKind.REACTIVATED]),
        len([each for each in lines if each.cause is ChurnCause.PAYMENT_FAILURE]),
        len([each for each in lines if each.cause is ChurnCause.VOLUNTARY]),
        len([each for each in lines if each.cause is ChurnCause.DISPUTE]),
    )


@over_histories(5)
@given(histories, st.lists(filters, min_size=2, max_size=2))
def test_every_figure_is_what_the_rows_say_and_opens_to_its_own(
    app: Flask, history: History, asked: list[Filters]
) -> None:
    live(history)

    with reading() as session:
        for each in asked:
            report = supporters.run(session, each)
            years_agree(session, report, each)
            others_agree(session, report, each)
        assert disagreements(session, report, each, supporters.APPLIES) == []


def years_agree(session: Session, report: Report, asked: Filters) -> None:
    last = asked.period.last.year
    givers = giving_years(session)
    first = min((years[0] for years in givers), default=last + 1)
    shown = list(range(first, last + 1))[-10:]
    rows = table_of(report, "lifecycle").rows
    assert [row[1:] for row in rows] == [lifecycle(session, year) for year in shown]
    assert [str(row[0])[:4] for row in rows] == [str(year) for year in shown]
    assert [row[1:] for row in table_of(report, "donor-retention").rows] == [
        retention(session, year) for year in shown
    ]
    for year, row in zip(shown, rows, strict=True):
        gave, new, again, back, *gone = (int(str(cell)) for cell in row[1:])
        assert gave == new + again + back
        assert gave + sum(gone) == len([years for years in givers if years[0] <= year])


def others_agree(session: Session, report: Report, asked: Filters) -> None:
    number_of, total = kinds(session), len(list(session.scalars(select(Supporter))))
    names = ("Recurring", "Recurring, ended", "One-time only", "Never paid")
    expected = [(name, number_of[name], Fraction(number_of[name], total)) for name in names] if total else []
    assert list(table_of(report, "kinds").rows) == expected
    stand = states(session)
    assert list(table_of(report, "states").rows) == (
        [(name, len(each), len([gift for gift in each if gift.cancels_at])) for name, each in stand.items()]
        if any(stand.values())
        else []
    )
    now, before = (moved(session, period, asked.zone) for period in (asked.period, asked.previous))
    assert [row[1:] for row in table_of(report, "began-and-ended").rows] == (
        [(a, b, a - b) for a, b in zip(now, before, strict=True)] if any((*now, *before)) else []
    )


AS_OF = Filters(Period(date(2026, 1, 1), date(2026, 11, 22)), NOON, ZONE)


def sentences(asked: Filters = AS_OF) -> dict[str, str]:
    with reading() as session:
        report = supporters.run(session, asked)
    return {"summary": report.summary} | {table.slug: table.sentence for table in report.tables}


def test_before_anybody_gave_each_sentence_says_so(app: Flask) -> None:
    refresh_rollups.refresh_all(current())

    assert sentences() == {
        "summary": "Nobody has given or tried to yet.",
        "lifecycle": "Nobody gave in 2026 so far, or in 2025.",
        "donor-retention": "Nobody gave in 2025, so nobody could give again in 2026 so far.",
        "kinds": "Nobody has given or tried to yet.",
        "states": "There are no recurring gifts now.",
        "began-and-ended": "From 1 January to 22 November 2026, no supporters began to give regularly "
        "and none began again; no recurring gifts ended.",
    }


@pytest.fixture
def three(app: Flask) -> None:
    """One who gave in 2024 and 2025, one in 2025 and 2026, and one for the first time in 2026."""
    with writing() as session:
        for years in ((2024, 2025), (2025, 2026), (2026,)):
            supporter = make_supporter(session, current().vault)
            for year in years:
                make_donation(session, supporter, at=datetime(year, 5, 1, tzinfo=NOON.tzinfo))
    refresh_rollups.refresh_all(current())


def test_a_year_that_still_runs_is_told_from_one_that_is_over(three: None) -> None:
    running = sentences()
    over = sentences(replace(AS_OF, period=Period(date(2025, 1, 1), date(2025, 12, 31))))

    assert running["lifecycle"] == (
        "In 2026 so far, 2 supporters gave: 1 new, 1 who gave in 2025 too and 0 who came back. "
        "Of those who gave in 2025, 1 have not given again yet."
    )
    assert running["donor-retention"] == (
        "Of 2 supporters who gave in 2025, 1 gave again in 2026 so far, or 50.0 %: "
        "100.0 % of those who gave for the first time then and 0.0 % of the others."
    )
    assert "Of those who gave in 2024, 0 did not give again." in over["lifecycle"]
