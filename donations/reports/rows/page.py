"""One page of the rows behind a figure, and what all of them come to.

A module of rows says where they come from as a `Source`; paging, summing and reading all of them for
an export are done here, so that every kind of row does it in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Select, SQLColumnExpression, func, null
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.reports.paging import PAGE_SIZE, Place
from donations.reports.table import Column, Definition, Row, Table
from donations.reports.words import amounts, counted, listed, sentence

_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class RowsPage:
    """`total_rows` and `total` are of all rows, not of this page. `total` is money, each currency for
    itself, or a number; it is empty where nothing is summed, and the figure is the number of rows."""

    table: Table
    total_rows: int
    total: tuple[Money | int, ...] = ()
    problems: tuple[str, ...] = ()
    """A sentence for each word that was not understood."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the same rows in the same order, from as few tables as tell them: far pages and large
    numbers then cost no more than passing over an index."""

    column: SQLColumnExpression[Any]
    """Of the source's query."""
    query: Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows as a query, in an order that leaves no two of them equal."""

    slug: str
    title: str
    noun: str
    """One of them, as a sentence calls it; with an s, several."""
    columns: tuple[Column, ...]
    query: Select[*tuple[Any, ...]]
    row: Callable[[Any], Row]
    """Makes the cells of one answer of the query."""
    currency: SQLColumnExpression[Any] | None = None
    amount: SQLColumnExpression[Any] | None = None
    """What is summed: in minor units of `currency`, or a plain number where there is none."""
    divided_by: int = 1
    """What the sum is divided by: 12 where a year's worth is summed and a month's is shown."""
    definitions: tuple[Definition, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    keys: Keys | None = None
    """How the rows are found without what is shown of them, where nothing is summed."""


def read_page(session: Session, source: Source, page: int) -> RowsPage:
    """The rows of one page. A page beyond the last is the last."""
    number, total = _sums(session, source)
    place = Place.of(page, number)
    found = session.execute(_of_page(source, place)) if number else ()
    table = Table(
        slug=source.slug,
        title=source.title,
        sentence=_come_to(number, total, source),
        columns=source.columns,
        rows=tuple(source.row(each) for each in found),
        notes=source.notes,
        definitions=source.definitions,
    )
    return RowsPage(table, number, total, source.problems)


def read_all(session: Session, source: Source) -> Generator[Row]:
    """Every row, in constant memory. Closing it closes the cursor, also where not all were read."""
    with session.execute(source.query, execution_options={"yield_per": _AT_ONCE}) as found:
        for each in found:
            yield source.row(each)


def _of_page(source: Source, place: Place) -> Select[*tuple[Any, ...]]:
    if source.keys is None:
        return source.query.limit(PAGE_SIZE).offset(place.offset)
    keys = source.keys.query.limit(PAGE_SIZE).offset(place.offset)
    return source.query.where(source.keys.column.in_(keys))


def _sums(session: Session, source: Source) -> tuple[int, tuple[Money | int, ...]]:
    if source.keys is not None:
        keys = source.keys.query.with_only_columns(func.count(), maintain_column_froms=True)
        return session.scalar(keys.order_by(None)) or 0, ()
    currency = null() if source.currency is None else source.currency
    amount = null() if source.amount is None else func.sum(source.amount)
    query = source.query.with_only_columns(currency, func.count(), amount, maintain_column_froms=True)
    if source.currency is not None:
        query = query.group_by(source.currency)
    lines = session.execute(query.order_by(None)).all()
    number = sum(each for _, each, _ in lines)
    if source.currency is None:
        return number, tuple(int(total) for _, _, total in lines if total is not None)
    money = {
        code: Money(round(Fraction(int(total), source.divided_by)), code)
        for code, _, total in lines
        if code is not None and total is not None
    }
    return number, tuple(money[code] for code in sorted(money))


def _come_to(number: int, total: tuple[Money | int, ...], source: Source) -> str:
    many = counted(number, source.noun)
    if source.amount is None or not number:
        return sentence(many)
    numbers = [f"{each:,}" for each in total if isinstance(each, int)]
    sums = listed(numbers) if numbers else amounts(each for each in total if isinstance(each, Money))
    return sentence(f"{many} {'comes' if number == 1 else 'come'} to {sums}")
