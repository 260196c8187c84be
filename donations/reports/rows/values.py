"""The supporters whom an origin brought, and what each has given so far in one currency."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.models import Supporter
from donations.models.rollups import SupporterValue
from donations.reports.article_value import VALUE
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.sums import origin_is
from donations.reports.table import Column, ColumnKind, Row

APPLIES: Final = frozenset({Filter.CURRENCY, Filter.CAMPAIGN, Filter.ARTICLE, Filter.PLACEMENT})
WORDS: Final = frozenset({"sum"})

_COLUMNS: Final = (
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("donations", "Donations", ColumnKind.COUNT),
    Column("gross", "Gross", ColumnKind.MONEY),
    Column("fees", "Fees", ColumnKind.MONEY),
    Column("refunded", "Refunds", ColumnKind.MONEY),
    Column("disputed", "Disputes", ColumnKind.MONEY),
    Column("net", "Net", ColumnKind.MONEY),
    Column("mrr", "MRR alive", ColumnKind.MONEY),
)
_NET: Final = SupporterValue.gross - SupporterValue.fees - SupporterValue.refunded - SupporterValue.disputed
_SUMS: Final[Mapping[str, ColumnElement[Any] | None]] = {
    "supporters": None,
    "gross": SupporterValue.gross.expression,
    "net": _NET,
    "mrr": SupporterValue.annual.expression,
}


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `sum` is supporters (they are counted), gross, net or mrr."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    name = words.get("sum", "net")
    known = name in _SUMS
    amount = _SUMS.get(name, _NET)
    query = (
        select(
            Supporter.reference,
            SupporterValue.currency,
            SupporterValue.donations,
            SupporterValue.gross,
            SupporterValue.fees,
            SupporterValue.refunded,
            SupporterValue.disputed,
            SupporterValue.annual,
        )
        .join(Supporter, Supporter.id == SupporterValue.supporter_id)
        .order_by(_NET.desc(), SupporterValue.supporter_id, SupporterValue.currency)
    )
    of_origin = origin_is(SupporterValue.origin_id.expression, filters)
    if of_origin is not None:
        query = query.where(of_origin)
    if filters.currency is not None:
        query = query.where(SupporterValue.currency == filters.currency)
    return Source(
        slug="values",
        title="What supporters gave",
        noun="supporter",
        columns=_COLUMNS,
        query=query,
        row=_row,
        currency=None if amount is None else SupporterValue.currency,
        amount=amount,
        divided_by=MONTHS_A_YEAR if name == "mrr" else 1,
        definitions=(VALUE,),
        problems=() if known else ("We do not know what to sum, so the net amounts are summed.",),
    )


def _row(found: Any) -> Row:
    reference, currency, donations, *sums, annual = found
    gross, fees, refunded, disputed = sums
    amounts = (*sums, gross - fees - refunded - disputed, round(Fraction(annual, MONTHS_A_YEAR)))
    return reference, currency, donations, *(Money(amount, currency) for amount in amounts)
