"""How staff's tables write figures, days and moments. Staff read English."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from flask import Blueprint

from donations.domain.currencies import exponent_of
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.rates import written_rate
from donations.reports.table import Cell, Column, ColumnKind
from donations.reports.words import LOCALE
from donations.runtime import current

_NOTHING: Final = "–"
_WRITTEN_BEFORE: Final = 8_192


# A page has thousands of cells, of which most repeat, and Babel takes its time over each.
@lru_cache(maxsize=_WRITTEN_BEFORE)
def figure(money: Money) -> str:
    """€1,240.00: with all decimals, so that figures stand under each other."""
    exponent = exponent_of(money.currency)
    code = money.currency.upper()
    gap = "\u00a0" if get_currency_symbol(code, LOCALE).isalpha() else ""
    pattern = f"¤{gap}#,##0{'.' if exponent else ''}{'0' * exponent}"
    text = format_currency(money.major(), code, pattern, locale=LOCALE, currency_digits=False)
    return text.replace("-", "−")


def minor(amount: tuple[int, str]) -> str:
    """The same for an amount in minor units beside its currency, as rows keep it."""
    return figure(Money(*amount))


def moment(instant: datetime) -> str:
    """22 Nov 2026, 14:05, in the reporting zone."""
    local = instant.astimezone(current().config.report_timezone)
    return f"{short_day(instant)}, {local:%H:%M}"


def short_day(value: date | None) -> str:
    """22 Nov 2026; an instant is shown as its day in the reporting zone."""
    day = local_day(value, current().config.report_timezone) if isinstance(value, datetime) else value
    return _NOTHING if day is None else _day(day)


def month_name(value: date) -> str:
    """November 2026."""
    return format_date(value, "MMMM y", LOCALE)


def cell(value: Cell, column: Column) -> str:
    """One cell of a report's table."""
    text = _NOTHING if value is None else _written(value, column.kind)
    return f"+{text}" if column.is_change and _is_more_than_nothing(value) else text


def install_cells(blueprint: Blueprint) -> None:
    for function in (figure, minor, moment, short_day, month_name, written_rate, cell):
        blueprint.add_app_template_filter(function)


def _written(value: str | date | Money | int | Fraction, kind: ColumnKind) -> str:
    match value:
        case Money():
            return figure(value)
        case Fraction():
            return _percentage(value)
        case int():
            return _whole(value)
        case str():
            return value.upper() if kind is ColumnKind.CURRENCY else value
        case date():
            return short_day(value)


@lru_cache(maxsize=_WRITTEN_BEFORE)
def _day(day: date) -> str:
    return format_date(day, "d MMM y", LOCALE)


@lru_cache(maxsize=_WRITTEN_BEFORE)
def _whole(number: int) -> str:
    return format_decimal(number, locale=LOCALE).replace("-", "−")


@lru_cache(maxsize=_WRITTEN_BEFORE)
def _percentage(share: Fraction) -> str:
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    rounded = exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"{format_decimal(rounded, '#,##0.0', locale=LOCALE)} %".replace("-", "−")


def _is_more_than_nothing(value: Cell) -> bool:
    match value:
        case Money():
            return value.amount > 0
        case int() | Fraction():
            return value > 0
        case _:
            return False
