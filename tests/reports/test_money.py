"""Money: every figure is what the rows say, reckoned the slow and obvious way, and opens to them."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from hypothesis import given

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.jobs import refresh_rollups
from donations.models import DonationSource
from donations.models.database import reading, writing
from donations.reports.filters import Filters, read_filters
from donations.reports.money import APPLIES, run
from donations.reports.money_columns import FIGURES, PART_KEYS
from donations.reports.money_in_euro import RATE_IS_MISSING
from donations.reports.table import Report
from donations.runtime import current
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_refund, make_supporter
from tests.histories import History, live
from tests.reports.money_facts import (
    Fact,
    assert_rows_add_up,
    cells,
    facts,
    filters_of,
    grouped,
    histories,
    in_euro,
    store_rates_once,
    table,
)

FREQUENCIES = {"once": "One-time", "monthly": "Monthly", "annual": "Annual"}
SOURCES = {"stripe": "Stripe", "offline": "Entered by staff"}


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

        assert_net(report, now, before)
        assert_pending(report, now)
        assert_groups(report, now)
        assert_times(report, now, filters)
        assert_settlement(report, now, filters)
        assert_euros(report, now, before, filters)
        assert_rows_add_up(session, report, filters, APPLIES)


def assert_net(report: Report, now: list[Fact], before: list[Fact]) -> None:
    shown, found, past = table(report, "net"), grouped(now, "currency"), grouped(before, "currency")
    codes = {(code,) for code in shown.values("currency")}
    assert codes == {*found, *past} or (not found and not past and len(codes) == 1)
    for number, code in enumerate(shown.values("currency")):
        adds, net_before = found.get((code,), {}), past.get((code,), {}).get("net", 0)
        assert cells(shown, number, *FIGURES) == tuple(adds.get(key, 0) for key in FIGURES)
        net = adds.get("net", 0)
        assert cells(shown, number, "net_before", "difference") == (net_before, net - net_before)
        gross, *taken, left = cells(shown, number, *PART_KEYS)
        assert gross + sum(taken) == left


def assert_pending(report: Report, now: list[Fact]) -> None:
    shown = table(report, "fees-pending")
    found = {
        code: (adds["pending_donations"], adds["pending_gross"])
        for (code,), adds in grouped(now, "currency").items()
        if adds["pending_donations"]
    }
    keys = ("pending_donations", "pending_gross")
    assert {
        code: cells(shown, number, *keys) for number, code in enumerate(shown.values("currency"))
    } == found


def assert_groups(report: Report, now: list[Fact]) -> None:
    for name, slug, names in (("frequency", "by-frequency", FREQUENCIES), ("source", "by-source", SOURCES)):
        shown, found = table(report, slug), grouped(now, "currency", name)
        wanted = {(code, names[key]): adds for (code, key), adds in found.items()}
        keys = list(zip(shown.values("currency"), shown.values(name), strict=True))
        assert len(set(keys)) == len(keys)
        assert wanted.keys() <= set(keys)
        for number, key in enumerate(keys):
            adds = wanted.get(key, {})
            assert cells(shown, number, *FIGURES) == tuple(adds.get(each, 0) for each in FIGURES)
        whole = grouped(now, "currency")
        for code in {code for code, _ in keys}:
            parts = [cells(shown, number, "net")[0] for number, key in enumerate(keys) if key[0] == code]
            assert sum(parts) == whole.get((code,), {}).get("net", 0)


def assert_times(report: Report, now: list[Fact], filters: Filters) -> None:
    found = grouped(now, "currency", "day")
    by_month: dict[tuple[object, str], list[Fact]] = {}
    for each in now:
        by_month.setdefault((each.currency, f"{each.day:%B %Y}"), []).append(each)
    shown = table(report, "by-month")
    months = {f"{day:%B %Y}" for day in filters.period.days()}
    keys = list(zip(shown.values("currency"), shown.values("month"), strict=True))
    assert len(keys) == len(months) * len({code for code, _ in keys})
    for number, key in enumerate(keys):
        adds = grouped(by_month.get(key, []), "currency").get((key[0],), {})
        assert cells(shown, number, *FIGURES) == tuple(adds.get(each, 0) for each in FIGURES)
    assert any(each.slug == "by-day" for each in report.tables) == (len(filters.period) <= 92)
    if len(filters.period) > 92:
        return
    shown = table(report, "by-day")
    days = list(zip(shown.values("currency"), map(str, shown.values("day")), strict=True))
    for number, key in enumerate(days):
        adds = found.get(key, {})
        assert cells(shown, number, *FIGURES) == tuple(adds.get(each, 0) for each in FIGURES)
    assert found.keys() <= set(days)


def assert_settlement(report: Report, now: list[Fact], filters: Filters) -> None:
    shown = table(report, "settlement")
    keys = ("payments", "settled", "settled_fees", "settled_net")
    settled = [each for each in now if each.settlement_currency]
    found = {} if filters.campaign is not None else grouped(settled, "settlement_currency", "source")
    assert {
        (code, source): cells(shown, number, *keys)
        for number, (code, source) in enumerate(
            zip(shown.values("settlement_currency"), shown.values("source"), strict=True)
        )
    } == {(code, SOURCES[source]): tuple(adds[key] for key in keys) for (code, source), adds in found.items()}


def assert_euros(report: Report, now: list[Fact], before: list[Fact], filters: Filters) -> None:
    codes = {each.currency for each in (*now, *before)}
    assert any(each.slug == "in-euro" for each in report.tables) == bool(codes - {"eur"})
    if not codes - {"eur"}:
        return
    shown = table(report, "in-euro")
    wanted = [rounded(now, key) for key in PART_KEYS]
    assert list(cells(shown, 0, *PART_KEYS)) == wanted
    assert cells(shown, 0, "net_before") == (rounded(before, "net"),)
    assert bool(shown.notes) == (None in {*wanted, rounded(before, "net")})
    shown = table(report, "in-euro-by-month")
    for number, name in enumerate(shown.values("month")):
        of_month = [each for each in now if f"{each.day:%B %Y}" == name]
        assert list(cells(shown, number, *PART_KEYS)) == [rounded(of_month, key) for key in PART_KEYS]


def rounded(found: list[Fact], figure: str) -> int | None:
    cents = in_euro(found, figure)
    return None if cents is None else round(cents)


def report_of(words: dict[str, str]) -> Report:
    with reading() as session:
        return run(session, read_filters(words, NOON, ZONE).filters)


def sentences(report: Report) -> dict[str, str]:
    return {each.slug: each.sentence for each in report.tables}


def test_an_empty_history_is_told_as_one(app: Flask) -> None:
    report = report_of({"preset": "last-7-days"})

    assert report.summary == "Nothing came in or went out in these days."
    assert sentences(report) == {
        "net": "Nothing came in or went out; in the days before: nothing net.",
        "fees-pending": "No fee of these days is still to come.",
        "by-frequency": "Nothing was given.",
        "by-source": "Nothing was given in these days.",
        "by-day": "Nothing was given on any of these days.",
        "by-month": "Nothing was given in any of these months.",
        "settlement": "Nothing of these days is settled yet.",
    }


def test_a_few_gifts_are_told_in_good_english(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        donation = make_donation(session, nina, amount=1000, at=NOON, fee=30)
        make_refund(session, donation, amount=250, at=NOON)
        make_donation(session, nina, amount=700, currency="usd", at=NOON)
        make_donation(
            session, nina, amount=5000, at=NOON - timedelta(days=1), fee=0,
            source=DonationSource.OFFLINE, stripe_payment_intent_id=None, stripe_charge_id=None,
        )  # fmt: skip
    refresh_rollups.refresh_all(current())

    report = report_of({"preset": "last-7-days", "compare": "year"})

    assert report.summary == (
        "€60 and $7 in 3 donations. After fees, refunds and lost disputes that leaves €57.20 and $7."
    )
    assert sentences(report) == {
        "net": (
            "€60 and $7 in 3 donations. After fees, refunds and lost disputes: €57.20 and $7; "
            "a year before: nothing."
        ),
        "fees-pending": "The fee of 1 donation ($7) is not known yet, and not taken off.",
        "in-euro": RATE_IS_MISSING,
        "in-euro-by-month": "No month can be told in euros yet: reference rates are missing.",
        "by-frequency": "One-time gifts brought most: all of €60 and all of $7.",
        "by-source": "Entered by staff: €50 in 1 donation.",
        "by-day": (
            "Something was given on 2 days of 7. "
            "Most was given on 21 November 2026 (€50) and on 22 November 2026 ($7)."
        ),
        "by-month": "All these days are of November 2026.",
        "settlement": "2 donations are settled; after fees that is €59.70.",
    }
    assert table(report, "in-euro").notes[0].startswith("Figures in euros that need a reference rate of USD")


def test_the_strongest_frequency_is_named_only_where_there_is_one(app: Flask) -> None:
    with writing() as session:
        nina = make_supporter(session, current().vault)
        for currency, amounts in {"eur": (500, 700, 0), "usd": (500, 500, 0)}.items():
            for frequency, amount in zip(Frequency, amounts, strict=True):
                if amount:
                    make_donation(session, nina, amount=amount, currency=currency, frequency=frequency)
    refresh_rollups.refresh_all(current())

    assert sentences(report_of({}))["by-frequency"] == (
        "In EUR, monthly gifts brought most: €7 of €12. "
        "In USD, no one frequency brought more than the others."
    )


def test_what_is_not_kept_by_campaign_is_not_shown_as_if_it_were(app: Flask) -> None:
    report = report_of({"campaign": "spring"})

    assert table(report, "settlement").rows == ()
    assert table(report, "settlement").sentence.startswith("What was settled is not kept by campaign")


def test_a_refund_after_the_month_closed_leaves_the_month_as_it_was_known(app: Flask) -> None:
    october = {"from": "2026-10-01", "to": "2026-10-31"}
    with writing() as session:
        nina = make_supporter(session, current().vault)
        donation = make_donation(session, nina, amount=1000, at=NOON - timedelta(days=30), fee=30)
        make_refund(session, donation, at=NOON)
    refresh_rollups.refresh_all(current())

    def net(words: dict[str, str]) -> object:
        return table(report_of(words), "net").rows[0][6]

    assert net(october) == net(october | {"known_on": "2026-10-31"}) == Money(970, "eur")
    assert net({"from": "2026-10-01", "to": "2026-11-22"}) == Money(-30, "eur")


def test_months_of_a_period_are_cut_where_it_begins_and_ends(app: Flask) -> None:
    report = report_of({"from": "2026-09-15", "to": "2026-11-22"})

    shown = table(report, "by-month")
    words = [shown.behind[number, "gross"].words for number in range(3)]
    assert shown.values("month") == ("September 2026", "October 2026", "November 2026")
    assert [(each["from"], each["to"]) for each in words] == [
        ("2026-09-15", "2026-09-30"),
        ("2026-10-01", "2026-10-31"),
        ("2026-11-01", "2026-11-22"),
    ]
