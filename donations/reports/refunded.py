"""What was given back, apart from what was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.refunds import RefundStatus
from donations.models import Donation, Refund
from donations.reports.definitions import COMPARED, REFUNDS
from donations.reports.filters import Filters
from donations.reports.table import Column, ColumnKind, Table
from donations.reports.words import amounts, counted, sentence

_Sums = Callable[[Period, str], tuple[int, int]]


def refunds_table(session: Session, filters: Filters, currencies: tuple[str, ...]) -> Table:
    """One row for each of `currencies` and for any other that was refunded."""
    found = _refunds(session, filters)
    shown = (*currencies, *sorted({code for _, code, _, _ in found} - set(currencies)))

    def sums(period: Period, code: str) -> tuple[int, int]:
        mine = [(number, amount) for day, of, number, amount in found if of == code and day in period]
        return sum(number for number, _ in mine), sum(amount for _, amount in mine)

    return Table(
        slug="refunds",
        title="Refunds",
        sentence=_sentence(filters, shown, sums),
        columns=(
            Column("currency", "Currency", ColumnKind.CURRENCY),
            Column("refunded", "Refunded", ColumnKind.MONEY),
            Column("refunded_before", "Refunded before", ColumnKind.MONEY),
            Column("difference", "Difference", ColumnKind.MONEY, is_change=True),
            Column("refunds", "Refunds", ColumnKind.COUNT),
            Column("refunds_before", "Refunds before", ColumnKind.COUNT),
        ),
        rows=tuple(_row(code, sums(filters.period, code), sums(filters.previous, code)) for code in shown),
        definitions=(REFUNDS, COMPARED),
    )


def _row(
    code: str, now: tuple[int, int], before: tuple[int, int]
) -> tuple[str, Money, Money, Money, int, int]:
    return (
        code,
        Money(now[1], code),
        Money(before[1], code),
        Money(now[1] - before[1], code),
        now[0],
        before[0],
    )


def _refunds(session: Session, filters: Filters) -> list[tuple[date, str, int, int]]:
    periods = (filters.period, filters.previous)
    in_either = [Refund.refunded_on.between(each.first, each.last) for each in periods]
    query = (
        select(Refund.refunded_on, Refund.currency, func.count(), func.sum(Refund.amount))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(
            Refund.status == RefundStatus.SUCCEEDED,
            or_(*in_either),
        )
        .group_by(Refund.refunded_on, Refund.currency)
    )
    if filters.currency is not None:
        query = query.where(Refund.currency == filters.currency)
    if filters.frequency is not None:
        query = query.where(Donation.frequency == filters.frequency)
    return [(day, code, number, int(amount)) for day, code, number, amount in session.execute(query)]


def _sentence(filters: Filters, shown: tuple[str, ...], sums: _Sums) -> str:
    number = sum(sums(filters.period, code)[0] for code in shown)
    if not number:
        return "Nothing was given back."
    given_back = amounts(Money(sums(filters.period, code)[1], code) for code in shown)
    return sentence(f"{given_back} given back in {counted(number, 'refund')}")
