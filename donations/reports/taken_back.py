"""What was taken back from donations: refunds and lost disputes, beside the period before."""

from __future__ import annotations

from donations.domain.money import Money
from donations.reports.definitions import COMPARED, DISPUTES, REFUNDS
from donations.reports.money_columns import CURRENCY, behind_both
from donations.reports.sum_values import MoneySums
from donations.reports.table import Column, ColumnKind, Row, Table
from donations.reports.takings import Takings, amounts_of, shown
from donations.reports.words import counted, listed, sentence

_KEYS = ("refunds", "refunded", "disputes", "disputed")


def taken_back_table(by_currency: Takings) -> Table:
    """One row a currency."""
    filters = by_currency.filters
    codes = shown((code for (code,) in by_currency.seen), filters)
    return Table(
        slug="taken-back",
        title="Refunds and disputes",
        sentence=_sentence(by_currency),
        columns=(
            CURRENCY,
            Column("refunds", "Refunds", ColumnKind.COUNT, definition=REFUNDS),
            Column("refunds_before", "Refunds before", ColumnKind.COUNT),
            Column("refunded", "Refunded", ColumnKind.MONEY, definition=REFUNDS),
            Column("refunded_before", "Refunded before", ColumnKind.MONEY),
            Column("disputes", "Disputes lost", ColumnKind.COUNT, definition=DISPUTES),
            Column("disputes_before", "Lost before", ColumnKind.COUNT),
            Column("disputed", "Disputed", ColumnKind.MONEY, definition=DISPUTES),
            Column("disputed_before", "Disputed before", ColumnKind.MONEY),
        ),
        rows=tuple(_row(code, *by_currency.both(code)) for code in codes),
        definitions=(REFUNDS, DISPUTES, COMPARED),
        behind={
            place: behind
            for number, code in enumerate(codes)
            for place, behind in behind_both(
                number, _KEYS, {"currency": code}, filters.period, filters.previous
            ).items()
        },
    )


def _row(code: str, now: MoneySums, before: MoneySums) -> Row:
    return (
        code,
        now.refunds,
        before.refunds,
        Money(now.refunded, code),
        Money(before.refunded, code),
        now.disputes,
        before.disputes,
        Money(now.disputed, code),
        Money(before.disputed, code),
    )


def _sentence(by_currency: Takings) -> str:
    found = by_currency.now
    refunded = amounts_of(found, lambda sums: sums.refunded)
    disputed = amounts_of(found, lambda sums: sums.disputed)
    refunds = sum(sums.refunds for sums in found.values())
    disputes = sum(sums.disputes for sums in found.values())
    parts = [
        f"{amount} by {counted(number, *names)}"
        for number, amount, names in (
            (refunds, refunded, ("refund",)),
            (disputes, disputed, ("lost dispute",)),
        )
        if amount != "nothing"
    ]
    return sentence(f"taken back: {listed(parts)}") if parts else "Nothing was taken back."
