"""The cells of the European Central Bank's tables: days, currencies, rates. Strict about each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from donations.domain.currencies import is_known
from donations.domain.rates import HOME_CURRENCY, in_millionths

FIRST_DAY: Final = date(1999, 1, 4)
"""There was no euro, and no rate, before."""
NO_RATE: Final = "N/A"

_MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN_DAY: Final = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})")
_ISO_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_CODE: Final = re.compile(r"[A-Z]{3}")
_RATE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?")
_LONGEST_SHOWN: Final = 40


class Refused(ValueError):
    """Why a line cannot be what the bank wrote: a sentence for staff."""


def shown(text: str) -> str:
    """A cell, quoted for a sentence; not all of one that is long."""
    return f"“{text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + '…'}”"


def day_of(text: str, today: date) -> date:
    """`2026-11-22` or `22 November 2026`. Raises Refused."""
    try:
        day = _day(text)
    except ValueError:
        day = None
    if day is None:
        raise Refused(f"{shown(text)} is no day like 2026-11-22 or 22 November 2026.")
    return _within(day, today, text)


def month_named(text: str, today: date) -> date:
    """The first day of `2026-10`. Raises Refused."""
    match = _ISO_MONTH.fullmatch(text)
    try:
        month = date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        month = None
    if month is None:
        raise Refused(f"{shown(text)} is no month like 2026-10.")
    return month if month == FIRST_DAY.replace(day=1) else _within(month, today, text)


def rate_in(text: str) -> Decimal:
    """More than nothing, with a point before its decimals. Raises Refused."""
    if not _RATE.fullmatch(text):
        raise Refused(f"{shown(text)} is no rate like 1.0905.")
    rate = Decimal(text)
    if not in_millionths(rate):
        raise Refused(f"{shown(text)} is too small for a rate.")
    return rate


def currency_in(text: str) -> str:
    """Three capital letters, and not the euro itself. Raises Refused."""
    if not _CODE.fullmatch(text):
        raise Refused(f"{shown(text)} is no code of a currency like USD.")
    if text.lower() == HOME_CURRENCY:
        raise Refused("A rate of the euro to itself cannot be in this table.")
    return text


def is_given_in(code: str) -> bool:
    """Whether anybody can give in this currency."""
    return is_known(code.lower())


def currency_columns(header: Sequence[str]) -> dict[int, str]:
    """The currencies of a header by their place; the bank ends it with a comma. Raises Refused."""
    named = list(header[1:-1] if header[-1] == "" else header[1:])
    codes: dict[int, str] = {}
    seen: set[str] = set()
    for index, text in enumerate(named, 1):
        codes[index] = currency_in(text)
        if text in seen:
            raise Refused(f"{text} stands twice in the first line.")
        seen.add(text)
    if not codes:
        raise Refused("The first line names no currency.")
    return codes


def whole_row(cells: Sequence[str], header: Sequence[str], today: date) -> date:
    """The day of a row that has a cell for each column. Raises Refused."""
    if len(cells) != len(header):
        raise Refused(f"This line has {len(cells)} cells; the first line has {len(header)}.")
    if header[-1] == "" and cells[-1] != "":
        raise Refused(f"{shown(cells[-1])} stands after the last currency.")
    return day_of(cells[0], today)


def rates_in(cells: Sequence[str], columns: Mapping[int, str]) -> Iterator[tuple[str, Decimal]]:
    """The rates of a row. Raises Refused, naming the currency."""
    for index, code in columns.items():
        if cells[index] == NO_RATE:
            continue
        try:
            yield code, rate_in(cells[index])
        except Refused as error:
            raise Refused(f"{code}: {error}") from None


def only_once(day: date, seen: set[date]) -> None:
    """Note a day. Raises Refused where it was there before."""
    if day in seen:
        raise Refused(f"{day.isoformat()} stands in an earlier line already.")
    seen.add(day)


def _day(text: str) -> date | None:
    """Raises ValueError for a day or month that no calendar has."""
    if iso := _ISO_DAY.fullmatch(text):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if written := _WRITTEN_DAY.fullmatch(text):
        return date(int(written[3]), _MONTH_NAMES.index(written[2]) + 1, int(written[1]))
    return None


def _within(day: date, today: date, text: str) -> date:
    if day > today:
        raise Refused(f"{shown(text)} is still to come.")
    if day < FIRST_DAY:
        raise Refused(f"{shown(text)} is before the euro began, on 4 January 1999.")
    return day
