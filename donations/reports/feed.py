"""Rows too many to hold at once: they come in batches, and each batch column by column.

A million rows are written in seconds only if nothing is made of them on the way: no row of the models,
no `Money`, no cell with a type of its own. So amounts stay whole minor units beside the column that
names their currency, and whoever writes goes through a column at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from donations.domain.currencies import exponent_of
from donations.reports.table import ColumnKind, Definition

Value = str | int | date | None
Batch = tuple[Sequence[Value], ...]
"""One sequence a field, all of the same length. Money in minor units, currencies in lower case."""


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    kind: ColumnKind
    currency: str | None = None
    """For money: the key of the field that names its currency."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What is exported row by row. `batches` can be gone through once."""

    slug: str
    title: str
    facts: tuple[tuple[str, str], ...]
    """What was asked: filters, the moment, how many rows."""
    sentences: tuple[str, ...]
    fields: tuple[Field, ...]
    batches: Iterator[Batch]
    definitions: tuple[Definition, ...] = ()

    def currencies_of(self, field: Field, batch: Batch) -> Sequence[Value] | None:
        """The column beside a column of money that names its currencies; None for other columns.

        Raises ValueError for money without one.
        """
        if field.kind is not ColumnKind.MONEY:
            return None
        keys = [each.key for each in self.fields]
        if field.currency not in keys:
            raise ValueError(f"{self.slug!r} has money in {field.key!r} and does not name its currency")
        return batch[keys.index(field.currency)]


# Amounts, days and codes repeat a great deal, and looking one up is much quicker than writing it.
@lru_cache(maxsize=16_384)
def plain_amount(amount: int | None, currency: str | None) -> str:
    """`1041` euro cents are `10.41`: no sign of the currency, no separator. Nothing for None.

    Raises UnsupportedCurrency.
    """
    if amount is None or currency is None:
        return ""
    decimals = exponent_of(currency)
    if not decimals:
        return str(amount)
    digits = str(abs(amount)).rjust(decimals + 1, "0")
    return f"{'-' if amount < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"


@lru_cache(maxsize=4_096)
def plain_day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


@lru_cache(maxsize=256)
def plain_code(currency: str | None) -> str:
    return (currency or "").upper()
