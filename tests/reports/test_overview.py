"""The overview: every figure is what the rows say, reckoned the slow and obvious way; and its words."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.domain.periods import Period, local_day
from donations.domain.standing import Standing, counts_toward_mrr
from donations.jobs import refresh_rollups
from donations.models import Donation, Movement, Subscription
from donations.models.database import reading, writing
from donations.reports.filters import Filters, read_filters
from donations.reports.overview import APPLIES, run
from donations.reports.table import Report
from donations.reports.typical_gifts import median
from donations.runtime import current
from donations.services import movements
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_refund, make_subscription, make_supporter
from tests.histories import History, live
from tests.reports.money_facts import (
    Fact,
    assert_rows_add_up,
    campaign_of,
    cells,
    euro_of,
    facts,
    filters_of,
    grouped,
    histories,
    in_euro,
    is_known,
    matches,
    store_rates_once,
    table,
)

NAMES = {Frequency.ONCE: "One-time", Frequency.MONTHLY: "Monthly", Frequency.ANNUAL: "Annual"}


@over_histories(3)
@given(histories, filters_of)
def test_every_figure_is_what_the_rows_say_and_opens_to_them(
    app: Flask, history: History, filters: Filters
) -> None:
    store_rates_once()
    live(history)
    with reading() as session:
        report = run(session, filters)
        now, before = (facts(session, filters, each) for each in (filters.period, filters.previous))

        assert_income(report, now, before)
        assert_taken_back(report, now, before)
        assert_days(report, now, before, filters)
        assert_typical(session, report, filters)
        stood = [gifts_on(session, filters, each.last) for each in (filters.period, filters.previous)]
        assert_euros(report, (now, before), stood, filters)
        if filters.frequency is not Frequency.ONCE:
            assert_recurring(report, stood)
            assert_people(session, report, stood, filters)
            assert_risks(session, report, filters)
        assert_rows_add_up(session, report, filters, APPLIES)


def assert_income(report: Report, now: list[Fact], before: list[Fact]) -> None:
    shown, found, past = table(report, "income"), grouped(now, "currency"), grouped(before, "currency")
    assert {*found, *past} <= {(code,) for code in shown.values("currency")}
    for number, code in enumerate(shown.values("currency")):
        for key in ("donations", "gross", "net"):
            both = found.get((code,), {}).get(key, 0), past.get((code,), {}).get(key, 0)
            assert cells(shown, number, key, f"{key}_before") == both
        assert cells(shown, number, "difference") == (both[0] - both[1],)
        change = Fraction(both[0] - both[1], both[1]) if both[1] > 0 else None
        assert cells(shown, number, "change") == (change,)


def assert_taken_back(report: Report, now: list[Fact], before: list[Fact]) -> None:
    shown, found, past = table(report, "taken-back"), grouped(now, "currency"), grouped(before, "currency")
    for number, code in enumerate(shown.values("currency")):
        for key, sign in (("refunds", 1), ("refunded", -1), ("disputes", 1), ("disputed", -1)):
            both = [sign * each.get((code,), {}).get(key, 0) for each in (found, past)]
            assert list(cells(shown, number, key, f"{key}_before")) == both


def assert_days(report: Report, now: list[Fact], before: list[Fact], filters: Filters) -> None:
    if len(filters.period) > 92:
        shown = table(report, "by-month")
        assert sum(Counter(shown.values("donations")).elements()) == sum(e.adds["donations"] for e in now)
        return
    shown = table(report, "gross-by-day")
    found, past = grouped(now, "currency", "day"), grouped(before, "currency", "day")
    total: Counter[str] = Counter()
    for number, (code, day, other) in enumerate(
        zip(*(shown.values(key) for key in ("currency", "day", "day_before")), strict=True)
    ):
        wanted = [found.get((str(code), str(day)), {}).get(key, 0) for key in ("gross", "donations")]
        assert list(cells(shown, number, "gross", "donations")) == (wanted if day else [None, None])
        gross_before = past.get((str(code), str(other)), {}).get("gross", 0)
        assert cells(shown, number, "gross_before") == (gross_before if other else None,)
        total.update(now=wanted[0], before=gross_before)
    assert total["now"] == sum(each.adds["gross"] for each in now)
    assert total["before"] == sum(each.adds["gross"] for each in before)


def assert_typical(session: Session, report: Report, filters: Filters) -> None:
    shown = table(report, "typical-gift")
    gifts = [amounts_in(session, filters, each) for each in (filters.period, filters.previous)]
    assert {*zip(shown.values("currency"), shown.values("frequency"), strict=True)} == {*gifts[0], *gifts[1]}
    for number, key in enumerate(zip(shown.values("currency"), shown.values("frequency"), strict=True)):
        for each, suffix in zip(gifts, ("", "_before"), strict=True):
            given_ = each.get(key, [])
            average = round(Fraction(sum(given_), len(given_))) if given_ else None
            middle = round(statistics.median(map(Fraction, given_))) if given_ else None
            wanted = average, None if filters.campaign is not None else middle
            assert cells(shown, number, f"average{suffix}", f"median{suffix}") == wanted


def amounts_in(session: Session, filters: Filters, period: Period) -> dict[tuple[object, ...], list[int]]:
    found: dict[tuple[object, ...], list[int]] = {}
    for row in session.scalars(select(Donation)):
        if local_day(row.charged_at, filters.zone) in period and matches(
            session, filters, row, row.recorded_at
        ):
            found.setdefault((row.currency, NAMES[row.frequency]), []).append(row.amount)
    return found


@dataclass(frozen=True)
class Stood:
    """A recurring gift that counted at the end of a day."""

    supporter_id: int
    currency: str
    frequency: Frequency
    annual: int


def gifts_on(session: Session, filters: Filters, day: date) -> list[Stood]:
    """Each as its last line of the ledger left it by then."""
    last = {
        line.subscription_id: line
        for line in session.scalars(select(Movement).order_by(Movement.id))
        if local_day(line.occurred_at, filters.zone) <= day and is_known(filters, line.recorded_at)
    }
    return [
        Stood(line.supporter_id, line.currency, line.frequency, line.annual_before + line.annual_amount)
        for line in last.values()
        if line.annual_before + line.annual_amount and is_asked(session, filters, line, line.frequency)
    ]


def is_asked(session: Session, filters: Filters, line: Movement | Subscription, frequency: Frequency) -> bool:
    gift = line if isinstance(line, Subscription) else session.get_one(Subscription, line.subscription_id)
    return (
        filters.currency in {None, gift.currency}
        and filters.frequency in {None, frequency}
        and filters.campaign in {None, campaign_of(session, gift.origin_id)}
    )


def assert_recurring(report: Report, stood: list[list[Stood]]) -> None:
    shown = table(report, "mrr")
    assert {each.currency for found in stood for each in found} <= set(shown.values("currency"))
    for number, code in enumerate(shown.values("currency")):
        of_code = [[each for each in found if each.currency == code] for found in stood]
        assert cells(shown, number, "gifts", "gifts_before") == tuple(map(len, of_code))
        mrr = [round(sum((Fraction(each.annual, 12) for each in found), Fraction(0))) for found in of_code]
        assert cells(shown, number, "mrr", "mrr_before", "difference") == (*mrr, mrr[0] - mrr[1])


def assert_people(session: Session, report: Report, stood: list[list[Stood]], filters: Filters) -> None:
    row = table(report, "active-recurring-supporters").rows[0]
    if filters.frequency is not None or filters.campaign is not None:
        assert set(row) == {None}
        return
    now, before = (len({each.supporter_id for each in found}) for found in stood)
    moved: Counter[MovementKind] = Counter()
    for line in session.scalars(select(Movement)):
        if local_day(line.occurred_at, filters.zone) in filters.period and is_known(
            filters, line.recorded_at
        ):
            if filters.currency is None:
                moved[line.kind] += line.supporters
            elif line.currency == filters.currency:
                moved[line.kind] += line.supporters_in_currency
    kinds = [MovementKind(each) for each in ("new", "reactivated", "resumed", "paused", "churned")]
    assert row == (now, before, now - before, *(moved[kind] for kind in kinds))


def assert_risks(session: Session, report: Report, filters: Filters) -> None:
    """As they stand now, wherever they came from."""
    wherever, shown = replace(filters, campaign=None), table(report, "at-risk")
    found: dict[object, list[int | Fraction]] = {}
    for gift in session.scalars(select(Subscription).where(Subscription.ended_at.is_(None))):
        if gift.first_paid_at is None or not is_asked(session, wherever, gift, gift.frequency):
            continue
        counts = counts_toward_mrr(gift.standing, gift.is_collection_paused, has_paid=True)
        is_failing = counts and gift.standing is Standing.PAST_DUE
        groups = is_failing, counts and gift.cancels_at is not None, gift.is_collection_paused
        sums = found.setdefault(gift.currency, [0] * 6)
        for place, is_in in enumerate(groups):
            sums[2 * place] += is_in
            sums[2 * place + 1] += is_in * Fraction(gift.amount, gift.frequency.months or 1)
    keys = [f"{group}_{what}" for group in ("risk", "ending", "paused") for what in ("gifts", "mrr")]
    assert {code: cells(shown, number, *keys) for number, code in enumerate(shown.values("currency"))} == {
        code: tuple(map(round, sums)) for code, sums in found.items() if any(sums)
    }


def assert_euros(
    report: Report, found: tuple[list[Fact], list[Fact]], stood: list[list[Stood]], filters: Filters
) -> None:
    is_once = filters.frequency is Frequency.ONCE
    codes = {each.currency for facts_ in found for each in facts_}
    codes |= {each.currency for gifts in stood for each in gifts}
    assert any(each.slug == "in-euro" for each in report.tables) == bool(codes - {"eur"})
    if not codes - {"eur"}:
        return
    shown = table(report, "in-euro")
    wanted = {"Net": [in_euro(each, "net") for each in found]}
    if not is_once:
        days = filters.period.last, filters.previous.last
        wanted["MRR"] = [mrr_in_euro(gifts, day) for gifts, day in zip(stood, days, strict=True)]
    assert shown.values("figure") == tuple(wanted)
    for number, (now, before) in enumerate(wanted.values()):
        assert cells(shown, number, "now", "before") == (rounded(now), rounded(before))
    assert bool(shown.notes) == any(None in both for both in wanted.values())


def mrr_in_euro(gifts: list[Stood], day: date) -> Fraction | None:
    each = [euro_of(Fraction(gift.annual, 12), gift.currency, day.month) for gift in gifts]
    return None if None in each else sum((cents for cents in each if cents is not None), Fraction(0))


def rounded(cents: Fraction | None) -> int | None:
    return None if cents is None else round(cents)


@given(st.lists(st.integers(1, 60), max_size=30))
def test_the_median_of_counted_amounts_is_that_of_all(amounts: list[int]) -> None:
    found = median(Counter(amounts).items())

    assert found == (statistics.median(map(Fraction, amounts)) if amounts else None)


TEN_DAYS = {"from": "2026-11-13", "to": "2026-11-22"}


def report_of(words: Mapping[str, str] = TEN_DAYS) -> Report:
    with reading() as session:
        return run(session, read_filters(words, NOON, ZONE).filters)


def test_an_empty_history_is_told_as_one(app: Flask) -> None:
    report = report_of()

    assert report.summary == "Nothing was given in these days. Nobody gives regularly."
    assert table(report, "income").rows == (
        ("eur", *(Money(0, "eur"),) * 3, None, *(Money(0, "eur"),) * 2, 0, 0),
    )
    assert len(table(report, "gross-by-day").rows) == 10
    assert {each.slug: each.sentence for each in report.tables} == {
        "income": "No donations. Net: nothing; in the days before: nothing.",
        "gross-by-day": "Nothing was given on any of these days.",
        "mrr": "Recurring gifts bring nothing a month. Before: nothing.",
        "active-recurring-supporters": (
            "Nobody gives regularly, as many as before. Nobody was new, nobody left for good."
        ),
        "at-risk": "No gift is past due, set to end or paused now.",
        "taken-back": "Nothing was taken back.",
        "typical-gift": "No gift was made in these days, so none is typical.",
    }


def test_a_few_gifts_are_told_in_good_english(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        gift = make_subscription(session, nina, amount=1000, standing=Standing.PAST_DUE, cancels_at=NOON)
        movements.book(session, gift, zone=ZONE, now=NOON)
        donation = make_donation(
            session, nina, amount=1000, frequency=Frequency.MONTHLY, subscription=gift, fee=30
        )
        make_refund(session, donation, amount=250)
    refresh_rollups.refresh_all(current())

    report = report_of()

    assert report.summary == (
        "Readers gave €10 in 1 donation; after fees, refunds and disputes that is €7.20. "
        "1 supporter gives regularly: €10 a month."
    )
    assert [each.sentence for each in report.tables] == [
        "€10 in 1 donation. Net: €7.20; in the days before: nothing.",
        "Recurring gifts bring €10 a month. Before: nothing.",
        "1 supporter gives regularly, 1 more than before. 1 was new, nobody left for good.",
        "Now 1 gift is past due (€10 a month), 1 gift is set to end (€10 a month) and no gifts are paused.",
        "Something was given on 1 day of 10. Most was given on 22 November 2026: €10.",
        "Taken back: €2.50 by 1 refund.",
        "In EUR, the middle gift was €10 among monthly gifts.",
    ]
    assert all(each.definitions for each in report.tables)


def test_past_revenue_is_what_the_ledger_said_then(app: Flask) -> None:
    with writing() as session:
        gift = make_subscription(
            session, make_supporter(session, current().vault), amount=1000, at=NOON - timedelta(days=40)
        )
        movements.book(session, gift, zone=ZONE, now=NOON - timedelta(days=40))
        gift.amount = 2500
        movements.book(session, gift, zone=ZONE, now=NOON - timedelta(days=5))
        gift.is_collection_paused = True
        movements.book(session, gift, zone=ZONE, now=NOON)
    refresh_rollups.refresh_all(current())

    def mrr(last: str) -> object:
        return table(report_of({"from": "2026-11-01", "to": last}), "mrr").rows[0][1]

    assert [mrr(f"2026-11-{day}") for day in ("10", "17", "22")] == [
        Money(amount, "eur") for amount in (1000, 2500, 0)
    ]
    over = report_of({"from": "2026-11-01", "to": "2026-11-17"})
    assert over.summary.endswith("When the period ended, 1 supporter gave regularly: €25 a month.")


def test_annual_gifts_count_a_twelfth_exactly_until_they_are_shown(app: Flask) -> None:
    with writing() as session:
        for _ in range(12):
            supporter = make_supporter(session, current().vault)
            gift = make_subscription(session, supporter, frequency=Frequency.ANNUAL, amount=1001)
            movements.book(session, gift, zone=ZONE, now=NOON)
    refresh_rollups.refresh_all(current())

    assert table(report_of(), "mrr").rows[0][1] == Money(1001, "eur")


def test_people_are_left_blank_where_a_filter_cuts_through_them(app: Flask) -> None:
    report = report_of(TEN_DAYS | {"frequency": "monthly"})

    shown = table(report, "active-recurring-supporters")
    assert set(shown.rows[0]) == {None}
    assert shown.behind == {}
    assert shown.notes[0].startswith("People are not counted within a frequency")
    assert report.summary.endswith("No recurring gifts are active.")


def test_one_time_gifts_have_no_recurring_revenue(app: Flask) -> None:
    report = report_of(TEN_DAYS | {"frequency": "once"})

    assert report.summary == "Nothing was given in these days."
    assert [each.slug for each in report.tables] == ["income", "gross-by-day", "taken-back", "typical-gift"]


def test_a_long_period_is_shown_by_month(app: Flask) -> None:
    slugs = [each.slug for each in report_of({"preset": "last-12-months"}).tables]

    assert "by-month" in slugs
    assert "gross-by-day" not in slugs


def test_a_gift_belongs_to_the_day_it_was_in_the_zone_that_is_asked_for(app: Flask) -> None:
    late = datetime(2026, 11, 12, 22, 30, tzinfo=UTC)
    with writing() as session:
        make_donation(session, make_supporter(session, current().vault), amount=100, at=late)
    refresh_rollups.refresh_all(current())

    def gross(zone: str) -> object:
        return table(report_of(TEN_DAYS | {"zone": zone}), "gross-by-day").rows[0][2]

    assert (gross("Europe/Amsterdam"), gross("Europe/Moscow")) == (Money(0, "eur"), Money(100, "eur"))
