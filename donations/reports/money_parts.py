"""From gross to net, by currency, by frequency and by source; and the fees that are still to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.models import DonationSource
from donations.reports.currency_order import in_order
from donations.reports.definitions import COMPARED, GROSS, NET, PENDING
from donations.reports.filters import Filters
from donations.reports.income import CHANGES, change_of
from donations.reports.money_columns import (
    CURRENCY,
    DONATIONS,
    FIGURES,
    PART_KEYS,
    PARTS,
    PENDING_PARTS,
    behind_row,
    figures,
    words_of_days,
)
from donations.reports.sum_values import MoneySums
from donations.reports.sums import Key
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.takings import (
    NOTHING,
    Takings,
    amounts_of,
    before_words,
    given,
    pending_sentence,
    shown,
)
from donations.reports.words import FREQUENCY_NAMES, LOCALE, SOURCE_NAMES, listed, sentence

_WATERFALL: Final = Chart(ChartKind.WATERFALL, "currency", PART_KEYS)


def net_table(by_currency: Takings) -> Table:
    """One row a currency, from gross to net, beside the net of the period before."""
    filters = by_currency.filters
    codes = shown((code for (code,) in by_currency.seen), filters)
    behind: dict[tuple[int, str], Behind] = {}
    for number, code in enumerate(codes):
        words = {"currency": code}
        behind |= behind_row(number, FIGURES, words)
        past = words | words_of_days(filters.previous)
        behind |= behind_row(number, ("net",), past, suffix="_before")
    return Table(
        slug="net",
        title="From gross to net",
        sentence=_net_sentence(by_currency),
        columns=(
            CURRENCY,
            DONATIONS,
            *PARTS,
            Column("net_before", "Net before", ColumnKind.MONEY),
            *CHANGES,
        ),
        rows=tuple(_net_row(code, *by_currency.both(code)) for code in codes),
        notes=("What takes away is written with a minus, so that each row adds up.",),
        definitions=(GROSS, NET, COMPARED),
        chart=_WATERFALL,
        behind=behind,
    )


def pending_table(by_currency: Mapping[Key, MoneySums]) -> Table:
    """One row for each currency in which a fee is not known yet."""
    pending = {key: sums for key, sums in by_currency.items() if sums.pending_donations}
    codes = in_order(code for (code,) in pending)
    return Table(
        slug="fees-pending",
        title="Fees still to come",
        sentence=pending_sentence(by_currency) or "No fee of these days is still to come.",
        columns=(CURRENCY, *PENDING_PARTS),
        rows=tuple(
            (code, pending[code,].pending_donations, Money(pending[code,].pending_gross, code))
            for code in codes
        ),
        definitions=(PENDING,),
        behind={
            place: each
            for number, code in enumerate(codes)
            for place, each in behind_row(
                number, [column.key for column in PENDING_PARTS], {"currency": code}
            ).items()
        },
    )


def frequency_table(found: Mapping[Key, MoneySums], filters: Filters) -> Table:
    """One row for each currency and frequency that is asked for."""
    codes = shown((code for (code, _), sums in found.items() if sums != NOTHING), filters)
    asked = tuple(Frequency) if filters.frequency is None else (filters.frequency,)
    keys = [(code, each) for code in codes for each in asked]
    gross = {code: {each: found.get((code, each), NOTHING).gross for each in asked} for code in codes}
    return Table(
        slug="by-frequency",
        title="By frequency",
        sentence=_frequency_sentence(gross),
        columns=(CURRENCY, Column("frequency", "Frequency", ColumnKind.TEXT), DONATIONS, *PARTS),
        rows=tuple(
            (code, FREQUENCY_NAMES[each], *figures(found.get((code, each), NOTHING), code))
            for code, each in keys
        ),
        definitions=(GROSS, NET),
        chart=Chart(ChartKind.BARS, "frequency", ("gross", "net")),
        behind=_behind_keys("frequency", keys),
    )


def source_table(found: Mapping[Key, MoneySums]) -> Table:
    """One row for each currency and source that there is anything of."""
    some = {key for key, sums in found.items() if sums != NOTHING}
    codes = in_order(code for code, _ in some)
    keys = [(code, each) for code in codes for each in DonationSource if (code, each) in some]
    return Table(
        slug="by-source",
        title="By source",
        sentence=_source_sentence(found),
        columns=(CURRENCY, Column("source", "Source", ColumnKind.TEXT), DONATIONS, *PARTS),
        rows=tuple(
            (code, SOURCE_NAMES[each], *figures(found.get((code, each), NOTHING), code))
            for code, each in keys
        ),
        definitions=(GROSS, NET),
        behind=_behind_keys("source", keys),
    )


def _net_row(code: str, now: MoneySums, before: MoneySums) -> Row:
    return (
        code,
        *figures(now, code),
        Money(before.net, code),
        Money(now.net - before.net, code),
        change_of(now.net, before.net),
    )


def _net_sentence(by_currency: Takings) -> str:
    now, before = by_currency.now, by_currency.before
    left, past = (amounts_of(found, lambda sums: sums.net) for found in (now, before))
    if not any(sums != NOTHING for sums in now.values()):
        return f"Nothing came in or went out; {before_words(by_currency.filters)}: {past} net."
    return (
        f"{sentence(given(now))} After fees, refunds and lost disputes: {left}; "
        f"{before_words(by_currency.filters)}: {past}."
    )


def _behind_keys(
    word: str, keys: list[tuple[str, Frequency]] | list[tuple[str, DonationSource]]
) -> dict[tuple[int, str], Behind]:
    return {
        place: behind
        for number, (code, each) in enumerate(keys)
        for place, behind in behind_row(number, FIGURES, {"currency": code, word: each}).items()
    }


def _frequency_sentence(gross: Mapping[str, Mapping[Frequency, int]]) -> str:
    """Which brought most: said once where it is the same in all currencies."""
    said = [(code, *_strongest(code, by_frequency)) for code, by_frequency in gross.items()]
    claims = {claim for _, claim, _ in said}
    if len(claims) > 1:
        return " ".join(sentence(f"in {code.upper()}, {claim}{much}") for code, claim, much in said)
    much = [each.removeprefix(": ") for _, _, each in said if each]
    return sentence(f"{claims.pop()}{f': {listed(much)}' if much else ''}")


def _strongest(code: str, by_frequency: Mapping[Frequency, int]) -> tuple[str, str]:
    """A claim, and how much of how much that was, where it says so."""
    total, most = sum(by_frequency.values()), max(by_frequency.values())
    best = [each for each, amount in by_frequency.items() if amount == most]
    if not total:
        return "nothing was given", ""
    if len(best) > 1:
        return "no one frequency brought more than the others", ""
    named, whole = (format_money(Money(amount, code), LOCALE) for amount in (most, total))
    return (
        f"{FREQUENCY_NAMES[best[0]].lower()} gifts brought most",
        f": {'all' if most == total else named} of {whole}",
    )


def _source_sentence(found: Mapping[Key, MoneySums]) -> str:
    if not any(sums.donations for sums in found.values()):
        return "Nothing was given in these days."
    offline = {(code,): sums for (code, source), sums in found.items() if source == DonationSource.OFFLINE}
    if not any(sums.donations for sums in offline.values()):
        return "All of it came through Stripe; nothing was entered by staff."
    return f"Entered by staff: {given(offline)}."
