"""The checkouts behind a figure: each attempt to give, by the day it was opened.

Those that came to nothing are not kept for long; what is left of them is their number by the hour,
which stands in a row of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.conversion import Step
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Checkout, VisitHour
from donations.reports.conversion import CHECKOUT, PAID
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.rows.visits import NAME_COLUMNS, STEP, WORDS, at_hour, names_asked
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CAMPAIGN, Filter.ARTICLE, Filter.PLACEMENT})
__all__ = ["APPLIES", "WORDS", "run", "stream"]

STATUS_NAMES: Final[Mapping[CheckoutStatus, str]] = {
    CheckoutStatus.OPENING: "Being opened",
    CheckoutStatus.OPEN: "Open",
    CheckoutStatus.PROCESSING: "The bank is confirming",
    CheckoutStatus.PAID: "Paid",
    CheckoutStatus.UNPAID: "Refused by the bank",
    CheckoutStatus.EXPIRED: "Not paid in time",
    CheckoutStatus.FAILED: "Refused by Stripe",
}
NOT_KEPT: Final = "No longer kept"

_STEPS: Final = (Step.CHECKOUT, Step.PAID)
_COLUMNS: Final = (
    Column("day", "Opened on", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    *NAME_COLUMNS,
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Amount", ColumnKind.MONEY),
    Column("status", "Status", ColumnKind.TEXT),
    Column("number", "Number", ColumnKind.COUNT),
)
_NAMES: Final = ("campaign", "article", "placement", "variant")


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `step` is checkout (all that were opened) or paid, `variant` a name."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    step = _step(words, problems)
    rows = union_all(_kept(filters, step), _not_kept(filters, step)).subquery()
    query = (
        select(rows)
        .where(*names_asked(filters, words, rows.c, problems))
        .order_by(rows.c.at.desc(), rows.c.id.desc(), rows.c.status)
    )
    return Source(
        slug="checkouts",
        title="Checkouts",
        noun="row",
        columns=_COLUMNS,
        query=query,
        row=lambda found: _row(found, filters.zone),
        amount=rows.c.number,
        definitions=(CHECKOUT if step is Step.CHECKOUT else PAID,),
        problems=tuple(problems),
    )


def _kept(filters: Filters, step: Step) -> Select[*tuple[Any, ...]]:
    begins, ends = filters.period.bounds(filters.zone)
    query = select(
        Checkout.id,
        Checkout.created_at.label("at"),
        *(func.coalesce(getattr(Checkout, name), "").label(name) for name in _NAMES),
        cast(Checkout.frequency, String).label("frequency"),
        Checkout.currency,
        Checkout.charge_amount.label("amount"),
        cast(Checkout.status, String).label("status"),
        literal(1).label("number"),
    ).where(Checkout.created_at >= begins, Checkout.created_at < ends, Checkout.first_charge_at.is_(None))
    return query.where(Checkout.status == CheckoutStatus.PAID) if step is Step.PAID else query


def _not_kept(filters: Filters, step: Step) -> Select[*tuple[Any, ...]]:
    begins, ends = filters.period.bounds(filters.zone)
    return select(
        VisitHour.id,
        VisitHour.hour_at.label("at"),
        *(getattr(VisitHour, name) for name in _NAMES),
        cast(null(), String).label("frequency"),
        cast(null(), String).label("currency"),
        null().label("amount"),
        cast(null(), String).label("status"),
        VisitHour.number,
    ).where(VisitHour.hour_at >= begins, VisitHour.hour_at < ends, VisitHour.step == step)


def _step(words: Mapping[str, str], problems: list[str]) -> Step:
    name = words.get(STEP)
    if name in set(_STEPS):
        return Step(name)
    if name:
        problems.append("We do not know that step, so all that were opened are shown.")
    return Step.CHECKOUT


def _row(found: Any, zone: ZoneInfo) -> Row:
    _, at, *names, frequency, currency, amount, status, number = found
    return (
        local_day(at, zone),
        at_hour(at, zone),
        *(name or None for name in names),
        None if frequency is None else FREQUENCY_NAMES[frequency],
        currency,
        None if amount is None else Money(amount, currency),
        NOT_KEPT if status is None else STATUS_NAMES[status],
        number,
    )
