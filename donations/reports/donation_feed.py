"""Donations with the addresses of those who gave, each a row, for as many as there are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from donations.models import Donation, Supporter
from donations.models.bulk_opening import OpenRows
from donations.models.vault import Vault
from donations.reports import address_columns
from donations.reports.address_columns import SEALED, opened, opener_of
from donations.reports.batches import ROWS_AT_ONCE, Look, Row, as_day, read_in_batches
from donations.reports.donation_list import DonationFilters, donation_conditions
from donations.reports.feed import Batch, Field
from donations.reports.table import ColumnKind, Definition
from donations.reports.words import FREQUENCY_NAMES, METHOD_NAMES, SOURCE_NAMES

FIELDS: Final = (
    Field("charged_on", "Charged on", ColumnKind.DAY),
    *address_columns.FIELDS,
    Field("frequency", "Frequency", ColumnKind.TEXT),
    Field("source", "Source", ColumnKind.TEXT),
    Field("method", "Way of payment", ColumnKind.TEXT),
    Field("currency", "Currency", ColumnKind.CURRENCY),
    Field("amount", "Amount", ColumnKind.MONEY, "currency"),
    Field("refunded", "Refunded", ColumnKind.MONEY, "currency"),
    Field("settlement_currency", "Settled in", ColumnKind.CURRENCY),
    Field("settled", "Settled", ColumnKind.MONEY, "settlement_currency"),
    Field("fee", "Fee", ColumnKind.MONEY, "settlement_currency"),
    Field("net", "Net", ColumnKind.MONEY, "settlement_currency"),
    Field("payment", "Payment at Stripe", ColumnKind.TEXT),
)
DEFINITIONS: Final = (
    Definition("Amount", "What was charged, before fees and refunds, in the currency that was chosen."),
    Definition("Refunded", "The succeeded refunds of this donation so far, whenever they were made."),
    Definition(
        "Settled, fee, net", "What came of it in the settlement currency; none while Stripe has not said."
    ),
    Definition("Charged on", "The day of the charge in the reporting zone."),
)
_GIVEN: Final = Donation.__table__.c
_KEPT: Final = tuple(
    _GIVEN[name]
    for name in (
        *("frequency", "source", "method", "currency", "amount", "refunded_amount", "settlement_currency"),
        *("settled_amount", "fee_amount", "net_amount", "stripe_payment_intent_id"),
    )
)


def measure(session: Session, filters: DonationFilters) -> tuple[int, int]:
    """How many there are, and the newest of all donations: later ones do not belong to this export."""
    rows = session.scalar(select(func.count()).select_from(Donation).where(*donation_conditions(filters)))
    return rows or 0, session.scalar(select(func.max(Donation.id))) or 0


def batches(look: Look, vault: Vault, filters: DonationFilters, newest: int) -> Iterator[Batch]:
    """Those of a period in the order of their days; all of them supporter by supporter, so that each is
    opened once. Whoever is erased meanwhile has no address from then on."""
    open_rows, after = opener_of(vault), partial(_after, filters, newest)
    return (_columns(rows, open_rows) for rows in read_in_batches(look, after))


def _after(filters: DonationFilters, newest: int, last: Row | None) -> Select[Any]:
    led_by = _GIVEN.supporter_id if filters.period is None else _GIVEN.charged_on
    follows: list[ColumnElement[bool]] = []
    if last is not None:
        led, number = last[1] if filters.period is None else as_day(last[2]), last[0]
        # Not a comparison of pairs, for which no database uses an index on the first of them.
        follows = [led_by >= led, or_(led_by > led, _GIVEN.id > number)]
    # Chosen before their supporters are looked up: else PostgreSQL starts workers for each batch, which
    # takes longer than all the rest.
    chosen = (
        select(_GIVEN.id, _GIVEN.supporter_id, _GIVEN.charged_on, *_KEPT)
        .where(_GIVEN.id <= newest, *follows, *donation_conditions(filters))
        .order_by(led_by, _GIVEN.id)
        .limit(ROWS_AT_ONCE)
        .subquery("chosen")
    )
    number, supporter_id, day, *kept = chosen.c
    columns: list[ColumnElement[Any]] = [number, supporter_id, day, *SEALED, *kept]
    return (
        select(*columns)
        .join_from(chosen, Supporter.__table__, Supporter.id == supporter_id)
        .order_by(supporter_id if filters.period is None else day, number)
    )


def _columns(rows: list[Row], open_rows: OpenRows) -> Batch:
    _numbers, _supporters, days, *others = zip(*rows, strict=True)
    sealed, (frequencies, sources, methods, *money) = others[: len(SEALED)], others[len(SEALED) :]
    return (
        list(map(as_day, days)),
        *opened(sealed, open_rows),
        [FREQUENCY_NAMES[each] for each in frequencies],
        [SOURCE_NAMES[each] for each in sources],
        [each and METHOD_NAMES[each] for each in methods],
        *money,
    )
