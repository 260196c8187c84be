"""Supporters with their addresses and what they gave in all, for as many as there are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session

from donations.models import Donation, Supporter
from donations.models.bulk_opening import OpenRows
from donations.models.vault import Vault
from donations.reports import address_columns
from donations.reports.address_columns import SEALED, opened, opener_of
from donations.reports.batches import ROWS_AT_ONCE, Look, Row, as_day, read_in_batches
from donations.reports.feed import Batch, Field
from donations.reports.supporter_list import SupporterFilters, supporter_conditions
from donations.reports.table import ColumnKind, Definition

FIELDS: Final = (
    *address_columns.FIELDS,
    Field("wants_newsletter", "Newsletter", ColumnKind.TEXT),
    Field("currency", "Currency", ColumnKind.CURRENCY),
    Field("donations", "Donations", ColumnKind.COUNT),
    Field("given", "Given", ColumnKind.MONEY, "currency"),
    Field("refunded", "Refunded", ColumnKind.MONEY, "currency"),
    Field("first_gift", "First gift", ColumnKind.DAY),
    Field("last_gift", "Last gift", ColumnKind.DAY),
)
SENTENCE: Final = (
    "Who gave in several currencies has a row for each; who never paid has one row without amounts."
)
DEFINITIONS: Final = (
    Definition("Given", "All donations of this supporter in this currency, before fees and refunds."),
    Definition("Refunded", "The succeeded refunds of those donations so far."),
    Definition("First gift, last gift", "The days of the first and last donation in this currency."),
)
_PEOPLE: Final = Supporter.__table__.c
_GIVEN: Final = Donation.__table__.c


def measure(session: Session, filters: SupporterFilters) -> tuple[int, int]:
    """How many supporters there are, and the newest of all: later ones do not belong to this export."""
    conditions = supporter_conditions(filters)
    people = session.scalar(select(func.count()).select_from(Supporter).where(*conditions))
    return people or 0, session.scalar(select(func.max(Supporter.id))) or 0


def batches(look: Look, vault: Vault, filters: SupporterFilters, newest: int) -> Iterator[Batch]:
    """In the order in which they came. Whoever is erased meanwhile has no address from then on."""
    open_rows, after = opener_of(vault), partial(_after, supporter_conditions(filters), newest)
    return (_columns(rows, open_rows) for rows in read_in_batches(look, after))


def _after(conditions: list[ColumnElement[bool]], newest: int, last: Row | None) -> Select[Any]:
    """What follows on a row, which may be one of several of the same supporter: those come again whole,
    or not at all, because a batch holds whole supporters."""
    first = 0 if last is None else last[0]
    people = (
        select(_PEOPLE.id, *SEALED, _PEOPLE.wants_newsletter)
        .where(_PEOPLE.id > first, _PEOPLE.id <= newest, *conditions)
        .order_by(_PEOPLE.id)
        .limit(ROWS_AT_ONCE)
        .cte("people")
    )
    totals = _totals(people, first)
    columns: list[ColumnElement[Any]] = [*people.c, *totals.c[1:]]
    return (
        select(*columns)
        .outerjoin_from(people, totals, totals.c.supporter_id == people.c.id)
        .order_by(people.c.id, totals.c.currency)
    )


def _totals(people: CTE, first: int) -> Subquery:
    """Between the first and the last of them: without it, PostgreSQL reads all donations for each batch."""
    last = select(func.max(people.c.id)).scalar_subquery()
    return (
        select(
            _GIVEN.supporter_id,
            _GIVEN.currency,
            func.count().label("donations"),
            func.sum(_GIVEN.amount).label("given"),
            func.sum(_GIVEN.refunded_amount).label("refunded"),
            func.min(_GIVEN.charged_on).label("first_gift"),
            func.max(_GIVEN.charged_on).label("last_gift"),
        )
        .where(
            _GIVEN.supporter_id > first,
            _GIVEN.supporter_id <= last,
            _GIVEN.supporter_id.in_(select(people.c.id)),
        )
        .group_by(_GIVEN.supporter_id, _GIVEN.currency)
        .subquery("totals")
    )


def _columns(rows: list[Row], open_rows: OpenRows) -> Batch:
    _ids, *columns = zip(*rows, strict=True)
    sealed, (newsletter, currency, donations, given, refunded, first, last) = (
        columns[: len(SEALED)],
        columns[len(SEALED) :],
    )
    return (
        *opened(sealed, open_rows),
        ["yes" if each else "no" for each in newsletter],
        currency,
        donations,
        [_whole(each) for each in given],
        [_whole(each) for each in refunded],
        list(map(as_day, first)),
        list(map(as_day, last)),
    )


def _whole(total: Any) -> int | None:
    """PostgreSQL sums up whole numbers to a decimal."""
    return None if total is None else int(total)
