"""The figures of money as columns, and the rows behind each: pages that show them show the same.

What takes away is written with a minus, so that a row adds up from left to right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from donations.domain.adjustments import AdjustmentKind
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.reports.definitions import DISPUTES, FEES, GROSS, NET, PENDING, REFUNDS
from donations.reports.sum_values import MoneySums
from donations.reports.table import Behind, Column, ColumnKind, Row, RowsOf

CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
DONATIONS: Final = Column("donations", "Donations", ColumnKind.COUNT, definition=GROSS)
PARTS: Final = (
    Column("gross", "Gross", ColumnKind.MONEY, definition=GROSS),
    Column("fees", "Fees", ColumnKind.MONEY, definition=FEES),
    Column("refunded", "Refunds", ColumnKind.MONEY, definition=REFUNDS),
    Column("disputed", "Disputes", ColumnKind.MONEY, definition=DISPUTES),
    Column("net", "Net", ColumnKind.MONEY, definition=NET),
)
PENDING_PARTS: Final = (
    Column("pending_donations", "Fee pending", ColumnKind.COUNT, definition=PENDING),
    Column("pending_gross", "Their gross", ColumnKind.MONEY, definition=PENDING),
)
PART_KEYS: Final = tuple(column.key for column in PARTS)
FIGURES: Final = (DONATIONS.key, *PART_KEYS)

_REFUND: Final = {"kind": str(AdjustmentKind.REFUND)}
_DISPUTE: Final = {"kind": str(AdjustmentKind.DISPUTE)}
_NUMBER: Final = {"sum": "number"}
_ROWS: Final[Mapping[str, tuple[RowsOf, Mapping[str, str]]]] = {
    "donations": (RowsOf.DONATIONS, {}),
    "gross": (RowsOf.DONATIONS, {}),
    "fees": (RowsOf.DONATIONS, {"sum": "fee", "settled": "yes"}),
    "refunded": (RowsOf.ADJUSTMENTS, _REFUND),
    "refunds": (RowsOf.ADJUSTMENTS, _REFUND | _NUMBER),
    "disputed": (RowsOf.ADJUSTMENTS, _DISPUTE),
    "disputes": (RowsOf.ADJUSTMENTS, _DISPUTE | _NUMBER),
    "net": (RowsOf.ENTRIES, {}),
    "pending_donations": (RowsOf.DONATIONS, {"settled": "no"}),
    "pending_gross": (RowsOf.DONATIONS, {"settled": "no"}),
    "settled": (RowsOf.DONATIONS, {"settled": "yes", "sum": "settled"}),
    "payments": (RowsOf.DONATIONS, {"settled": "yes"}),
    "settled_fees": (RowsOf.DONATIONS, {"settled": "yes", "sum": "settled_fee"}),
    "settled_net": (RowsOf.DONATIONS, {"settled": "yes", "sum": "net"}),
}


def parts(sums: MoneySums, code: str) -> tuple[Money, ...]:
    """The cells of `PARTS`."""
    found = (sums.gross, -sums.fees, -sums.refunded, -sums.disputed, sums.net)
    return tuple(Money(amount, code) for amount in found)


def figures(sums: MoneySums, code: str) -> Row:
    """The cells of `DONATIONS` and `PARTS`."""
    return (sums.donations, *parts(sums, code))


def words_of_days(period: Period) -> dict[str, str]:
    """The words of an address that ask for these days."""
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def behind_row(
    number: int, keys: Iterable[str], words: Mapping[str, str], *, suffix: str = ""
) -> dict[tuple[int, str], Behind]:
    """What the figures of a row are made of. `words` narrow the page's own filters as the row does;
    `suffix` is what the keys of its columns end in."""
    return {(number, f"{key}{suffix}"): Behind(_ROWS[key][0], {**words, **_ROWS[key][1]}) for key in keys}


def behind_both(
    number: int, keys: Iterable[str], words: Mapping[str, str], now: Period, before: Period
) -> dict[tuple[int, str], Behind]:
    """The same for a row whose figures stand beside those of another period, as `net` and `net_before`."""
    names = tuple(keys)
    return behind_row(number, names, {**words, **words_of_days(now)}) | behind_row(
        number, names, {**words, **words_of_days(before)}, suffix="_before"
    )
