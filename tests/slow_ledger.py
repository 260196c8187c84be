"""The ledger read line by line, without any sums: slow, and obvious."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, whole_month
from donations.domain.standing import Standing
from donations.models import Movement, Origin, Subscription
from donations.reports.figures import adds_up, words_behind
from donations.reports.filters import Compare, Filter, Filters, read_filters
from donations.reports.paging import PAGE_SIZE
from donations.reports.rows.page import RowsPage
from donations.reports.rows.registry import ROWS
from donations.reports.table import Behind, Cell, Report, Table
from donations.services import movements
from tests.factories import NOON, ZONE
from tests.histories import Die, History, change, pick, pledge, somebody

KINDS = ["New", "Reactivated", "Upgraded", "Resumed", "Downgraded", "Paused", "Churned"]
DAY = timedelta(days=1)
AS_OF = NOON + timedelta(hours=1)
PERIODS = [
    Period(date(2026, 10, 24), date(2026, 11, 22)),
    Period(date(2026, 3, 1), date(2026, 3, 31)),
    Period(date(2026, 6, 30), date(2026, 10, 15)),
    Period(date(2024, 12, 1), date(2026, 11, 22)),
    Period(date(2026, 2, 28), date(2026, 2, 28)),
]


def ends(session: Session, die: Die, at: datetime) -> None:
    """A gift ends, or charging it is given up, for one of the reasons that Stripe gives."""
    row = pick(session, Subscription, die)
    if row is None or row.ended_at is not None:
        return
    reason = ("cancellation_requested", "payment_failed", "payment_disputed", None)[die.of(4)]
    if reason is None:
        row.standing = Standing.UNPAID
    else:
        row.standing, row.ended_at, row.end_reason = Standing.CANCELED, at, reason
    movements.book(session, row, zone=ZONE, now=at + timedelta(days=die.of(40)))


recurring_histories: st.SearchStrategy[History] = st.tuples(
    st.lists(
        st.sampled_from([somebody, pledge, pledge, pledge, change, change, ends]), min_size=12, max_size=50
    ).map(lambda acts: [(act, False) for act in (somebody, pledge, *acts)]),
    st.lists(st.integers(0, 1 << 30), min_size=8, max_size=60),
)
"""Histories in which recurring gifts begin, change and end all the time."""

periods = st.sampled_from(PERIODS)
zones = st.sampled_from([ZONE, ZoneInfo("Europe/Moscow"), ZoneInfo("UTC")])
known_days = st.none() | st.dates(date(2025, 11, 1), date(2026, 11, 22))
filters_of = st.builds(
    lambda period, zone, currency, frequency, campaign, known_on, compare: Filters(
        period,
        AS_OF,
        zone,
        currency=currency,
        frequency=frequency,
        campaign=campaign,
        known_on=known_on,
        compare=compare,
        is_usual_zone=zone is ZONE,
    ),
    periods,
    zones,
    st.sampled_from([None, "eur", "usd"]),
    st.sampled_from([None, None, *Frequency]),
    st.sampled_from([None, None, "spring", ""]),
    known_days,
    st.sampled_from(Compare),
)
plain_filters = st.builds(
    lambda period, zone: Filters(period, AS_OF, zone, is_usual_zone=zone is ZONE), periods, zones
)
asked_of = st.tuples(plain_filters, filters_of, filters_of)
"""Filters to ask one history for: once for everything, then for parts of it."""


@dataclass(frozen=True)
class Line:
    """One movement, as far as the filters go."""

    day: date
    kind: str
    cause: str
    tag: str
    currency: str
    annual: int
    gifts: int
    heads: int
    heads_in_currency: int
    number: int
    """1; 0 where it only leads away from the frequency that is asked for."""


@dataclass(frozen=True)
class Slow:
    """What the lines come to. Without people where the filters cut through them."""

    lines: list[Line]
    filters: Filters
    by_cohort: dict[date, list[Line]]
    """By the month of each supporter's first line."""

    @classmethod
    def read(cls, session: Session, filters: Filters) -> Slow:
        rows = session.execute(
            select(Movement, Origin.campaign)
            .join(Subscription, Subscription.id == Movement.subscription_id)
            .outerjoin(Origin, Origin.id == Subscription.origin_id)
            .order_by(Movement.id)
        ).all()
        cohorts: dict[int, date] = {}
        lines: list[Line] = []
        by_cohort: dict[date, list[Line]] = defaultdict(list)
        for row, campaign in rows:
            cohorts.setdefault(row.supporter_id, local(row.occurred_at, filters).replace(day=1))
            is_known = filters.known_on is None or local(row.recorded_at, filters) <= filters.known_on
            is_from_there = filters.campaign in {None, campaign or ""}
            if is_known and is_from_there and filters.currency in {None, row.currency}:
                lines += _lines_of(row, filters)
                by_cohort[cohorts[row.supporter_id]] += _lines_of(row, filters)
        return cls(lines, filters, by_cohort)

    @property
    def counts_people(self) -> bool:
        return self.filters.frequency is None and self.filters.campaign is None

    @property
    def currencies(self) -> list[str]:
        found = {each.currency for each in self.lines if each.day <= self.filters.period.last}
        return sorted(found, key=lambda code: (code != "eur", code))

    def chosen(self, *conditions: Callable[[Line], bool]) -> list[Line]:
        return [each for each in self.lines if all(condition(each) for condition in conditions)]

    def heads(self, lines: list[Line], code: str | None = None) -> int | None:
        if not self.counts_people:
            return None
        is_one = code is not None or self.filters.currency is not None
        return sum(each.heads_in_currency if is_one else each.heads for each in lines)


def mrr(lines: list[Line], code: str) -> Money:
    return Money(round(Fraction(sum(each.annual for each in lines), 12)), code)


def gifts(lines: list[Line]) -> int:
    return sum(each.gifts for each in lines)


def within(period: Period) -> Callable[[Line], bool]:
    return lambda line: period.first <= line.day <= period.last


def until(day: date) -> Callable[[Line], bool]:
    return lambda line: line.day <= day


def of(**values: str | None) -> Callable[[Line], bool]:
    return lambda line: all(value is None or getattr(line, name) == value for name, value in values.items())


def local(instant: datetime, filters: Filters) -> date:
    return instant.astimezone(filters.zone).date()


def table(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


def cells(found: Table) -> list[dict[str, Cell]]:
    """Each row by the keys of its columns."""
    keys = [column.key for column in found.columns]
    return [dict(zip(keys, row, strict=True)) for row in found.rows]


def rows_of(session: Session, filters: Filters, applies: frozenset[Filter], behind: Behind) -> RowsPage:
    """The rows behind a figure, asked for in the words of its link."""
    words = words_behind(filters, applies, behind)
    asked = read_filters(words, AS_OF, ZONE)
    entry = ROWS[behind.of]
    page = entry.run(session, asked.filters, {name: words[name] for name in entry.words & words.keys()}, 1)
    assert (asked.problems, page.problems) == ((), ())
    assert len(page.table.rows) == min(page.total_rows, PAGE_SIZE)
    return page


def check_rows(
    session: Session, report: Report, filters: Filters, applies: frozenset[Filter], draw: int, most: int
) -> None:
    """That the rows add up to their figures: to `most` of them, chosen by `draw`."""
    places = [
        (found, place, behind)
        for found in report.tables
        for place, behind in found.behind.items()
        if behind.of in ROWS
    ]
    step = max(1, len(places) // most)
    for found, (number, key), behind in places[draw % step :: step]:
        value = found.rows[number][found.index_of(key)]
        page = rows_of(session, filters, applies, behind)
        assert adds_up(value, page) is not False, (found.slug, number, key, value, page.total, behind)


def lines_of_step(slow: Slow, step: str, period: Period, code: str | None) -> list[Line]:
    if step in KINDS:
        return slow.chosen(of(currency=code, kind=step.lower()), within(period))
    day = period.last if step == "Closing" else period.first - DAY
    return slow.chosen(of(currency=code), until(day))


def months_of(period: Period) -> list[Period]:
    """Twelve up to the last, or all that the period touches."""
    firsts = [period.last.replace(day=1)]
    while len(firsts) < 12 or firsts[-1] > period.first:
        firsts.append((firsts[-1] - DAY).replace(day=1))
    return [Period(first, min(whole_month(first).last, period.last)) for first in reversed(firsts)]


def _lines_of(row: Movement, filters: Filters) -> list[Line]:
    after = row.annual_before + row.annual_amount
    is_switch = row.switched_from is not None
    whole = Line(
        day=local(row.occurred_at, filters),
        kind=row.kind,
        cause=row.cause or "",
        tag=row.tag or "",
        currency=row.currency,
        annual=row.annual_amount,
        gifts=(after > 0) - (row.annual_before > 0),
        heads=row.supporters,
        heads_in_currency=row.supporters_in_currency,
        number=1,
    )
    if filters.frequency is None:
        return [whole]
    found: list[Line] = []
    if row.frequency == filters.frequency:
        found.append(replace(whole, annual=after, gifts=int(after > 0)) if is_switch else whole)
    if row.switched_from == filters.frequency:
        gone = -int(row.annual_before > 0)
        found.append(
            replace(whole, annual=-row.annual_before, gifts=gone, heads=0, heads_in_currency=0, number=0)
        )
    return found
