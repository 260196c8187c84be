"""Money of all currencies together, in euros at the reference rate of each month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.rates import HOME_CURRENCY, month_of
from donations.reports.consolidated import CONSOLIDATED, InEuro, Rates, missing_note
from donations.reports.definitions import COMPARED, MONTHS
from donations.reports.filters import Filters
from donations.reports.income import CHANGES, change_of
from donations.reports.money_columns import CURRENCY, PARTS
from donations.reports.money_over_time import month_name, months_of
from donations.reports.sum_values import MoneySums
from donations.reports.sums import Key
from donations.reports.table import Cell, Chart, ChartKind, Column, ColumnKind, Table
from donations.reports.takings import Takings, before_words
from donations.reports.words import LOCALE

Pick = Callable[[MoneySums], int]
_PICKS: Final[tuple[Pick, ...]] = (
    lambda sums: sums.gross,
    lambda sums: -sums.fees,
    lambda sums: -sums.refunded,
    lambda sums: -sums.disputed,
    lambda sums: sums.net,
)
"""The figures of `PARTS`."""
RATE_IS_MISSING: Final = (
    "What all currencies come to in euros cannot be said yet: a reference rate is missing. "
    "Upload the table of the European Central Bank under Rates."
)
_NET: Final = -1


def is_worth_it(codes: Iterable[str]) -> bool:
    """Whether there is anything to convert."""
    return any(code != HOME_CURRENCY for code in codes)


def total_in_euro(by_month: Takings, rates: Rates) -> Table:
    """One row: the period from gross to net, and the net of the period before."""
    now = _parts(rates, by_month.now)
    before = net_in_euro(by_month.before, rates)
    shown, past = tuple(each.rounded() for each in now), before.rounded()
    return Table(
        slug="in-euro",
        title="All currencies in euros",
        sentence=_total_sentence(shown, past, by_month.filters),
        columns=(CURRENCY, *PARTS, Column("net_before", "Net before", ColumnKind.MONEY), *CHANGES),
        rows=((HOME_CURRENCY, *shown, past, *compared(shown[_NET], past)),),
        notes=notes_of((*now, before)),
        definitions=(CONSOLIDATED, COMPARED),
        chart=Chart(ChartKind.WATERFALL, "currency", tuple(column.key for column in PARTS)),
    )


def months_in_euro(by_month: Takings, rates: Rates) -> Table:
    """One row for each month that the period touches."""
    months = [month_of(span.first) for span in months_of(by_month.filters.period)]
    reckoned = {
        month: _parts(rates, {key: sums for key, sums in by_month.now.items() if key[0] == month})
        for month in months
    }
    lines = {month: tuple(each.rounded() for each in found) for month, found in reckoned.items()}
    return Table(
        slug="in-euro-by-month",
        title="All currencies in euros, by month",
        sentence=_months_sentence(
            {month_name(month): line[_NET] for month, line in lines.items()},
        ),
        columns=(Column("month", "Month", ColumnKind.TEXT), CURRENCY, *PARTS),
        rows=tuple((month_name(month), HOME_CURRENCY, *line) for month, line in lines.items()),
        notes=notes_of(each for found in reckoned.values() for each in found),
        definitions=(CONSOLIDATED, MONTHS),
        chart=Chart(ChartKind.BARS, "month", ("gross", "net")),
    )


def compared(now: Money | None, before: Money | None) -> tuple[Cell, Cell]:
    """Difference and change, where both figures exist."""
    if now is None or before is None:
        return None, None
    return now - before, change_of(now.amount, before.amount)


def net_in_euro(by_month: Mapping[Key, MoneySums], rates: Rates) -> InEuro:
    """Exact; None in it where a rate is missing."""
    return _parts(rates, by_month)[_NET]


def notes_of(figures: Iterable[InEuro]) -> tuple[str, ...]:
    """Names what is missing."""
    note = missing_note(figures)
    return () if note is None else (note,)


def _parts(rates: Rates, by_month: Mapping[Key, MoneySums]) -> tuple[InEuro, ...]:
    return tuple(
        rates.total((Money(pick(sums), code), month) for (month, code), sums in by_month.items())
        for pick in _PICKS
    )


def _total_sentence(shown: tuple[Money | None, ...], before: Money | None, filters: Filters) -> str:
    gross, net = shown[0], shown[_NET]
    if gross is None or net is None:
        return RATE_IS_MISSING
    past = "not known" if before is None else format_money(before, LOCALE)
    return (
        f"All currencies together: {format_money(gross, LOCALE)} gross, {format_money(net, LOCALE)} net; "
        f"{before_words(filters)}: {past}."
    )


def _months_sentence(net: Mapping[str, Money | None]) -> str:
    known = {name: money for name, money in net.items() if money is not None}
    if not known:
        return "No month can be told in euros yet: reference rates are missing."
    name = max(known, key=lambda each: known[each].amount)
    if not known[name].is_positive:
        return "In no month was anything left."
    if len(known) == 1:
        return f"In {name}, {format_money(known[name], LOCALE)} was left."
    return f"Most was left in {name}: {format_money(known[name], LOCALE)}."
