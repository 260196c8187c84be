"""The daily sums, read for a period: one query each, whose cost grows with the days, not with the donations.

What is grouped by is named in words: `day` or `month` (its first day), `currency`, `frequency`, `source`,
and where a gift came from, `campaign`, `article`, `placement`, `variant`. The filters of a page are
followed: its zone, what was known on a day, currency, frequency and origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from operator import add, attrgetter
from typing import Any, Final, Self, TypeVar

from sqlalchemy import ColumnElement, Table, case, func, literal, or_, select
from sqlalchemy.orm import Session

from donations.domain.periods import Period, local_day
from donations.models import Origin
from donations.models.insert import table_of
from donations.models.rollups import (
    DayAmount,
    DayFailure,
    DayMoney,
    DayMoneyByOrigin,
    DayMovement,
    DayMovementByOrigin,
    DaySettlement,
    MonthAmount,
    MonthMoney,
)
from donations.models.sql_time import month_of
from donations.reports.filters import Filters

ORIGIN_WORDS: Final = ("campaign", "article", "placement", "variant")
MONTH: Final = "month"
Key = tuple[Any, ...]
"""What was grouped by, in the order in which it was asked for."""


@cache
def _values_of(kind: type[_Sums]) -> Callable[[Any], tuple[Any, ...]]:
    """Pages add sums by the ten thousand, so their fields are not looked up each time."""
    return attrgetter(*(each.name for each in fields(kind)))


@dataclass(frozen=True, slots=True)
class _Sums:
    def __add__(self, other: Self) -> Self:
        values = _values_of(type(self))
        return type(self)(*map(add, values(self), values(other)))


AnySums = TypeVar("AnySums", bound=_Sums)


@dataclass(frozen=True, slots=True)
class MoneySums(_Sums):
    """Amounts are minor units of one currency; see `DayMoney` for the days on which they count."""

    donations: int = 0
    gross: int = 0
    settled_donations: int = 0
    settled_gross: int = 0
    fees: int = 0
    refunds: int = 0
    refunded: int = 0
    disputes: int = 0
    disputed: int = 0

    @property
    def pending_donations(self) -> int:
        """Those whose fee is not known yet."""
        return self.donations - self.settled_donations

    @property
    def pending_gross(self) -> int:
        return self.gross - self.settled_gross

    @property
    def net(self) -> int:
        """Gross less refunds, lost disputes and the fees that are known."""
        return self.gross - self.refunded - self.disputed - self.fees


@dataclass(frozen=True, slots=True)
class MovementSums(_Sums):
    """Sums of the recurring-revenue ledger. `annual` is a year's worth in minor units of one currency."""

    lines: int = 0
    gifts: int = 0
    annual: int = 0
    supporters: int = 0
    supporters_in_currency: int = 0


@dataclass(frozen=True, slots=True)
class GiftSums(_Sums):
    """How many gifts."""

    donations: int = 0


@dataclass(frozen=True, slots=True)
class SettlementSums(_Sums):
    """What reached our balance, in minor units of the settlement currency."""

    payments: int = 0
    settled: int = 0
    fees: int = 0
    net: int = 0


@dataclass(frozen=True, slots=True)
class FailureSums(_Sums):
    """Payments of recurring gifts that failed, and what is so of them now; see `DayFailure`."""

    failed: int = 0
    needed_confirmation: int = 0
    recovered: int = 0
    recovered_in_time: int = 0
    given_up: int = 0

    @property
    def recovered_later(self) -> int:
        return self.recovered - self.recovered_in_time

    @property
    def open(self) -> int:
        """Neither recovered nor given up."""
        return self.failed - self.recovered - self.given_up


def money_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, MoneySums]:
    """Gross, fees, refunds and disputes of a period."""
    is_by_month = MONTH in keys and "day" not in keys and not _needs_origin(filters, keys)
    if is_by_month and _is_of_whole_months(filters, period):
        table = table_of(MonthMoney)
    else:
        table = table_of(DayMoneyByOrigin if _needs_origin(filters, keys) else DayMoney)
    return _read(session, filters, table, keys, MoneySums, _within(table, period))


def gifts_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, GiftSums]:
    """How many gifts were charged, wherever they came from. `amount` may be grouped by."""
    table = table_of(MonthAmount if _is_of_whole_months(filters, period) else DayAmount)
    return _read(session, filters, table, keys, GiftSums, _within(table, period))


def settlements_by(
    session: Session, filters: Filters, period: Period, *keys: str
) -> dict[Key, SettlementSums]:
    """What reached our balance of a period's charges, wherever the gifts came from."""
    table = table_of(DaySettlement)
    return _read(session, filters, table, keys, SettlementSums, _within(table, period))


def movements_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, MovementSums]:
    """What moved in a period. `kind`, `cause` and `tag` may be grouped by, too."""
    table = _movements(filters, keys)
    return _read(session, filters, table, keys, MovementSums, _within(table, period))


def failures_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, FailureSums]:
    """The payments that first failed in a period. They are no ledger: what became of them is what is so
    now, whatever was known on a day."""
    table = table_of(DayFailure)
    return _read(session, replace(filters, known_on=None), table, keys, FailureSums, _within(table, period))


def stood_on(session: Session, filters: Filters, day: date, *keys: str) -> dict[Key, MovementSums]:
    """What all movements up to the end of a day come to: recurring revenue and its givers at that moment."""
    table = _movements(filters, keys)
    return _read(session, filters, table, keys, MovementSums, table.c.day <= day)


def movements_between(
    session: Session, filters: Filters, days: Iterable[date], *keys: str
) -> dict[Key, MovementSums]:
    """What moved from each of some days to the next, all in one read: a movement stands under the first
    of `days` by whose end it had happened, which is the first part of the key. Up to the last of them."""
    ends = sorted(set(days))
    table = _movements(filters, keys)
    by_then = _first_from(table.c.day, ends)
    return _read(session, filters, table, keys, MovementSums, table.c.day <= ends[-1], by_then)


def heads(sums: MovementSums, filters: Filters) -> int | None:
    """The people in `sums`: all, or within one currency. None where the filters cut through people:
    one may give in two rhythms or through two campaigns, so that their parts do not add up."""
    if filters.frequency is not None or _asked_origin(filters):
        return None
    return sums.supporters if filters.currency is None else sums.supporters_in_currency


def _needs_origin(filters: Filters, keys: tuple[str, ...]) -> bool:
    return bool(_asked_origin(filters)) or any(key in ORIGIN_WORDS for key in keys)


def _is_of_whole_months(filters: Filters, period: Period) -> bool:
    """Whether the sums of months say it: no month is cut short, and all that is known counts. This month
    ends today."""
    if filters.known_on is not None:
        return False
    is_whole = (period.last + timedelta(days=1)).day == 1
    return period.first.day == 1 and (is_whole or period.last >= local_day(filters.as_of, filters.zone))


def _asked_origin(filters: Filters) -> Mapping[str, str]:
    asked = {"campaign": filters.campaign, "article": filters.article, "placement": filters.placement}
    return {word: value for word, value in asked.items() if value is not None}


def origin_is(column: ColumnElement[Any], filters: Filters) -> ColumnElement[bool] | None:
    """Whether the origin that `column` names is one that the filters leave. Neither 0 nor NULL is any."""
    asked = _asked_origin(filters)
    if not asked:
        return None
    chosen = column.in_(select(Origin.id).filter_by(**asked))
    return or_(chosen, column == 0, column.is_(None)) if not any(asked.values()) else chosen


def _read(
    session: Session,
    filters: Filters,
    table: Table[Any],
    keys: tuple[str, ...],
    kind: type[AnySums],
    within: ColumnElement[bool],
    *reckoned: ColumnElement[Any],
) -> dict[Key, AnySums]:
    """By what is reckoned from the columns, then by the keys."""
    origin = table_of(Origin)
    by = [*reckoned, *(_column(table, key) for key in keys)]
    query = select(*by, *(func.sum(table.c[each.name]) for each in fields(kind)))
    if any(key in ORIGIN_WORDS for key in keys):
        query = query.join_from(table, origin, origin.c.id == table.c.origin_id, isouter=True)
    query = query.where(table.c.zone == filters.zone.key, within, *_conditions(table, filters)).group_by(*by)
    # SUM is a Decimal on PostgreSQL, and NULL where there is nothing to sum.
    return {
        tuple(row[: len(by)]): kind(*(int(each or 0) for each in row[len(by) :]))
        for row in session.execute(query).all()
    }


def _within(table: Table[Any], period: Period) -> ColumnElement[bool]:
    """The days of a period, or its months where the sums are of whole ones."""
    column = table.c[MONTH if MONTH in table.c else "day"]
    return column.between(period.first, period.last)


def _movements(filters: Filters, keys: tuple[str, ...]) -> Table[Any]:
    return table_of(DayMovementByOrigin if _needs_origin(filters, keys) else DayMovement)


def _column(table: Table[Any], key: str) -> ColumnElement[Any]:
    if key == MONTH and MONTH not in table.c:
        return month_of(table.c.day)
    return func.coalesce(table_of(Origin).c[key], "") if key in ORIGIN_WORDS else table.c[key]


def _first_from(column: ColumnElement[date], days: Sequence[date]) -> ColumnElement[date]:
    """The first of `days`, in their order, that is not before `column`. Asked by halves, so that a
    hundred days cost seven comparisons a row."""
    if len(days) == 1:
        return literal(days[0])
    half = len(days) // 2
    earlier, later = days[:half], days[half:]
    return case((column <= earlier[-1], _first_from(column, earlier)), else_=_first_from(column, later))


def _conditions(table: Table[Any], filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.known_on is not None:
        conditions.append(table.c.known_on <= filters.known_on)
    if filters.currency is not None:
        conditions.append(table.c.currency == filters.currency)
    if filters.frequency is not None:
        conditions.append(table.c.frequency == filters.frequency)
    if "origin_id" in table.c:
        of_origin = origin_is(table.c.origin_id, filters)
        if of_origin is not None:
            conditions.append(of_origin)
    return conditions
