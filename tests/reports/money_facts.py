"""Money reckoned the slow and obvious way, from each row; and the rows behind figures, held against them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.currencies import exponent_of
from donations.domain.gifts import Frequency
from donations.domain.periods import Period, local_day
from donations.models import Adjustment, Donation, DonationSource, Origin, ReferenceRate, Supporter
from donations.models.database import writing
from donations.reports.figures import adds_up, words_behind
from donations.reports.filters import FILTER_WORDS, Filter, Filters, read_filters
from donations.reports.rows.registry import ROWS
from donations.reports.table import Cell, Report, Table
from tests.factories import NOON, ZONE, make_donation
from tests.histories import ACTS, Act, Die, History, gift, pick, pledge, somebody

RATES = {("usd", month): 1_000_000 + 10_007 * month for month in range(1, 13)} | {
    ("jpy", month): 150_000_000 + 1_000_003 * month for month in range(1, 13) if month != 2
}
"""Millionths by currency and month, alike in each year; there is none of the yen in February."""


def instalment(session: Session, die: Die, at: datetime) -> None:
    """A gift of any rhythm, some of them entered by staff."""
    supporter, origin = pick(session, Supporter, die), pick(session, Origin, die)
    if supporter is None:
        return
    is_offline = die.of(4) == 0
    columns = {"source": DonationSource.OFFLINE, "stripe_payment_intent_id": None, "stripe_charge_id": None}
    make_donation(
        session,
        supporter,
        amount=(500, 1000, 2500)[die.of(3)],
        currency=("eur", "usd")[die.of(2)],
        frequency=Frequency.ONCE if is_offline else tuple(Frequency)[die.of(3)],
        at=at - timedelta(hours=die.of(500)),
        recorded_at=at,
        fee=0 if is_offline else (None, 31)[die.of(2)],
        origin_id=None if origin is None or die.of(3) == 0 else origin.id,
        **(columns if is_offline else {}),
    )


_OPENING: list[tuple[Act, bool]] = [
    *[(somebody, False)] * 3, *[(gift, False), (instalment, False), (pledge, False)] * 3,
]  # fmt: skip

histories: st.SearchStrategy[History] = st.tuples(
    st.lists(
        st.tuples(st.sampled_from([*ACTS, instalment, instalment]), st.booleans()), min_size=8, max_size=35
    ).map(lambda acts: [*_OPENING, *acts]),
    st.lists(st.integers(0, 1 << 30), min_size=8, max_size=60),
)
"""In which there is something to look at."""

_PERIODS = [
    Period(date(2026, 10, 1), date(2026, 10, 31)),
    Period(date(2025, 12, 31), date(2026, 3, 31)),
    Period(date(2025, 10, 1), date(2026, 9, 30)),
    Period(date(2025, 10, 18), date(2026, 11, 22)),
    Period(date(2026, 1, 1), date(2026, 11, 22)),
]
_KNOWN_ON = [None, None, None, date(2026, 9, 30), date(2026, 5, 31)]

filters_of: st.SearchStrategy[Filters] = st.builds(
    lambda words, period, zone: replace(
        read_filters({key: word for key, word in words.items() if word}, NOON, ZONE).filters,
        period=period,
        preset=None,
        zone=zone,
        is_usual_zone=zone == ZONE,
    ),
    st.fixed_dictionaries(
        {
            "currency": st.sampled_from([None, None, "eur", "usd"]),
            "frequency": st.sampled_from([None, None, "once", "monthly", "annual"]),
            "campaign": st.sampled_from([None, None, "spring", "@none"]),
            "compare": st.sampled_from([None, "year"]),
            "known_on": st.sampled_from(_KNOWN_ON).map(lambda day: None if day is None else day.isoformat()),
        }
    ),
    st.sampled_from(_PERIODS),
    st.sampled_from([ZONE, ZoneInfo("Europe/Moscow"), ZoneInfo("UTC")]),
)


def store_rates_once() -> None:
    """For all histories of a test: rates are never taken away."""
    with writing() as session:
        if session.scalar(select(ReferenceRate.id).limit(1)) is None:
            _store_rates(session)


def _store_rates(session: Session) -> None:
    for year in (2023, 2024, 2025, 2026):
        for (currency, month), per_euro in RATES.items():
            session.add(
                ReferenceRate(
                    month=date(year, month, 1), currency=currency, version=1, per_euro=per_euro,
                    source="t.csv", recorded_at=NOON - timedelta(days=900), recorded_on=date(2024, 6, 5),
                )
            )  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """What one row adds, to which figures, on which day."""

    day: date
    currency: str
    frequency: str
    source: str
    settlement_currency: str | None
    adds: Counter[str]


def facts(session: Session, filters: Filters, period: Period) -> list[Fact]:
    """All of a period that the filters leave, known by then."""
    return [each for each in _facts(session, filters) if each.day in period]


def _facts(session: Session, filters: Filters) -> Iterator[Fact]:
    for row in session.scalars(select(Donation)):
        if not matches(session, filters, row, row.recorded_at):
            continue
        adds = Counter(donations=1, gross=row.amount, net=row.amount)
        settled_in = None
        if row.fee_amount is not None and is_known(filters, row.settlement_recorded_at or row.recorded_at):
            settled_in, taken = row.settlement_currency, fee_of(row)
            adds.update(fees=-taken, settled=row.settled_amount, payments=1, net=-taken)
            adds.update(settled_fees=-row.fee_amount, settled_net=row.net_amount)
        else:
            adds.update(pending_donations=1, pending_gross=row.amount)
        yield Fact(
            local_day(row.charged_at, filters.zone), row.currency, row.frequency, row.source, settled_in, adds
        )
    for line in session.scalars(select(Adjustment)):
        row = session.get_one(Donation, line.donation_id)
        if matches(session, filters, row, line.recorded_at):
            direction = 1 if line.amount > 0 else -1
            adds = Counter({"net": -line.amount})
            if line.kind is AdjustmentKind.REFUND:
                adds.update(refunded=-line.amount, refunds=direction)
            else:
                adds.update(disputed=-line.amount, disputes=direction)
            day = local_day(line.occurred_at, filters.zone)
            yield Fact(day, row.currency, row.frequency, row.source, None, adds)


def fee_of(row: Donation) -> int:
    """In the gift's currency, rounded half up."""
    if row.fee_amount is None or row.currency == row.settlement_currency or not row.settled_amount:
        return row.fee_amount or 0
    return int(Fraction(row.fee_amount * row.amount, row.settled_amount) + Fraction(1, 2))


def matches(session: Session, filters: Filters, row: Donation, learnt_at: datetime) -> bool:
    return (
        is_known(filters, learnt_at)
        and filters.currency in {None, row.currency}
        and filters.frequency in {None, row.frequency}
        and filters.campaign in {None, campaign_of(session, row.origin_id)}
    )


def is_known(filters: Filters, learnt_at: datetime) -> bool:
    return filters.known_on is None or local_day(learnt_at, filters.zone) <= filters.known_on


def campaign_of(session: Session, origin_id: int | None) -> str:
    return "" if origin_id is None else session.get_one(Origin, origin_id).campaign


def grouped(found: list[Fact], *names: str) -> dict[tuple[str, ...], Counter[str]]:
    """By the attributes of these names; what adds up to nothing is left out."""
    sums: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for each in found:
        sums[tuple(str(getattr(each, name)) for name in names)].update(each.adds)
    return {key: adds for key, adds in sums.items() if any(adds.values())}


def in_euro(found: list[Fact], figure: str) -> Fraction | None:
    """In cents; None where a rate is missing."""
    total = Fraction(0)
    by_month: Counter[tuple[str, int, int]] = Counter()
    for each in found:
        by_month[each.currency, each.day.year, each.day.month] += each.adds[figure]
    for (code, _, month), amount in by_month.items():
        cents = euro_of(amount, code, month)
        if cents is None:
            return None
        total += cents
    return total


def euro_of(amount: int | Fraction, code: str, month: int) -> Fraction | None:
    if code == "eur" or not amount:
        return Fraction(amount)
    if (code, month) not in RATES:
        return None
    return Fraction(amount) / 10 ** exponent_of(code) / Fraction(RATES[code, month], 10**6) * 100


def table(report: Report, slug: str) -> Table:
    return next(each for each in report.tables if each.slug == slug)


def cells(shown: Table, number: int, *keys: str) -> tuple[Cell, ...]:
    """Of one row; money in minor units."""
    found = (shown.rows[number][shown.index_of(key)] for key in keys)
    return tuple(getattr(cell, "amount", cell) for cell in found)


def assert_rows_add_up(session: Session, report: Report, filters: Filters, applies: frozenset[Filter]) -> int:
    """Every figure that opens is what its rows come to. How many that were; of the figures that are nothing,
    every tenth is looked at."""
    opened = nothing = 0
    for shown in report.tables:
        for (number, key), behind in shown.behind.items():
            value = shown.rows[number][shown.index_of(key)]
            nothing += not cells(shown, number, key)[0]
            if not cells(shown, number, key)[0] and nothing % 10:
                continue
            words = words_behind(filters, applies, behind)
            entry = ROWS[behind.of]
            others = {name: word for name, word in words.items() if name not in FILTER_WORDS}
            assert others.keys() <= entry.words, (shown.slug, key)
            page = entry.run(session, read_filters(words, filters.as_of, ZONE).filters, others, 1)
            assert adds_up(value, page), (shown.slug, number, key, value, page.total, page.total_rows)
            assert not page.problems
            opened += 1
    return opened
