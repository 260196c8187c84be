"""What an article was worth: all that the supporters whom it brought have given, and still give."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.domain.rates import HOME_CURRENCY
from donations.models import Origin
from donations.models.rollups import OriginValue
from donations.reports.conversion import article_label
from donations.reports.filters import Filter, Filters
from donations.reports.sums import origin_is
from donations.reports.table import Behind, Column, ColumnKind, Definition, Row, RowsOf, Table
from donations.reports.words import amounts

VALUE: Final = Definition(
    "Article value",
    "An article brought the supporters whose first gift came by its link. Lifetime net is all that they "
    "have given since, by whichever way, less fees, refunds and lost disputes; MRR alive is what of their "
    "recurring gifts counts today. Both are as of now and know no period.",
)
_SUMS: Final = (
    OriginValue.supporters,
    OriginValue.gross,
    OriginValue.fees,
    OriginValue.refunded,
    OriginValue.disputed,
    OriginValue.annual,
)
_COLUMNS: Final = (
    Column("article", "Article", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("supporters", "Supporters", ColumnKind.COUNT, definition=VALUE),
    Column("gross", "Gross", ColumnKind.MONEY, definition=VALUE),
    Column("net", "Lifetime net", ColumnKind.MONEY, definition=VALUE),
    Column("mrr", "MRR alive", ColumnKind.MONEY, definition=VALUE),
)
_NOTE: Final = "A supporter who has given in two currencies is counted in the row of each."
_MOST_ARTICLES: Final = 100


@dataclass(frozen=True, slots=True)
class Value:
    """Of one article in one currency, in minor units."""

    article: str
    currency: str
    supporters: int
    gross: int
    fees: int
    refunded: int
    disputed: int
    annual: int

    @property
    def net(self) -> int:
        return self.gross - self.fees - self.refunded - self.disputed


def value_table(session: Session, filters: Filters) -> Table:
    """A row for each article and currency, what brought most supporters first."""
    values = _values(session, filters)
    ranked = list(dict.fromkeys(each.article for each in values))
    shown = [each for each in values if each.article in set(ranked[:_MOST_ARTICLES])]
    rest = [each for each in values if each.article in set(ranked[_MOST_ARTICLES:])]
    return Table(
        slug="article-value",
        title="What articles were worth",
        sentence=_sentence(values),
        columns=_COLUMNS,
        rows=(*(_row(article_label(each.article), each) for each in shown), *_others(rest)),
        notes=(_NOTE,),
        definitions=(VALUE,),
        behind={
            (row, column): Behind(
                RowsOf.VALUES, {Filter.ARTICLE: each.article, Filter.CURRENCY: each.currency, "sum": column}
            )
            for row, each in enumerate(shown)
            for column in ("supporters", "gross", "net", "mrr")
        },
    )


def _values(session: Session, filters: Filters) -> list[Value]:
    query = (
        select(Origin.article, OriginValue.currency, *map(func.sum, _SUMS))
        .join(Origin, Origin.id == OriginValue.origin_id)
        .where(Origin.article != "")
        .group_by(Origin.article, OriginValue.currency)
    )
    of_origin = origin_is(OriginValue.origin_id.expression, filters)
    if of_origin is not None:
        query = query.where(of_origin)
    if filters.currency is not None:
        query = query.where(OriginValue.currency == filters.currency)
    # Sums of 64-bit integers are Decimals on PostgreSQL.
    values = [
        Value(name, currency, *map(int, sums))
        for name, currency, *sums in session.execute(query)
        if any(sums)
    ]
    supporters: Counter[str] = Counter()
    for each in values:
        supporters[each.article] += each.supporters
    return sorted(values, key=lambda each: (-supporters[each.article], each.article, _place(each.currency)))


def _row(name: str, value: Value) -> Row:
    return (
        name,
        value.currency,
        value.supporters,
        Money(value.gross, value.currency),
        Money(value.net, value.currency),
        Money(round(Fraction(value.annual, MONTHS_A_YEAR)), value.currency),
    )


def _others(values: list[Value]) -> tuple[Row, ...]:
    """One row a currency for articles beyond the most that are shown."""
    name = f"{len({each.article for each in values}):,} others"
    by_currency = {each.currency: Value(name, each.currency, 0, 0, 0, 0, 0, 0) for each in values}
    for each in values:
        by_currency[each.currency] = _together(by_currency[each.currency], each)
    return tuple(_row(name, by_currency[code]) for code in sorted(by_currency, key=_place))


def _together(one: Value, other: Value) -> Value:
    sums = (column.key for column in _SUMS)
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in sums})


def _place(currency: str) -> tuple[bool, str]:
    return currency != HOME_CURRENCY, currency


def _sentence(values: list[Value]) -> str:
    if not values:
        return "No article has brought a supporter yet."
    best = [each for each in values if each.article == values[0].article]
    net = amounts(Money(each.net, each.currency) for each in best)
    mrr = amounts(Money(round(Fraction(each.annual, MONTHS_A_YEAR)), each.currency) for each in best)
    label = article_label(best[0].article)
    return f"Most supporters came by {label}: {net} net so far, and {mrr} a month still."
