"""What the donations of a period came to once they were settled: by the currency of that balance."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.rates import HOME_CURRENCY
from donations.models import DonationSource
from donations.reports.definitions import SETTLED
from donations.reports.filters import Filters
from donations.reports.money_columns import behind_row
from donations.reports.sum_values import SettlementSums
from donations.reports.sums import Key, settlements_by
from donations.reports.table import Column, ColumnKind, Row, Table
from donations.reports.words import SOURCE_NAMES, amounts, counted, sentence

_COLUMNS: Final = (
    Column("settlement_currency", "Settled in", ColumnKind.CURRENCY),
    Column("source", "Source", ColumnKind.TEXT),
    Column("payments", "Donations settled", ColumnKind.COUNT, definition=SETTLED),
    Column("settled", "Settled", ColumnKind.MONEY, definition=SETTLED),
    Column("settled_fees", "Fees", ColumnKind.MONEY, definition=SETTLED),
    Column("settled_net", "Net", ColumnKind.MONEY, definition=SETTLED),
)
_NOT_BY_ORIGIN: Final = (
    "What was settled is not kept by campaign, article or placement: leave those filters out to see it."
)


def settlement_table(session: Session, filters: Filters) -> Table:
    """A row for each currency of the balance and source; none where an origin is asked for."""
    has_origin = any(each is not None for each in (filters.campaign, filters.article, filters.placement))
    found: dict[Key, SettlementSums] = (
        {}
        if has_origin
        else settlements_by(session, filters, filters.period, "settlement_currency", "source")
    )
    keys = sorted(
        (key for key, sums in found.items() if sums != SettlementSums()),
        key=lambda key: (key[0] != HOME_CURRENCY, key[0], key[1] != DonationSource.STRIPE),
    )
    return Table(
        slug="settlement",
        title="Settlement",
        sentence=_NOT_BY_ORIGIN if has_origin else _sentence({key: found[key] for key in keys}),
        columns=_COLUMNS,
        rows=tuple(_row(code, source, found[code, source]) for code, source in keys),
        definitions=(SETTLED,),
        behind={
            place: behind
            for number, (code, source) in enumerate(keys)
            for place, behind in behind_row(
                number,
                [column.key for column in _COLUMNS[2:]],
                {"settlement_currency": code, "source": source},
            ).items()
        },
    )


def _row(code: str, source: str, sums: SettlementSums) -> Row:
    return (
        code,
        SOURCE_NAMES[DonationSource(source)],
        sums.payments,
        Money(sums.settled, code),
        Money(-sums.fees, code),
        Money(sums.net, code),
    )


def _sentence(found: dict[Key, SettlementSums]) -> str:
    payments = sum(sums.payments for sums in found.values())
    if not payments:
        return "Nothing of these days is settled yet."
    net: dict[str, int] = {}
    for (code, _), sums in found.items():
        net[code] = net.get(code, 0) + sums.net
    left = amounts(Money(amount, code) for code, amount in net.items())
    verb = "is" if payments == 1 else "are"
    return sentence(f"{counted(payments, 'donation')} {verb} settled; after fees that is {left}")
