"""The daily sums, read for a period: one query each, whose cost grows with the days, not with the donations.

What is grouped by is named in words: `day` or `month` (its first day), `currency`, `frequency`, `source`,
and where a gift came from, `campaign`, `article`, `placement`, `variant`. The filters of a page are
followed: its zone, what was known on a day, currency, frequency and origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from donations.domain.periods import Period, whole_month
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
    MonthMoneyByOrigin,
    MonthMovement,
    MonthMovementByOrigin,
)
from donations.models.sql_time import month_of
from donations.reports.filters import Filters
from donations.reports.sum_values import (
    AnySums,
    FailureSums,
    GiftSums,
    MoneySums,
    MovementSums,
    SettlementSums,
)

_DAY: Final = timedelta(days=1)
ORIGIN_WORDS: Final = ("campaign", "article", "placement", "variant")
MONTH: Final = "month"
Key = tuple[Any, ...]
"""What was grouped by, in the order in which it was asked for."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The same sums by day and by month."""

    by_day: Table[Any]
    by_month: Table[Any]


_MONEY: Final = _Kept(table_of(DayMoney), table_of(MonthMoney))
_MONEY_BY_ORIGIN: Final = _Kept(table_of(DayMoneyByOrigin), table_of(MonthMoneyByOrigin))
_GIFTS: Final = _Kept(table_of(DayAmount), table_of(MonthAmount))
_MOVEMENTS: Final = _Kept(table_of(DayMovement), table_of(MonthMovement))
_MOVEMENTS_BY_ORIGIN: Final = _Kept(table_of(DayMovementByOrigin), table_of(MonthMovementByOrigin))


def money_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, MoneySums]:
    """Gross, fees, refunds and disputes of a period."""
    kept = _MONEY_BY_ORIGIN if _needs_origin(filters, keys) else _MONEY
    return _read_period(session, filters, kept, period, keys, MoneySums)


def gifts_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, GiftSums]:
    """How many gifts were charged, wherever they came from. `amount` may be grouped by."""
    return _read_period(session, filters, _GIFTS, period, keys, GiftSums)


def settlements_by(
    session: Session, filters: Filters, period: Period, *keys: str
) -> dict[Key, SettlementSums]:
    """What reached our balance of a period's charges, wherever the gifts came from."""
    table = table_of(DaySettlement)
    return _read(session, filters, table, keys, SettlementSums, _within(table, period))


def movements_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, MovementSums]:
    """What moved in a period. `kind`, `cause` and `tag` may be grouped by, too."""
    kept = _MOVEMENTS_BY_ORIGIN if _needs_origin(filters, keys) else _MOVEMENTS
    return _read_period(session, filters, kept, period, keys, MovementSums)


def failures_by(session: Session, filters: Filters, period: Period, *keys: str) -> dict[Key, FailureSums]:
    """The payments that first failed in a period. They are no ledger: what became of them is what is so
    now, whatever was known on a day."""
    table = table_of(DayFailure)
    return _read(session, replace(filters, known_on=None), table, keys, FailureSums, _within(table, period))


def stood_on(session: Session, filters: Filters, day: date, *keys: str) -> dict[Key, MovementSums]:
    """What all movements up to the end of a day come to: recurring revenue and its givers at that moment."""
    found = movements_between(session, filters, (day,), *keys)
    return {key[1:]: sums for key, sums in found.items()}


def movements_between(
    session: Session, filters: Filters, days: Iterable[date], *keys: str
) -> dict[Key, MovementSums]:
    """What moved from each of some days to the next, all in one read: a movement stands under the first
    of `days` by whose end it had happened, which is the first part of the key. Up to the last of them."""
    ends = sorted(set(days))
    kept = _MOVEMENTS_BY_ORIGIN if _needs_origin(filters, keys) else _MOVEMENTS
    if filters.known_on is not None:
        return _read_up_to(session, filters, kept.by_day, keys, ends, kept.by_day.c.day <= ends[-1])
    cut = sorted({day.replace(day=1) for day in ends if not _ends_a_month(day)})
    month, day = kept.by_month.c.month, kept.by_day.c.day
    whole = and_(month <= ends[-1], month.not_in(cut))
    found = _read_up_to(session, filters, kept.by_month, keys, ends, whole)
    if cut:
        in_parts = or_(*(day.between(first, min(whole_month(first).last, ends[-1])) for first in cut))
        _add(found, _read_up_to(session, filters, kept.by_day, keys, ends, in_parts))
    return found


def _read_up_to(
    session: Session,
    filters: Filters,
    table: Table[Any],
    keys: tuple[str, ...],
    ends: Sequence[date],
    within: ColumnElement[bool],
) -> dict[Key, MovementSums]:
    """By the first of `ends` that is not before the day, or before the month where no end cuts it."""
    by_then = _first_from(table.c[MONTH if MONTH in table.c else "day"], ends)
    return _read(session, filters, table, keys, MovementSums, within, by_then)


def heads(sums: MovementSums, filters: Filters) -> int | None:
    """The people in `sums`: all, or within one currency. None where the filters cut through people:
    one may give in two rhythms or through two campaigns, so that their parts do not add up."""
    if filters.frequency is not None or _asked_origin(filters):
        return None
    return sums.supporters if filters.currency is None else sums.supporters_in_currency


def _needs_origin(filters: Filters, keys: tuple[str, ...]) -> bool:
    return bool(_asked_origin(filters)) or any(key in ORIGIN_WORDS for key in keys)


def _ends_a_month(day: date) -> bool:
    return (day + _DAY).day == 1


def _whole_months(period: Period) -> Period | None:
    """Those within a period."""
    first, last = period.first, period.last
    if first.day != 1:
        first = whole_month(first).last + _DAY
    if not _ends_a_month(last):
        last = last.replace(day=1) - _DAY
    return Period(first, last) if first <= last else None


def _around(period: Period, inner: Period) -> Iterator[Period]:
    """The days of a period before and after some of them."""
    if period.first < inner.first:
        yield Period(period.first, inner.first - _DAY)
    if inner.last < period.last:
        yield Period(inner.last + _DAY, period.last)


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


def _read_period(
    session: Session,
    filters: Filters,
    kept: _Kept,
    period: Period,
    keys: tuple[str, ...],
    kind: type[AnySums],
) -> dict[Key, AnySums]:
    """Whole months from their sums, and by day what is left; all by day where days are asked for, or what
    was known on one."""
    months = None if "day" in keys or filters.known_on is not None else _whole_months(period)
    if months is None:
        return _read(session, filters, kept.by_day, keys, kind, _within(kept.by_day, period))
    found = _read(session, filters, kept.by_month, keys, kind, _within(kept.by_month, months))
    if rest := [_within(kept.by_day, days) for days in _around(period, months)]:
        _add(found, _read(session, filters, kept.by_day, keys, kind, or_(*rest)))
    return found


def _add(found: dict[Key, AnySums], more: Mapping[Key, AnySums]) -> None:
    for key, sums in more.items():
        found[key] = found[key] + sums if key in found else sums


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
