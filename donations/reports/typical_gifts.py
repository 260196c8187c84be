"""Average and median gift, by currency and frequency: a monthly instalment is no one-time gift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.reports.currency_order import in_order
from donations.reports.definitions import AVERAGE, COMPARED, GROSS, MEDIAN
from donations.reports.filters import Filters
from donations.reports.money_columns import CURRENCY, DONATIONS, behind_row
from donations.reports.sum_values import MoneySums
from donations.reports.sums import gifts_by
from donations.reports.table import Column, ColumnKind, Row, Table
from donations.reports.takings import NOTHING, Takings
from donations.reports.words import FREQUENCY_NAMES, LOCALE, listed

Kind = tuple[str, Frequency]
"""Currency and frequency: gifts of two kinds are never mixed."""
_NOT_BY_ORIGIN: Final = "The median is not kept by campaign, article or placement; the average is."


def typical_table(session: Session, found: Takings) -> Table:
    """A row for each currency and frequency in which anything was given in either period."""
    filters = found.filters
    has_origin = any(each is not None for each in (filters.campaign, filters.article, filters.placement))
    kinds = _kinds(found)
    medians = [
        {} if has_origin else medians_of(session, filters, period)
        for period in (filters.period, filters.previous)
    ]
    return Table(
        slug="typical-gift",
        title="Average and median gift",
        sentence=_sentence(found, kinds, medians[0]),
        columns=(
            CURRENCY,
            Column("frequency", "Frequency", ColumnKind.TEXT),
            DONATIONS,
            Column("average", "Average", ColumnKind.MONEY, definition=AVERAGE),
            Column("average_before", "Average before", ColumnKind.MONEY),
            Column("median", "Median", ColumnKind.MONEY, definition=MEDIAN),
            Column("median_before", "Median before", ColumnKind.MONEY),
        ),
        rows=tuple(_row(kind, *found.both(*kind), *(each.get(kind) for each in medians)) for kind in kinds),
        notes=(_NOT_BY_ORIGIN,) if has_origin else (),
        definitions=(GROSS, AVERAGE, MEDIAN, COMPARED),
        behind={
            place: behind
            for number, (code, frequency) in enumerate(kinds)
            for place, behind in behind_row(
                number, ("donations",), {"currency": code, "frequency": frequency}
            ).items()
        },
    )


def medians_of(session: Session, filters: Filters, period: Period) -> dict[Kind, Fraction]:
    """Exact, in minor units, from how many gifts there were of each amount."""
    by_kind: dict[Kind, list[tuple[int, int]]] = {}
    counted = gifts_by(session, filters, period, "currency", "frequency", "amount")
    for (code, frequency, amount), sums in counted.items():
        by_kind.setdefault((code, Frequency(frequency)), []).append((amount, sums.donations))
    medians = {kind: median(amounts) for kind, amounts in by_kind.items()}
    return {kind: each for kind, each in medians.items() if each is not None}


def median(counts: Iterable[tuple[int, int]]) -> Fraction | None:
    """Of amounts, each with how often it was given: the middle one, or the mean of the middle two."""
    ordered = sorted((amount, number) for amount, number in counts if number)
    total = sum(number for _, number in ordered)
    if not total:
        return None
    return Fraction(_nth(ordered, (total - 1) // 2) + _nth(ordered, total // 2), 2)


def _nth(ordered: list[tuple[int, int]], place: int) -> int:
    """The amount at a place, the first being 0."""
    for amount, number in ordered:
        if place < number:
            return amount
        place -= number
    raise IndexError(place)


def _kinds(found: Takings) -> list[Kind]:
    given = {
        (code, Frequency(frequency))
        for code, frequency in found.seen
        if any(sums.donations for sums in found.both(code, frequency))
    }
    codes = in_order(code for code, _ in given)
    return [(code, each) for code in codes for each in Frequency if (code, each) in given]


def average(sums: MoneySums) -> Fraction | None:
    """In minor units; None of no gifts."""
    return Fraction(sums.gross, sums.donations) if sums.donations else None


def _row(
    kind: Kind,
    now: MoneySums,
    before: MoneySums,
    middle: Fraction | None,
    middle_before: Fraction | None,
) -> Row:
    code, frequency = kind
    figures = (average(now), average(before), middle, middle_before)
    return (code, FREQUENCY_NAMES[frequency], now.donations, *(_money(each, code) for each in figures))


def _money(exact: Fraction | None, code: str) -> Money | None:
    """Rounded half to even, for showing."""
    return None if exact is None else Money(round(exact), code)


def _sentence(found: Takings, kinds: list[Kind], medians: Mapping[Kind, Fraction]) -> str:
    """Of the currency in which most gifts were made."""
    given = {kind: found.now.get(kind, NOTHING) for kind in kinds}
    by_code = {
        code: sum(sums.donations for kind, sums in given.items() if kind[0] == code)
        for code in in_order(code for code, _ in kinds)
    }
    if not any(by_code.values()):
        return "No gift was made in these days, so none is typical."
    most = max(by_code, key=lambda code: by_code[code])
    is_median = bool(medians)
    typical = {
        frequency: medians.get((code, frequency)) if is_median else average(sums)
        for (code, frequency), sums in given.items()
        if code == most
    }
    parts = [
        f"{format_money(Money(round(each), most), LOCALE)} among {FREQUENCY_NAMES[frequency].lower()} gifts"
        for frequency, each in typical.items()
        if each is not None
    ]
    what = "the middle gift" if is_median else "the average gift"
    return f"In {most.upper()}, {what} was {listed(parts)}."
