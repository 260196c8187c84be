"""What each campaign brought: gifts, what was left of them, and recurring revenue that began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.domain.rates import HOME_CURRENCY
from donations.reports.conversion import CAMPAIGNS
from donations.reports.definitions import FEES, GROSS, NET
from donations.reports.filter_words import written_origin
from donations.reports.filters import Filter, Filters
from donations.reports.sum_values import MoneySums, MovementSums
from donations.reports.sums import money_by, movements_by
from donations.reports.table import Behind, Column, ColumnKind, Definition, Row, RowsOf, Table
from donations.reports.words import amounts, counted, sentence

TAKEN_BACK: Final = Definition(
    "Refunds, disputes", "Refunds that succeeded, and disputes that were lost, whenever the gift was."
)
NEW_MRR: Final = Definition(
    "New MRR",
    "Monthly recurring revenue of supporters who began to give regularly in these days: the movements that "
    "are “new”, a twelfth of a year's worth. Not what has become of it since.",
)

_COLUMNS: Final = (
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("donations", "Donations", ColumnKind.COUNT, definition=GROSS),
    Column("gross", "Gross", ColumnKind.MONEY, definition=GROSS),
    Column("fees", "Fees", ColumnKind.MONEY, definition=FEES),
    Column("pending", "Fee pending", ColumnKind.COUNT, definition=FEES),
    Column("refunded", "Refunds", ColumnKind.MONEY, definition=TAKEN_BACK),
    Column("disputed", "Disputes", ColumnKind.MONEY, definition=TAKEN_BACK),
    Column("net", "Net", ColumnKind.MONEY, definition=NET),
    Column("new_mrr", "New MRR", ColumnKind.MONEY, definition=NEW_MRR),
)
_MOST_CAMPAIGNS: Final = 100
_NO_MONEY: Final = MoneySums()
_NO_MOVEMENT: Final = MovementSums()
Key = tuple[str, str]
"""Campaign and currency."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one campaign brought in one currency."""

    money: MoneySums = _NO_MONEY
    began: MovementSums = _NO_MOVEMENT
    """Recurring revenue of supporters who are new."""

    def __add__(self, other: Brought) -> Brought:
        return Brought(self.money + other.money, self.began + other.began)


def brought_by_campaign(session: Session, filters: Filters) -> dict[Key, Brought]:
    """Two queries, of as many rows as the days have origins."""
    found: dict[Key, Brought] = {}
    for (campaign, currency), money in money_by(
        session, filters, filters.period, "campaign", "currency"
    ).items():
        found[campaign, currency] = Brought(money)
    moved = movements_by(session, filters, filters.period, "campaign", "currency", "kind")
    for (campaign, currency, kind), began in moved.items():
        if kind == MovementKind.NEW:
            found[campaign, currency] = found.get((campaign, currency), Brought()) + Brought(began=began)
    return {key: each for key, each in found.items() if each != Brought()}


def money_table(brought: Mapping[Key, Brought]) -> Table:
    """A row for each campaign and currency, the campaigns that brought most gifts first."""
    donations: dict[str, int] = {}
    for (campaign, _), each in brought.items():
        donations[campaign] = donations.get(campaign, 0) + each.money.donations
    names = sorted(donations, key=lambda name: (-donations[name], name))
    shown, others = names[:_MOST_CAMPAIGNS], set(names[_MOST_CAMPAIGNS:])
    keys = sorted(
        (key for key in brought if key[0] not in others),
        key=lambda key: (shown.index(key[0]), _place(key[1])),
    )
    rows = [
        _row(campaign or CAMPAIGNS.none, currency, brought[campaign, currency]) for campaign, currency in keys
    ]
    return Table(
        slug="received-by-campaign",
        title="Received by campaign",
        sentence=_sentence(brought),
        columns=_COLUMNS,
        rows=(*rows, *_rest(brought, others)),
        definitions=(GROSS, FEES, TAKEN_BACK, NET, NEW_MRR),
        behind={
            (row, column): behind
            for row, (campaign, currency) in enumerate(keys)
            for column, behind in _behind(campaign, currency).items()
        },
    )


def _row(name: str, currency: str, brought: Brought) -> Row:
    money = brought.money
    gross, fees, refunded, disputed, net, new = (
        Money(amount, currency)
        for amount in (
            money.gross,
            money.fees,
            money.refunded,
            money.disputed,
            money.net,
            round(Fraction(brought.began.annual, MONTHS_A_YEAR)),
        )
    )
    return (
        name,
        currency,
        money.donations,
        gross,
        fees,
        money.pending_donations,
        refunded,
        disputed,
        net,
        new,
    )


def _rest(brought: Mapping[Key, Brought], others: set[str]) -> tuple[Row, ...]:
    """One row a currency for campaigns beyond the most that are shown."""
    sums: dict[str, Brought] = {}
    for (campaign, currency), each in brought.items():
        if campaign in others:
            sums[currency] = sums.get(currency, Brought()) + each
    name = f"{len(others):,} others"
    return tuple(_row(name, currency, sums[currency]) for currency in sorted(sums, key=_place))


def _behind(campaign: str, currency: str) -> dict[str, Behind]:
    words: dict[str, str] = {Filter.CAMPAIGN: written_origin(campaign) or "", Filter.CURRENCY: currency}
    return {
        "donations": Behind(RowsOf.DONATIONS, words),
        "gross": Behind(RowsOf.DONATIONS, words),
        "fees": Behind(RowsOf.DONATIONS, words | {"sum": "fee"}),
        "pending": Behind(RowsOf.DONATIONS, words | {"settled": "no"}),
        "refunded": Behind(RowsOf.ADJUSTMENTS, words | {"kind": "refund"}),
        "disputed": Behind(RowsOf.ADJUSTMENTS, words | {"kind": "dispute"}),
        "new_mrr": Behind(RowsOf.MOVEMENTS, words | {"movement": MovementKind.NEW}),
    }


def _place(currency: str) -> tuple[bool, str]:
    return currency != HOME_CURRENCY, currency


def _sentence(brought: Mapping[Key, Brought]) -> str:
    by_currency: dict[str, Brought] = {}
    for (_, currency), each in brought.items():
        by_currency[currency] = by_currency.get(currency, Brought()) + each
    currencies = sorted(by_currency, key=_place)
    donations = sum(each.money.donations for each in by_currency.values())
    if not donations:
        return "Nothing was given in these days."
    gross = amounts(Money(by_currency[code].money.gross, code) for code in currencies)
    net = amounts(Money(by_currency[code].money.net, code) for code in currencies)
    given = f"{counted(donations, 'donation')} brought {gross}"
    return sentence(f"{given}; after fees, refunds and disputes that is {net}")
