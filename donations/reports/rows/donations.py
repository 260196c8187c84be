"""The donations behind a figure: by the day they were charged, in the zone of the report."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Donation, Supporter
from donations.models.sql_fees import fee_in_currency
from donations.reports.definitions import GROSS
from donations.reports.filters import Filter, Filters
from donations.reports.rows.conditions import between, from_source, known_by, of_gift
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES, SOURCE_NAMES

APPLIES: Final = frozenset(
    {
        Filter.PERIOD,
        Filter.ZONE,
        Filter.CURRENCY,
        Filter.FREQUENCY,
        Filter.CAMPAIGN,
        Filter.ARTICLE,
        Filter.PLACEMENT,
        Filter.KNOWN_ON,
    }
)
WORDS: Final = frozenset({"sum", "source", "settled", "settlement_currency"})
_REFUNDS_NOTE: Final = "What was refunded is as of now, also where the rows are as they were known on a day."

_COLUMNS: Final = (
    Column("day", "Charged on", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("source", "Source", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Amount", ColumnKind.MONEY),
    Column("fee", "Fee", ColumnKind.MONEY),
    Column("refunded", "Refunded", ColumnKind.MONEY),
    Column("settlement_currency", "Settled in", ColumnKind.CURRENCY),
    Column("settled", "Settled", ColumnKind.MONEY),
    Column("settled_fee", "Fee there", ColumnKind.MONEY),
    Column("net", "Net", ColumnKind.MONEY),
)
_SUMMED_IN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("amount", "fee", "refunded"), "currency"),
    **dict.fromkeys(("settled", "settled_fee", "net"), "settlement_currency"),
}
"""What can be summed, and the column that names its currency."""


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `sum` names the column that is summed (`amount`), `source` is stripe or offline,
    `settled` is yes or no, `settlement_currency` a code."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    columns = _columns(filters)
    summed = words.get("sum", "amount")
    if summed not in _SUMMED_IN:
        problems.append("We do not know what to sum, so the amounts are summed.")
        summed = "amount"
    return Source(
        slug="donations",
        title="Donations",
        noun="donation",
        columns=_COLUMNS,
        query=select(*columns.values())
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*_asked(filters), *_narrowed(columns, words, problems))
        .order_by(Donation.charged_at.desc(), Donation.id.desc()),
        row=lambda found: _row(found, filters.zone),
        currency=columns[_SUMMED_IN[summed]],
        amount=columns[summed],
        definitions=(GROSS,),
        notes=() if filters.known_on is None else (_REFUNDS_NOTE,),
        problems=tuple(problems),
    )


def _columns(filters: Filters) -> dict[str, SQLColumnExpression[Any]]:
    """What a settlement came to is nothing yet on a day before it was known."""
    learnt_at = func.coalesce(Donation.settlement_recorded_at, Donation.recorded_at)
    known = tuple(known_by(learnt_at, filters))

    def settled(column: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
        return case((and_(*known), column)) if known else column

    return {
        "charged_at": Donation.charged_at,
        "supporter": Supporter.reference,
        "frequency": Donation.frequency,
        "source": Donation.source,
        "currency": Donation.currency,
        "amount": Donation.amount,
        "fee": settled(fee_in_currency()),
        "refunded": Donation.refunded_amount,
        "settlement_currency": settled(Donation.settlement_currency),
        "settled": settled(Donation.settled_amount),
        "settled_fee": settled(Donation.fee_amount),
        "net": settled(Donation.net_amount),
    }


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield from between(Donation.charged_at, filters)
    yield from known_by(Donation.recorded_at, filters)
    yield from of_gift(filters)


def _narrowed(
    columns: Mapping[str, SQLColumnExpression[Any]], words: Mapping[str, str], problems: list[str]
) -> Iterator[SQLColumnExpression[bool]]:
    yield from from_source(words, problems)
    settled = words.get("settled")
    if settled in {"yes", "no"}:
        yield _is_known(columns["fee"], settled == "yes")
    elif settled:
        problems.append("A fee is known (yes) or not (no); all are shown.")
    if words.get("settlement_currency"):
        yield columns["settlement_currency"] == words["settlement_currency"].lower()


def _is_known(column: SQLColumnExpression[Any], known: bool) -> SQLColumnExpression[bool]:
    return column.is_not(None) if known else column.is_(None)


def _row(found: Any, zone: ZoneInfo) -> Row:
    charged_at, reference, frequency, source, currency, *given, settled_in, settled, fee, net = found
    return (
        local_day(charged_at, zone),
        f"{charged_at.astimezone(zone):%H:%M}",
        reference,
        FREQUENCY_NAMES[frequency],
        SOURCE_NAMES[source],
        currency,
        *(_money(each, currency) for each in given),
        settled_in,
        *(_money(each, settled_in) for each in (settled, fee, net)),
    )


def _money(amount: int | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)
